"""What several operations ask before they change a complaint that is held."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from complaints import owners
from complaints.models import Compensation, Complaint, SubTask
from complaints.models.states import State
from complaints.moving import move
from customers.visits import without_id_numbers
from staff.models import User

NOT_BEGUN = (State.ACCEPTED, State.REOPENED)


def in_hand(one: Complaint, by: User | None):
    """ValidationError for the person concerned, and where no answer is owed any more."""
    owners.stays_out(one, by)
    if not one.in_hand:
        raise ValidationError(one._refusal(State.IN_PROGRESS), code="move")


def begin(one: Complaint, *, by: User, at: datetime):
    """Bring a complaint into progress; one that nobody was assigned to stays with its owner."""
    if one.state in NOT_BEGUN:
        move(one, State.ASSIGNED, by=by, at=at)
    if one.state == State.ASSIGNED:
        move(one, State.IN_PROGRESS, by=by, at=at)


def said(field: str, text: str, problem: str) -> str:
    """The text without numbers of documents; ValidationError at the field where it is empty."""
    if not text.strip():
        raise ValidationError({field: problem}, code="required")
    return without_id_numbers(text.strip())


def open_tasks(one: Complaint):
    """Of the complaint, and of those that are merged into it."""
    return SubTask.objects.open().filter(Q(complaint=one) | Q(complaint__merged_into=one))


def no_open_tasks(one: Complaint):
    if open_tasks(one).exists():
        raise ValidationError(_("Departments are still at work on it: their tasks end first."), code="tasks")


def nothing_undecided(one: Complaint):
    if one.compensations.filter(state=Compensation.State.ASKED).exists():
        raise ValidationError(_("A compensation still waits to be approved."), code="compensation")
