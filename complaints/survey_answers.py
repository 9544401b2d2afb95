"""What a customer answered to a survey, and what a bad answer leads to (A22, F 3)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import handling, moving
from complaints.calling_back import key_of, round_of
from complaints.judgement import QUESTIONS, result_of
from complaints.models import ComplaintRules, Survey
from complaints.models.states import State
from customers.visits import without_id_numbers
from work import owing
from work.models.states import Kind, Origin, Priority, Result
from work.remedies import REMEDY_WITHIN


@transaction.atomic
def answer(survey: Survey, said: dict, *, at: datetime, comment: str = "") -> Survey:
    """Keep the answer, which may be given anew until it expires. `said`: see `judgement.QUESTIONS`.

    The first bad one reopens the complaint, or makes a remedy, by the rule of the branch, and stays what figures count;
    what comes later is kept beside it. Sent again it is the same answer. ValidationError once expired.
    """
    complaint = moving.hold([survey.complaint_id])[survey.complaint_id]
    one = Survey.objects.select_for_update().get(pk=survey.pk)
    if at >= one.expires_at:
        raise ValidationError(_("This survey is over."), code="expired")
    comment = without_id_numbers(comment.strip())
    if one.answered_at and last_of(one) == _whole(said) and comment in ("", one.comment):
        return one
    was_bad = one.answered_at is not None and _is_bad(one)
    _keep(one, said, was_bad, at)
    one.comment = comment or one.comment
    one.save()
    told = {"round": one.round, "result": said.get("result")}
    record(complaint, "complaint.surveyed", by=None, customer=complaint.customer_id, **told)
    if _is_bad(one) and not was_bad:
        _put_right(complaint, one, at)
    return one


def last_of(one: Survey) -> dict:
    """{question: answer} as they were given last."""
    return {name: one.later[name] if one.later else getattr(one, name) for name in QUESTIONS}


def _whole(said):
    return {name: said.get(name) for name in QUESTIONS}


def _keep(one, said, was_bad, at):
    if was_bad:
        one.later = _whole(said) | {"at": at.isoformat()}
        return
    for name, value in said.items():
        setattr(one, name, value)
    one.answered_at = at


def _is_bad(one) -> bool:
    return result_of(one.solved, one.result) == Result.DISSATISFIED


def _put_right(complaint, one, at):
    """Nothing where it has gone on since, or was closed too long ago."""
    rules = ComplaintRules.of(complaint.branch_id)
    over = complaint.state != State.CLOSED or one.round != round_of(complaint)
    if over or at > complaint.ended_at + timedelta(days=rules.reopen_days):
        return
    reason = one.comment or _("Not satisfied when asked by message")
    wants_remedy = rules.when_dissatisfied == ComplaintRules.WhenDissatisfied.REMEDY
    if wants_remedy or not handling.reopened(complaint, by=None, at=at, reason=reason):
        _owe_remedy(complaint, at)


def _owe_remedy(complaint, at):
    owner = complaint.owner if owing.follows_up(complaint.owner, complaint.branch_id) else None
    what = _("Complaint %(number)s: put right what the customer is not satisfied with")
    owing.owe(
        complaint.customer, Kind.REMEDY, what % {"number": complaint.number}, key=f"{key_of(complaint)}:survey",
        due_at=at, late_at=at + REMEDY_WITHIN, by=None, owner=owner, unit=complaint.unit, about=complaint,
        origin=Origin.RULE, priority=Priority.HIGH,
    )  # fmt: skip
