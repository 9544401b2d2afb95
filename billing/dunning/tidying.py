"""Messages of cycles that have ended are taken out of the outbox; those sent meanwhile the guard keeps back."""

from billing.models import CaseStep, Stage
from outreach import decisions
from outreach.models import Message

BATCH = 500


def cancel_settled() -> int:
    """Cancel a batch of them; how many. No account is held, so nobody who waits for a message waits for this."""
    ended = CaseStep.objects.filter(recorded=False, message__isnull=False, case__state=Stage.CLOSED)
    unsent = ended.filter(message__state__in=(Message.State.PLANNED, Message.State.HELD))
    found = list(unsent.order_by("message").values_list("message", flat=True)[:BATCH])
    return decisions.cancel_all(Message.objects.filter(pk__in=found), "settled_by_now") if found else 0
