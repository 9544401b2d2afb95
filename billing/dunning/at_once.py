"""Dunning a branch at once, because somebody asks for it: the day is planned, and its steps are carried out."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from billing.dunning import carrying_out, counting, planning
from billing.dunning.dry_run import said
from billing.dunning.fates import LeftOut, Waits
from billing.models import CaseStep, ScenarioStep
from billing.money import Sums
from jobs import clock, runs
from jobs.models import Run
from jobs.registry import job
from staff.models import Unit

JOB = "billing.dun_now"
Action = ScenarioStep.Action
KINDS = {Action.MESSAGE: "messages", Action.TASK: "tasks"}  # the others are stops


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
    looked = carrying_out.look_at_next(clock.now(), run.params["branch"])
    if not looked.accounts:
        counting.count_cases(Unit.objects.get(pk=run.params["branch"]), clock.now())  # whoever asked looks now
    run.cursor = {"planned": True, "done": _tally(run.cursor.get("done", {}), _older(run, looked.steps))}
    run.count(looked.accounts, looked=looked.accounts)
    return looked.accounts > 0


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


def _older(run, steps):
    """Those that waited before. What this run planned may be carried out by the job of every minute just as well, and
    is counted by its rows.
    """
    return [(one, fate) for one, fate in steps if one.planned_at <= run.created_at]


def _tally(before: dict, steps) -> dict:
    """{"kinds", "waiting", "left": how many of each, "sums": by currency} with these steps more, ready for JSON."""
    found = {name: Counter(before.get(name, {})) for name in ("kinds", "waiting", "left")}
    sums = Sums({currency: Decimal(amount) for currency, amount in before.get("sums", {}).items()})
    for one, fate in steps:
        if isinstance(fate, Waits):
            found["waiting"][fate.reason] += 1
        elif isinstance(fate, LeftOut):
            found["left"][fate.reason] += 1
        else:
            found["kinds"][KINDS.get(one.step.action, "stops")] += 1
            sums.add(one.sum, one.case.account.currency)
    return found | {"sums": {currency: str(amount) for currency, amount in sums.items()}}


@dataclass(frozen=True)
class Done:
    """What a run has come to so far: what it planned, did, put off and left out; (reason in words, how many)."""

    planned: int
    messages: int
    tasks: int
    stops: int
    sums: Sums
    waiting: list[tuple[str, int]]
    left: list[tuple[str, int]]


def done(run: Run) -> Done:
    """As the rows stand now: what the run planned, and older steps that it carried out."""
    kept = run.cursor.get("done", {})
    found = {name: Counter(kept.get(name, {})) for name in ("kinds", "waiting", "left")}
    sums = Sums({currency: Decimal(amount) for currency, amount in kept.get("sums", {}).items()})
    for one in _planned_by(run):
        if one["state"] == CaseStep.State.DONE:
            found["kinds"][KINDS.get(one["step__action"], "stops")] += one["many"]
            sums.add(one["overdue"], one["case__account__currency"])
        elif why := one["reason"] or one["waits_for"]:
            found["left" if one["state"] == CaseStep.State.LEFT_OUT else "waiting"][why] += one["many"]
    return Done(
        planned=run.counts.get("planned", 0),
        **{name: found["kinds"][name] for name in ("messages", "tasks", "stops")},
        sums=sums,
        waiting=_reasons(found["waiting"]),
        left=_reasons(found["left"]),
    )


def _planned_by(run):
    """How many steps, and the sum overdue with them, by what became of them."""
    recent = (run.created_at - timedelta(days=1)).date()  # in whatever time zone: an index knows the day only
    steps = CaseStep.objects.filter(case__account__branch=run.branch_id, planned_for__gte=recent)
    steps = steps.filter(planned_at__gt=run.created_at, planned_at__lte=run.finished_at or clock.now())
    kinds = steps.values("state", "step__action", "reason", "waits_for", "case__account__currency")
    return kinds.annotate(many=Count("pk"), overdue=Sum("sum")).order_by()


def _reasons(counted) -> list[tuple[str, int]]:
    return [(said(code), many) for code, many in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]


def last_of(branch: Unit, at: datetime) -> Run | None:
    """The last one asked for in the last day."""
    recent = Run.objects.filter(job=JOB, branch_id=branch.pk, created_at__gte=at - timedelta(days=1))
    return recent.order_by("-pk").first()
