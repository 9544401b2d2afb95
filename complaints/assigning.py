"""Giving a complaint to exactly one owner (A11, D13): dispatched, handed over, taken.

Whoever accepted it stays its `first_owner`. Only a hand-over counts as a transfer: dispatch is the first step, and a
deputy who stands in gives it back.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import owners, telling
from complaints.models import Complaint
from complaints.models.states import OPEN, State
from complaints.moving import change, held, move
from staff.models import Unit, User
from staff.workplaces import workplaces_of

TO_ASSIGN = (State.ACCEPTED, State.REOPENED)


@transaction.atomic
def assign(
    complaint: Complaint, owner: User, *, by: User | None, at: datetime | None = None, unit: Unit | None = None,
    reason: str = "", edition: int | None = None, many: str = "",
) -> Complaint:  # fmt: skip
    """Give an accepted or reopened complaint to its owner. ValidationError by field; Outdated by `edition`.

    `unit`: who answers for it from here on; by default where the owner works. `many`: see `telling.ring_many`.
    """
    at, one = at or timezone.now(), held(complaint, edition)
    owners.stays_out(one, by)
    owners.check(one, owner)
    before = one.owner_id
    move(one, State.ASSIGNED, by=by, at=at, reason=reason, **_had_by(owner, unit))
    if before != one.owner_id:
        record(one, "complaint.assigned", by=by, customer=one.customer_id, before=before, owner=one.owner_id)
        telling.owner(one, by, at, many)
    return one


@transaction.atomic
def dispatch(complaint: Complaint, *, by: User | None, at: datetime | None = None, edition=None) -> Complaint:
    """Assign it by its class: see `owners.found`; where nobody is found it stays with whoever has it."""
    at, one = at or timezone.now(), held(complaint, edition)
    owner, unit = owners.found(one) or (one.owner, one.unit)
    return assign(one, owner, by=by, at=at, unit=unit)


@transaction.atomic
def hand_over(
    complaint: Complaint, owner: User, *, by: User | None, reason: str, at: datetime | None = None,
    unit: Unit | None = None, edition: int | None = None, many: str = "",
) -> Complaint:  # fmt: skip
    """A transfer: another owner, the same state, counted; too many of them ring (D13, amendment 1)."""
    at, one = at or timezone.now(), held(complaint, edition)
    owners.stays_out(one, by)
    _check_transfer(one, owner, reason)
    before = one.owner_id
    counted = {"transfers": one.transfers + 1}
    change(one, by=by, at=at, reason=reason.strip(), **_had_by(owner, unit), **counted)
    said = {"before": before, "owner": one.owner_id, "reason": reason.strip()}
    record(one, "complaint.handed_over", by=by, customer=one.customer_id, **said)
    telling.owner(one, by, at, many)
    telling.passed_around(one, at, many)
    return one


@transaction.atomic
def take(complaint: Complaint, *, by: User, at: datetime | None = None, edition: int | None = None) -> Complaint:
    """A colleague makes it theirs: assigned where nobody was assigned yet, handed over otherwise."""
    at, one = at or timezone.now(), held(complaint, edition)
    if one.state in TO_ASSIGN:
        return assign(one, by, by=by, at=at)
    return hand_over(one, by, by=by, at=at, reason=_("Taken over."))


def _check_transfer(one, owner, reason):
    if one.state not in OPEN:
        raise ValidationError(_("This complaint is over: nobody needs to have it."), code="move")
    if owner.pk == one.owner_id:
        raise ValidationError({"owner": _("%(person)s has it already.") % {"person": owner}}, code="owner")
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is handed over.")}, code="required")
    owners.check(one, owner)


def _had_by(owner, unit):
    return {"owner": owner, "unit": unit or workplaces_of([owner])[owner.pk], "for_owner": None}
