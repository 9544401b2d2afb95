"""Dunning a branch at once, because somebody asks for it: the day is planned, and its steps are carried out."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from billing.dunning import carrying_out, planning
from billing.dunning.dry_run import said
from billing.models import CaseStep, ScenarioStep
from jobs import clock, runs
from jobs.models import Run
from jobs.registry import job
from staff.models import Unit

JOB = "billing.dun_now"
Action, State = ScenarioStep.Action, CaseStep.State


@job(
    JOB,
    title=_("Dun today"),
    about=_("Plans today's steps of a branch and carries them out."),
    lease=timedelta(minutes=5),
    counts={"opened": _("Cases opened"), "planned": _("Steps planned"), "looked": _("Steps looked at")},
)
def dun_now(run):
    """The next range of accounts; when all are planned, the next few steps."""
    if "planned" not in run.cursor:
        return _plan(run)
    looked = carrying_out.carry_out(clock.now())
    run.count(looked, looked=looked)
    return looked > 0


def _plan(run):
    found = planning.plan_some(run.cursor.get("after", 0), clock.now(), branch=run.params["branch"])
    if found.accounts_upto is None:
        run.cursor = {"planned": True}
        return True
    run.cursor = {"after": found.accounts_upto}
    run.count(found.opened + found.steps, opened=found.opened, planned=found.steps)
    return True


def ask(branch: Unit, *, by, key) -> Run:
    """The run; the same key twice is one run."""
    return runs.ask(JOB, key=f"dun now {branch.pk} {key}", params={"branch": branch.pk}, by=by, branch_id=branch.pk)


def done(branch: Unit, day: date) -> dict:
    """What the day has come to so far: steps planned, and of these messages, tasks, stops, what waits and what not."""
    rows = CaseStep.objects.filter(case__branch=branch, planned_for=day)
    carried = Q(state=State.DONE)
    facts = rows.aggregate(
        planned=Count("pk"),
        messages=Count("pk", filter=carried & Q(step__action=Action.MESSAGE)),
        tasks=Count("pk", filter=carried & Q(step__action=Action.TASK)),
        stops=Count("pk", filter=carried & ~Q(step__action__in=(Action.MESSAGE, Action.TASK))),
        sum=Sum("sum", filter=carried),
    )
    left_out = _reasons(rows, "reason", State.LEFT_OUT)
    return facts | {"waiting": _reasons(rows, "waits_for", State.PLANNED), "left": left_out}


def _reasons(rows, column, state) -> list[tuple[str, int]]:
    counted = rows.filter(state=state).exclude(**{column: ""}).values_list(column).annotate(many=Count("pk"))
    return [(said(code), many) for code, many in counted.order_by("-many", column)]


def last_of(branch: Unit, at: datetime) -> Run | None:
    """The last one asked for in the last day."""
    recent = Run.objects.filter(job=JOB, branch_id=branch.pk, created_at__gte=at - timedelta(days=1))
    return recent.order_by("-pk").first()
