"""The number to dial in a callback, also for who calls back and sees numbers masked, such as a quality inspector.

They take the call in hand with the click that shows the number: the database knows since when, by whom and what for
(domain 4.11: every such read is logged with its purpose). Until they say how the call went, and for an hour at most,
nobody else has it shown to them so.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Event
from audit.trail import record
from complaints import callers, hearing, moving
from complaints.calling_back import ABOUT, callback_of, round_of
from complaints.models import Complaint, Note
from complaints.models.states import State
from staff.models import User
from work import calling, merging
from work.models import FollowUp

UNCOVERED, PURPOSE = "complaint.number_uncovered", "call back"
IN_HAND = timedelta(hours=1)
CALLED = (Note.Kind.SPOKE, Note.Kind.TRIED)


def is_due(complaint: Complaint, call: FollowUp | None) -> bool:
    missed = bool(call and call.is_to_do and hearing.was_missed(complaint))
    return complaint.state == State.CALLBACK_DUE or missed


def number_of(complaint: Complaint, call: FollowUp | None) -> str:
    """As written: chosen for the call, else how the caller wants to be reached, else the customer's first."""
    chosen = (call.number if call else "") or complaint.caller_number
    if chosen or not complaint.customer_id:
        return chosen
    return calling.first_numbers([complaint.customer]).get(complaint.customer_id, "")


@transaction.atomic
def uncover(complaint: Complaint, *, by: User, at: datetime | None = None) -> str:
    """The number whole, for whoever takes this call in hand now; each time is recorded. ValidationError for who may
    not call back about this complaint, where no callback is due, and where somebody else has the call.
    """
    at, call = at or timezone.now(), callback_of(complaint)
    if call:
        merging.lock_call(call)
    one = moving.held(complaint)
    callers.refuse_party(one, by)
    if not is_due(one, call) or (call and not call.is_to_do):
        raise ValidationError(_("No callback is due for this complaint."), code="move")
    holder = (call and call.owner) or _caller_of(one, at)
    if holder not in (None, by):
        raise ValidationError(_("%(person)s has taken this call over.") % {"person": holder}, code="taken")
    told = {"purpose": PURPOSE, "round": round_of(one), "follow_up": call and call.pk}
    record(one, UNCOVERED, by=by, customer=one.customer_id, **told)
    return number_of(one, call)


def _caller_of(complaint, at) -> User | None:
    """Who took the call in hand last and has not said yet how it went."""
    shown = Event.objects.filter(subject_type=ABOUT, subject_id=complaint.pk, verb=UNCOVERED, at__gt=at - IN_HAND)
    last = shown.select_related("actor").order_by("-pk").first()
    if last is None or last.data["round"] != round_of(complaint):
        return None
    said = Note.objects.filter(complaint=complaint, by=last.actor, kind__in=CALLED, at__gte=last.at)
    return None if said.exists() else last.actor
