"""Payments at the counter and their reversals on the customer's timeline."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from audit.models import Event
from billing.models import Account, Receipt

TEMPLATE = "billing/counter/_timeline.html"
WORDS = {
    "payment.taken": _("Paid ¥%(amount)s: %(way)s"),
    "payment.reversed": _("Payment of ¥%(amount)s taken back: %(reason)s"),
}
VERBS = list(WORDS)


@dataclass(frozen=True)
class Step:
    """One thing that happened to a payment; `receipt` is None for one that was not taken at a counter."""

    event: Event
    receipt: Receipt | None
    words: str


def steps(events, shown):
    """{id of the event: what is drawn of it}. One query."""
    receipts = Receipt.objects.filter(payment__in=[event.subject_id for event in events]).select_related("payment")
    by_payment = {receipt.payment_id: receipt for receipt in receipts}
    return {event.pk: _step(event, by_payment, shown) for event in events}


def _step(event, receipts, shown):
    data = event.data | {"reason": shown.text(event.data.get("reason", ""))}
    if "way" in data:
        data["way"] = Account.Way(data["way"]).label
    return Step(event, receipts.get(event.subject_id), WORDS[event.verb] % data)
