"""Where a case stands: after a step, and once the billing system has answered."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from billing.models import DunningCase, ScenarioStep, ServiceRequest
from billing.models.dunning import ORDER

From = ScenarioStep.From


def day_of(case: DunningCase, at: datetime) -> date:
    """The branch's day."""
    return timezone.localdate(at, ZoneInfo(case.branch.time_zone))


def begin_of(case: DunningCase, day: date) -> datetime:
    """Of the branch's day."""
    return datetime.combine(day, time.min, ZoneInfo(case.branch.time_zone))


def comes_on(case: DunningCase, step: ScenarioStep, before_on: date, oldest: date | None = None) -> date | None:
    """When a step comes, the one before it having been done on `before_on`; None while a suspension is waited for.

    `oldest`: the last day of payment of the oldest bill that is overdue now, where that is known.
    """
    if step.counts_from == From.SUSPENDED and case.stopped_at is None:
        return None
    begin = {
        From.DUE: lambda: max(case.since, oldest or case.since),
        From.BEFORE: lambda: before_on,
        From.SUSPENDED: lambda: day_of(case, case.stopped_at),
    }[step.counts_from]()
    return max(begin + timedelta(days=step.days), before_on + timedelta(days=step.gap))


def after(step: ScenarioStep):
    """The steps behind it, in order."""
    return ScenarioStep.objects.filter(version=step.version_id, n__gt=step.n).order_by("n")


def go_on(case: DunningCase, done: ScenarioStep, at: datetime, *, reached=True):
    """The case stands where the step led, unless it was left out (`reached`), and waits for the next one.

    The caller holds the account; the case is locked here, last of all.
    """
    case.lock()
    if reached and done.stage != case.state and ORDER.index(done.stage) > ORDER.index(case.state):
        case.move_to(done.stage, by=None)
    if not case.steps.filter(step__n__gt=done.n).exists():  # of one that was taken again, the case has gone on already
        _turn_to(case, after(done).first(), day_of(case, at))


def _turn_to(case, step, before_on, *also):
    """The next step of the case, unless there is none, or it waits for a suspension; `also` are fields to keep."""
    comes = step and comes_on(case, step, before_on)
    case.next_step, case.next_on = (step, comes) if comes else (None, None)
    case.save(update_fields=["next_step", "next_on", *also])


def rest(case: DunningCase):
    """Nothing happens by itself any more."""
    case.lock()
    case.next_step = case.next_on = None
    case.save(update_fields=["next_step", "next_on"])


def line_answered(request: ServiceRequest, at: datetime):
    """The first stop of a case that is confirmed starts what counts from there. Twice is once; the caller holds the
    request's row. Whatever the billing system says, that was between asking and now.
    """
    if not request.case_id or request.action not in ServiceRequest.STOPS or request.state != request.State.CONFIRMED:
        return
    open_one = DunningCase.objects.open().filter(pk=request.case_id, stopped_at=None)
    case = open_one.select_for_update(of=("self",), no_key=True).select_related("branch").first()
    if case:
        case.stopped_at = max(request.asked_at, min(at, timezone.now()))
        _resume(case, case.stopped_at)


def _resume(case, at):
    """With what waited for the suspension.

    One write: a second one in a transaction has every foreign key checked anew, and would wait for the account.
    """
    last = case.steps.select_related("step").order_by("-step__n").first()
    if last and case.next_step_id is None:
        _turn_to(case, after(last.step).first(), day_of(case, last.done_at or at), "stopped_at")
    else:
        case.save(update_fields=["stopped_at"])
