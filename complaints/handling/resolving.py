"""The result: what caused it, whose doing it was, what was done, and what the customer was told (G02, D14, A11)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import answering
from complaints.calling_back import owe_callback
from complaints.guards import in_hand, no_open_tasks, nothing_undecided, said
from complaints.models import Cause, Complaint
from complaints.models.states import AnswerWay, Liability, Satisfied, State
from complaints.moving import held, move
from staff.models import User


@transaction.atomic
def resolve(
    complaint: Complaint, *, by: User, cause: Cause, liability: str, measure: str, answer: str, answered_by: str,
    loss_stopped: str = "", at: datetime | None = None, edition: int | None = None,
) -> Complaint:  # fmt: skip
    """Resolved, and at once to be called back by somebody else. Whoever caused it, the customer was told (D14)."""
    at, one = at or timezone.now(), held(complaint, edition)
    in_hand(one, by)
    if one.state == State.ACCEPTED:
        raise ValidationError(one._refusal(State.RESOLVED), code="move")
    found = _found(
        one, cause=cause, liability=liability, measure=measure, answer=answer, answered_by=answered_by,
        loss_stopped=loss_stopped,
    )  # fmt: skip
    return answered(one, State.RESOLVED, by=by, at=at, **found)


@transaction.atomic
def settle_on_spot(
    complaint: Complaint, *, by: User, cause: Cause, liability: str, measure: str, answer: str, confirmed: bool = False,
    loss_stopped: str = "", at: datetime | None = None, edition: int | None = None,
) -> Complaint:  # fmt: skip
    """Whoever accepted it settles it before the customer leaves (A11). `confirmed`: the customer says that it is
    settled, and it is closed; otherwise somebody else calls back.
    """
    at, one = at or timezone.now(), held(complaint, edition)
    in_hand(one, by)
    if one.state != State.ACCEPTED or by.pk != one.first_owner_id:
        raise ValidationError(_("Only who accepted it settles it on the spot, before it is assigned."), code="move")
    found = _found(
        one, cause=cause, liability=liability, measure=measure, answer=answer, answered_by=AnswerWay.IN_PERSON,
        loss_stopped=loss_stopped,
    )  # fmt: skip
    found |= {"on_spot": True, "contacted_at": one.contacted_at or at}
    if not confirmed:
        return answered(one, State.RESOLVED, by=by, at=at, **found)
    move(one, State.RESOLVED, by=by, at=at, resolved_at=at, resolved_by=by, **found)
    move(one, State.CALLBACK_DUE, by=by, at=at)
    said_so = _("The customer confirmed before leaving.")
    return move(one, State.CLOSED, by=by, at=at, reason=said_so, satisfied=Satisfied.SATISFIED)


def answered(one: Complaint, state: str, *, by: User, at: datetime, reason: str = "", **found) -> Complaint:
    """A complaint that is held has its answer: it waits for the callback, and what was told in writing is sent."""
    move(one, state, by=by, at=at, reason=reason, resolved_at=at, resolved_by=by, **found)
    move(one, State.CALLBACK_DUE, by=None, at=at)
    answering.send(one, by=by)
    owe_callback(one, by=by, at=at)
    return one


def _found(one, *, cause, liability, measure, answer, answered_by, loss_stopped):
    """The fields of a result. ValidationError by field; open tasks and undecided compensations come first."""
    no_open_tasks(one)
    nothing_undecided(one)
    if cause is None or cause.branch_id != one.branch_id:
        raise ValidationError({"cause": _("Choose the root cause.")}, code="required")
    if liability not in Liability:
        raise ValidationError({"liability": _("Say whose doing it was.")}, code="required")
    answering.check(one, answered_by)
    return {
        "cause": cause,
        "liability": liability,
        "measure": said("measure", measure, _("Say what was done.")),
        "answer": said("answer", answer, _("Say what the customer was told.")),
        "answered_by": answered_by,
        "loss_stopped": loss_stopped.strip()[:500],
    }
