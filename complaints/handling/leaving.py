"""Ways out without a result of ours: it is not ours, or the customer takes it back (4.1)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import answering, delegating, owners
from complaints.acknowledging import tell_withdrawn
from complaints.guards import in_hand, nothing_undecided, said
from complaints.handling.resolving import answered
from complaints.models import Complaint
from complaints.models.states import State
from complaints.moving import held, move
from staff.models import User


@transaction.atomic
def reject(
    complaint: Complaint, *, by: User, reason: str, direction: str, answered_by: str, at: datetime | None = None,
    edition: int | None = None,
) -> Complaint:  # fmt: skip
    """Not ours: the customer was told why, and where to turn instead, and is still called back."""
    at, one = at or timezone.now(), held(complaint, edition)
    in_hand(one, by)
    nothing_undecided(one)
    answering.check(one, answered_by)
    reason = said("reason", reason, _("Say why it is not ours."))
    direction = said("direction", direction, _("Say where the customer is to turn."))
    delegating.cancel_all(one, by=by, at=at)
    told = {"answer": f"{reason}\n{direction}", "answered_by": answered_by, "waits_for": "", "waits_until": None}
    return answered(one, State.REJECTED, by=by, at=at, reason=reason, **told)


@transaction.atomic
def withdraw(
    complaint: Complaint, *, by: User, reason: str, at: datetime | None = None, edition: int | None = None
) -> Complaint:
    """The customer takes it back, in their words, and has it in writing; what departments were asked is cancelled."""
    at, one = at or timezone.now(), held(complaint, edition)
    owners.stays_out(one, by)
    nothing_undecided(one)
    reason = said("reason", reason, _("Say why the customer takes it back."))
    was_draft = one.state == State.DRAFT
    move(one, State.WITHDRAWN, by=by, at=at, reason=reason, waits_for="", waits_until=None)
    delegating.cancel_all(one, by=by, at=at)
    if not was_draft:
        tell_withdrawn(one, by=by)
    return one
