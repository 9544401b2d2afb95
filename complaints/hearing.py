"""What follows from a callback: the complaint is closed, reopened one level up, or waits for a remedy (A22, A23, 4.1).

However the answer was kept, on the complaint's page, in the day's list or by a program, it comes by here.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from complaints import handling, moving
from complaints.calling_back import ABOUT, key_of
from complaints.models import CallbackAnswer, Complaint, ComplaintRules
from complaints.models.callbacks import Said
from complaints.models.states import Satisfied, State
from outreach import queueing
from staff.models import User
from work import owing
from work.models import FollowUp
from work.models.states import ANSWERED, Kind, Origin
from work.models.states import State as Call
from work.remedies import REMEDY_WITHIN

TEMPLATE = "complaint_unreached"
SATISFIED = {
    Call.DONE_SATISFIED: Satisfied.SATISFIED,
    Call.DONE_NEUTRAL: Satisfied.NEUTRAL,
    Call.DONE_DISSATISFIED: Satisfied.DISSATISFIED,
}


def heard(follow_up: FollowUp, *, by: User, at: datetime) -> bool:
    """Let the complaint go on after its callback ended, whose row the caller holds (settings.FOLLOW_UP_FOLLOWERS).

    True where a dissatisfied customer is taken care of by reopening.
    """
    if follow_up.about_type != ABOUT or follow_up.kind != Kind.CALLBACK:
        return False
    complaint = moving.hold([follow_up.about_id])[follow_up.about_id]
    answer = _keep(complaint, follow_up, by=by, at=at) if follow_up.state in ANSWERED else None
    if not _waits_for(complaint, follow_up):
        return True  # an old round, or closed by other means: what was said is kept, nothing else follows
    if follow_up.state == Call.DONE_DISSATISFIED:
        return _dissatisfied(complaint, answer, by=by, at=at)
    if answer:
        _satisfied(complaint, SATISFIED[follow_up.state], by=by, at=at)
        fell_short(complaint, answer, by=by, at=at)
    elif complaint.state == State.CALLBACK_DUE:
        _unreached(complaint, follow_up, by=by, at=at)
    return False


def _waits_for(complaint, follow_up) -> bool:
    """For this answer; also one that was closed as not reached, when a leader had it tried once more."""
    is_now = follow_up.key == key_of(complaint)
    return is_now and (complaint.state == State.CALLBACK_DUE or was_missed(complaint))


def was_missed(complaint: Complaint) -> bool:
    return complaint.state == State.CLOSED and complaint.satisfied == Satisfied.UNREACHED


def _keep(complaint, follow_up, *, by, at):
    """Every answer is a row, also one given without the questions."""
    solved = {Call.DONE_SATISFIED: True, Call.DONE_DISSATISFIED: False}.get(follow_up.state)
    last = follow_up.attempts.last()
    said = {"at": at, "by": by, "solved": solved, "comment": last.note if last else ""}
    which = {"complaint": complaint, "round": _round(follow_up), "asked": follow_up.round}
    return CallbackAnswer.objects.get_or_create(**which, defaults=said | {"follow_up": follow_up})[0]


def _round(follow_up) -> int:
    return int(follow_up.key.rpartition(":")[2])


def _satisfied(complaint, satisfied, *, by, at):
    if complaint.state == State.CLOSED:
        moving.keep(complaint, at, satisfied=satisfied)
    else:
        handling.close(complaint, by=by, at=at, satisfied=satisfied)


def fell_short(complaint: Complaint, answer: Said, *, by: User | None, at: datetime):
    """Satisfied, and still less than they expected: its owner finds out what was missing (F15)."""
    if answer.gap is None or answer.gap >= 0 or complaint.customer_id is None:
        return
    owner = complaint.owner if owing.follows_up(complaint.owner, complaint.branch_id) else None
    what = _("Complaint %(number)s: find out what the customer had expected") % {"number": complaint.number}
    owing.owe(
        complaint.customer, Kind.REMEDY, what, key=f"{key_of(complaint)}:gap", due_at=at,
        late_at=at + REMEDY_WITHIN, by=by, owner=owner, unit=complaint.unit, about=complaint, origin=Origin.RULE,
    )  # fmt: skip


def _dissatisfied(complaint, answer, *, by, at) -> bool:
    rules = ComplaintRules.of(complaint.branch_id)
    if rules.when_dissatisfied == ComplaintRules.WhenDissatisfied.REMEDY and complaint.state != State.CLOSED:
        return False
    return handling.reopened(complaint, by=by, at=at, reason=answer.comment or _("Not satisfied when called back"))


def _unreached(complaint, follow_up, *, by, at):
    """Closed after the tries that the branch asks for, or because they want no call; they are told (A23)."""
    refused = follow_up.state == Call.REFUSED
    reason = _("Wants no call") if refused else _("Not reached in %(n)s tries") % {"n": follow_up.attempts.count()}
    if not refused:
        tell_unreached(complaint, by=by)
    handling.close(complaint, by=by, at=at, satisfied=Satisfied.UNREACHED, reason=reason)


def tell_unreached(complaint: Complaint, *, by: User):
    """The message that ends the tries; without a text of the branch, the product's own."""
    customer, about = complaint.customer, {"about": complaint, "by": by}
    key = f"{key_of(complaint)}:unreached"
    try:
        return queueing.queue(customer, TEMPLATE, key=key, ticket=complaint.number, **about)
    except ValidationError:
        with translation.override(customer.language):
            said = _("We could not reach you about your complaint %(number)s. If it is not solved, please tell us.")
            return queueing.queue_free(customer, said % {"number": complaint.number}, key=key, **about)
