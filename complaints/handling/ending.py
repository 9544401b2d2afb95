"""After the callback: closed by somebody who did not handle it, or reopened one level up (A22, A23, 4.1)."""

from datetime import datetime, timedelta

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from complaints import owners, telling
from complaints.guards import said
from complaints.models import Complaint
from complaints.models.rules import ComplaintRules
from complaints.models.states import Level, Satisfied, State
from complaints.moving import held, move
from staff.models import User

CLOSES = (Satisfied.SATISFIED, Satisfied.NEUTRAL, Satisfied.UNREACHED)
log = structlog.get_logger()
AGAIN = 2  # reopened so often, the branch head hears of it


@transaction.atomic
def close(complaint: Complaint, *, by: User | None, at: datetime, satisfied: str, reason: str = "") -> Complaint:
    """Closed with what came of the callback; nobody closes what they resolved themselves. `by=None`: the product."""
    one = held(complaint)
    owners.stays_out(one, by)
    if by and by.pk == one.resolved_by_id:
        raise ValidationError(_("Somebody else calls back: you handled it."), code="four_eyes")
    if satisfied not in CLOSES:
        raise ValidationError({"satisfied": _("A customer who is dissatisfied has it reopened.")}, code="satisfied")
    return move(one, State.CLOSED, by=by, at=at, reason=reason.strip(), satisfied=satisfied)


@transaction.atomic
def reopen(
    complaint: Complaint, *, by: User | None, at: datetime, reason: str, level_up: bool = True,
    owner: User | None = None, edition: int | None = None,
) -> Complaint:  # fmt: skip
    """Reopened, one level up and with another owner: the one named, or else who leads the unit (4.1).

    What is closed can be reopened within `rules.reopen_days`. The legal clock runs on from the first receipt.
    """
    one = held(complaint, edition)
    owners.stays_out(one, by)
    reason = said("reason", reason, _("Say why it is reopened."))
    _in_time(one, at)
    if owner:
        owners.check(one, owner)
    owner = owner or _another(one)
    unsatisfied = {"satisfied": Satisfied.DISSATISFIED} if one.state == State.CALLBACK_DUE else {}
    level = min(one.level + bool(level_up), Level.MAJOR)
    raised = {"level": level, "reopened": one.reopened + 1, "owner": owner, "for_owner": None}
    move(one, State.REOPENED, by=by, at=at, reason=reason, **raised, **unsatisfied)
    _ring(one, at)
    return one


@transaction.atomic
def reopen_closed(complaint: Complaint, *, by: User, **told) -> Complaint:
    """By hand only what is closed: what waits for its callback is reopened by what the customer says in it."""
    one = held(complaint)
    if one.state != State.CLOSED:
        raise ValidationError(one._refusal(State.REOPENED), code="move")
    return reopen(one, by=by, **told)


def reopened(complaint: Complaint, *, by: User | None, at: datetime, reason: str) -> bool:
    """Reopened for a customer who is not satisfied; False where it cannot be, so that a remedy takes its place."""
    try:
        with transaction.atomic():
            reopen(complaint, by=by, at=at, reason=reason)
    except ValidationError as error:
        log.warning("complaints.not_reopened", id=complaint.pk, code=getattr(error, "code", ""))
        return False
    return True


def _in_time(one, at):
    days = ComplaintRules.of(one.branch_id).reopen_days
    if one.state == State.CLOSED and at > one.ended_at + timedelta(days=days):
        refusal = _("It was closed more than %(days)s days ago; accept a new complaint.")
        raise ValidationError(refusal % {"days": days}, code="late")


def _another(one):
    """Up the tree or of the desk, but not who had it; where there is nobody else the owner, as long as they handle
    complaints. It is never refused: an answer of a customer is not lost because of who is away.
    """
    out = {one.owner_id, one.resolved_by_id, one.person_id} - {None}
    if found := owners.instead(one.unit, one.branch, out):
        return found
    stays = owners.handles(one.owner, one.branch_id)
    return one.owner if stays else owners.anybody(one.branch, {one.person_id}) or one.owner


def _ring(one, at):
    telling.ring([one.owner], "reopened", one, key=one.reopened, at=at)
    if one.reopened >= AGAIN:
        telling.ring(owners.heads(one.branch), "reopened_again", one, key=one.reopened, at=at)
