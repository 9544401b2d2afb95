"""What people decide about one message. Each refuses with ValidationError where the message has moved on meanwhile."""

from collections import defaultdict
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext as _

from jobs import bell
from outreach.models import Decision, Message
from outreach.moving import move
from outreach.queueing import LOOK

State, What = Message.State, Decision.What
THESE = "SELECT id, state FROM outreach_message WHERE id = ANY (%(messages)s)"
WHEN_IT_MAY = Greatest(Coalesce(F("not_before"), Now()), Now())


def cancel(message, *, by, note="", reason="cancelled"):
    """Do not send it. `by` None: the product, with a `reason` of outreach.reasons."""
    message.decide(State.CANCELLED, What.CANCELLED, reason, by=by, note=note)


def cancel_about(subject, *, by=None, reason="settled_by_now") -> int:
    """Cancel whatever is still to be sent about a record; how many. Call it in the transaction of the change."""
    return cancel_all(Message.objects.filter(about_type=subject._meta.label_lower, about_id=subject.pk), reason, by)


@transaction.atomic
def cancel_all(messages, reason, by=None) -> int:
    """Cancel those of the queryset that are not sent yet, in the order of their ids; how many.

    What a sender has in hand is cancelled when it comes back unsent, and not counted here.
    """
    found = messages.filter(state__in=[State.PLANNED, State.HELD, State.SUBMITTING])
    states = dict(found.select_for_update(no_key=True, of=["self"]).order_by("pk").values_list("pk", "state"))
    in_hand = [pk for pk, state in states.items() if state == State.SUBMITTING]
    Message.objects.filter(pk__in=in_hand, cancel_asked="").update(cancel_asked=reason, cancel_by=by)
    return _cancelled([pk for pk in states if pk not in in_hand], reason, by)


def _cancelled(ids, reason, by):
    return move(THESE, {"messages": ids}, then=State.CANCELLED, what=What.CANCELLED, reason=reason, by=by)


def cancel_as_asked(ids):
    """Cancel those planned again about which `cancel_all` said so meanwhile. The caller holds the rows."""
    asked, why = Message.objects.filter(pk__in=ids, state=State.PLANNED).exclude(cancel_asked=""), defaultdict(list)
    for pk, reason, by in asked.order_by("pk").values_list("pk", "cancel_asked", "cancel_by"):
        why[reason, by].append(pk)
    for (reason, by), those in why.items():
        _cancelled(those, reason, by)


def hold(message, *, by, note=""):
    """Keep it until somebody releases it."""
    message.decide(State.HELD, What.HELD, "held", by=by, note=note)


@transaction.atomic
def release(message, *, by, note=""):
    """Let a held one go when its time has come. One of a held wave goes with its wave."""
    message.lock()
    if message.wave_id and message.wave.state == message.wave.State.HELD:
        raise ValidationError(_("It belongs to a set that is held: decide about the whole set."))
    message.decide(State.PLANNED, What.RELEASED, "released", by=by, note=note, only=[State.HELD], next_at=WHEN_IT_MAY)
    bell.ring_on_commit(LOOK)


@transaction.atomic
def retry(message, *, by, note=""):
    """Try a failed or an expired one anew, with the time it had at first.

    To the gateway it is another message: one that keeps doubles away would answer with the old one and send nothing.
    """
    message.lock()
    anew = {"ref": uuid4(), "gateway_ref": ""} if _is_over(message) else {}
    valid_for = message.template.valid_for if message.template_id else None
    message.decide(
        State.PLANNED, What.RETRIED, "tried_anew", by=by, note=note, only=[State.FAILED, State.EXPIRED],
        forgiven=F("attempts"), not_after=valid_for and Now() + valid_for, **anew,
    )  # fmt: skip
    bell.ring_on_commit(LOOK)


def _is_over(message):
    """Whether none of its attempts can arrive any more; one that was given up in doubt still might."""
    return (
        message.reason in ("undelivered", "refused") or not message.decisions.filter(reason="person_gave_up").exists()
    )


@transaction.atomic
def settle(message, how, *, by, note=""):
    """End the doubt about an unknown one: it "arrived", "resend" it and take the risk, or "give_up"."""
    state, reason = {
        "arrived": (State.DELIVERED, "person_arrived"),
        "resend": (State.PLANNED, "person_resend"),
        "give_up": (State.FAILED, "person_gave_up"),
    }[how]
    anew = {"forgiven": F("attempts")} if how == "resend" else {}
    message.decide(state, What.SETTLED, reason, by=by, note=note, only=[State.UNKNOWN], in_doubt=False, **anew)
    bell.ring_on_commit(LOOK)
