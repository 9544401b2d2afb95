"""Trying to reach the customer, and what they answered (domain 4.4, A22, A30)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from customers.visits import without_id_numbers
from staff.unit_calendar import calendar_of
from work import calling, merging, pool_lines, pools, remedies, retrying
from work.models import Attempt, FollowUp, FollowUpRules
from work.models.states import ANSWERED, FAILED, Kind, Outcome, Result, State
from work.times import refuse_far

UNDO_WITHIN = timedelta(minutes=10)


@transaction.atomic
def attempt(follow_up, outcome, *, by, result="", note="", call_at=None, answers=None, at=None) -> FollowUp:
    """Keep one try and what follows from it. A call with several parts has one answer for each.

    `result` says how a customer who was reached felt; `answers` is {id of the part: result}. `call_at` is when they
    asked to be called. Raises ValidationError for what has ended, for one's own work, and for a missing answer.
    """
    at = at or timezone.now()
    _check(outcome, result, call_at, at)
    merging.lock_call(follow_up)
    if follow_up.merged_into_id:
        raise ValidationError(_("This is part of another call: answer it there."))
    parts = list(follow_up.parts.filter(ended_at=None).order_by("pk"))
    told = _each(follow_up, parts, outcome, result, answers or {})
    for one in [follow_up, *parts]:
        _try(one, outcome, by=by, result=told[one.pk], note=note, call_at=call_at, at=at)
    merging.settle(follow_up, by=by)
    return follow_up


def _check(outcome, result, call_at, at):
    if (outcome == Outcome.ANSWERED) != bool(result):
        raise ValidationError({"result": _("Say how it went exactly when the customer was reached.")})
    if outcome == Outcome.CALL_LATER and (call_at is None or call_at <= at):
        raise ValidationError({"call_at": _("Say when they want to be called; it lies ahead.")})


def _each(follow_up, parts, outcome, result, answers):
    """{id: result} of the whole call."""
    if outcome != Outcome.ANSWERED:
        return dict.fromkeys([follow_up.pk, *(part.pk for part in parts)], "")
    missing = [part for part in parts if answers.get(part.pk) not in Result.values]
    if missing:
        raise ValidationError({"answers": _("Each part of the call has an answer of its own.")})
    return {follow_up.pk: result} | {part.pk: answers[part.pk] for part in parts}


def _try(one, outcome, *, by, result, note, call_at, at):
    one.refuse_own_work(by)
    if one.kind == Kind.REMEDY and result == Result.DISSATISFIED:
        raise ValidationError({"result": _("A remedy is done or not done; the customer is asked about it afterwards.")})
    if one.state != State.IN_PROGRESS:
        one.move_to(State.IN_PROGRESS, by=by)
    number = one.number
    made = Attempt(follow_up=one, n=one.attempts.count() + 1, round=one.round, at=at, by=by, outcome=outcome)
    made.result, made.number, made.note = result, number, without_id_numbers(note.strip())
    made.next_at = _next_at(one, outcome, call_at, at)
    made.save()
    record(one, "follow_up.tried", by=by, outcome=outcome, n=made.n)
    if outcome == Outcome.ANSWERED:
        finish(one, State(f"done_{result}"), by=by, at=at)
    elif outcome == Outcome.REFUSED:
        _end(one, State.REFUSED, "follow_up.refused", by=by, at=at)
    elif made.next_at is None:
        _end(one, State.UNREACHABLE, "follow_up.unreachable", by=by, at=at)
    else:
        _put_off(one, made.next_at, outcome, by=by, at=at)


def _next_at(one, outcome, call_at, at):
    if outcome not in FAILED:
        if call_at:
            refuse_far(call_at, "call_at", at)
        return call_at
    tried = list(one.attempts.filter(round=one.round, outcome__in=FAILED).values_list("at", flat=True))
    return retrying.next_try(
        FollowUpRules.of(one.branch_id),
        [*tried, at],
        outcome,
        zone=ZoneInfo(one.unit.time_zone),
        hours=(one.hours_from, one.hours_to),
        works=lambda day: bool(calendar_of(one.unit).windows_on(day)),
    )


def _put_off(one, next_at, outcome, *, by, at):
    """Until the next try. A promise does not become later by not reaching the customer."""
    one.move_to(State.PLANNED, by=by)
    changed = {"due_at": next_at, "own_due_at": None, "noted_at": at, "stalled_at": None}
    if not (one.keeps_time or one.kind == Kind.PROMISE):
        changed |= {"late_at": max(one.late_at, next_at), "escalate_at": max(one.late_at, next_at)}
    if outcome in FAILED:
        wrong = outcome == Outcome.WRONG_NUMBER
        changed["passed_numbers"] = [*one.passed_numbers, *([one.number] if wrong and one.number else [])]
        changed["number"] = calling.another(one, one.number, wrong=wrong)
    one.keep(**changed)
    if one.owner_id is None:
        pool_lines.clear([one.unit_id])


def _end(one, state, verb, *, by, at, **data) -> bool:
    """Whether an app above takes care of a dissatisfied customer itself."""
    one.move_to(state, by=by)
    ended = {"ended_at": at, "ended_by": by, "noted_at": at, "stalled_at": None}
    one.keep(**ended, **_kept(one, state, at))
    record(one, verb, by=by, **data)
    if one.owner_id is None:
        pool_lines.clear([one.unit_id])
    remedies.ended(one, by=by, at=at)
    return one.tell_followers(by=by, at=at)


def _kept(one, state, at):
    """A promise is kept by what was done in time (A30); what comes later leaves it broken."""
    if one.kind != Kind.PROMISE or one.broken_at or state not in ANSWERED:
        return {}
    return {"kept_at": at} if at <= one.late_at else {"broken_at": one.late_at}


def finish(one, state, *, by, at):
    """The answer is there: the contact is ticked off, what went wrong is remedied."""
    cared_for = _end(one, state, "follow_up.done", by=by, at=at, result=state.removeprefix("done_"))
    if one.interaction_id:
        one.interaction.follow_up_is_done(by=by, at=at)
    if state == State.DONE_DISSATISFIED and not cared_for:
        remedies.begin(one, by=by, at=at)


@transaction.atomic
def tick_off(one, *, by, at):
    """The thing is done, said where the contact stands that promised it, which the caller holds; the other parts of its
    call stay.
    """
    merging.lock_rows(one)
    if one.is_to_do:
        _try(one, Outcome.ANSWERED, by=by, result=Result.NEUTRAL, note="", call_at=None, at=at)
        merging.settle(one, by=by)


@transaction.atomic
def undo(follow_up, *, by, at=None):
    """Take an answer back, within a short time and by the one who gave it; the follow-up is due again.

    So are the parts answered with it; the answer of a part alone makes that part a call of its own.
    """
    at = at or timezone.now()
    merging.lock_call(follow_up)
    if follow_up.ended_by_id != by.pk or not follow_up.ended_at or at - follow_up.ended_at > UNDO_WITHIN:
        raise ValidationError(_("Only an answer of yours from the last minutes can be taken back."))
    if follow_up.remedies_id:
        raise ValidationError(_("What depends on this remedy is under way already."))
    together = _answered_with(follow_up, by)
    for one in [follow_up, *together]:
        one.ask_guards("undo", by=by)
    follow_up.keep(merged_into=None)
    for one in [follow_up, *together]:
        one.move_to(State.DUE, by=by)
        one.keep(ended_by=None, kept_at=None, broken_at=None, round=one.round + 1)
        if one.interaction_id:
            one.interaction.follow_up_is_open_again(by=by)
        record(one, "follow_up.undone", by=by)
    pools.came_back([follow_up.pk])


def _answered_with(follow_up, by):
    """The parts that were answered together with it."""
    return list(follow_up.parts.filter(ended_at=follow_up.ended_at, ended_by=by).order_by("pk"))
