"""The dry run of a day: who would be met by which step, with how much, and why others would not. Changes nothing."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from billing.dunning import fates, words
from billing.dunning.foreseen import FORESEEN
from billing.dunning.offered import templates_of
from billing.dunning.soundness import rung_of
from billing.models import Account, ScenarioStep
from customers.models import Tier
from staff.models import Unit
from staff.scope import scope_of

RIGHT = "billing.view_dunning"
AHEAD = 60  # days
SIZE = 25
REASONS = {
    "another_day": _("Their next step comes on another day."),
    "no_scenario": _("No scenario is made for them, or the sum is too small."),
    "young": _("Their scenario does not begin yet."),
    "over": _("Their ladder is at its end, or waits for an answer."),
}
GROUPED = f"""{FORESEEN}
    SELECT reason, step_id, tier_id, count(*), sum(coalesce(sum, 0)) FROM foreseen GROUP BY 1, 2, 3
"""  # noqa: S608  pieces of our own
NAMED = f"""{FORESEEN}
    SELECT account_id, customer_id, step_id, sum, since, reason FROM foreseen
    WHERE account_id > %(after)s AND reason IS NOT DISTINCT FROM %(reason)s
      AND (%(step)s::bigint IS NULL OR step_id = %(step)s) AND (%(tier)s::bigint IS NULL OR tier_id = %(tier)s)
    ORDER BY account_id LIMIT %(most)s
"""  # noqa: S608  pieces of our own


@dataclass
class Step:
    """One step of a scenario with those it would meet, by tier."""

    step: ScenarioStep
    what: str
    tiers: list[tuple[Tier, int, Decimal]] = field(default_factory=list)

    @property
    def accounts(self) -> int:
        return sum(many for _tier, many, _sum in self.tiers)

    @property
    def sum(self) -> Decimal:
        return sum((much for *_rest, much in self.tiers), Decimal(0))


@dataclass(frozen=True)
class DryRun:
    day: date
    today: date
    steps: list[Step]
    left_out: list[tuple[str, str, int, Decimal]]  # (reason, in words, accounts, sum)

    @property
    def accounts(self):
        return sum(step.accounts for step in self.steps)

    @property
    def sum(self):
        return sum((step.sum for step in self.steps), Decimal(0))


@dataclass(frozen=True)
class Named:
    """One account of a page of names: `step` None where it is left out."""

    account: Account
    step_id: int | None
    sum: Decimal
    since: date | None
    reason: str


def said(reason: str) -> str:
    return str(REASONS[reason]) if reason in REASONS else fates.text(reason)


def dry_run(user, branch: Unit, day: date, today: date | None = None) -> DryRun:
    """Of what the person reaches of the branch, on a day from its `today` on."""
    today = today or branch.today()
    rows = _rows(GROUPED, user, branch, day, today)
    met, left_out = defaultdict(list), defaultdict(lambda: [0, Decimal(0)])
    tiers = {tier.pk: tier for tier in Tier.objects.filter(branch=branch)}
    for reason, step, tier, many, much in rows:
        if reason is None:
            met[step].append((tiers[tier], many, much))
        else:
            left_out[reason] = [left_out[reason][0] + many, left_out[reason][1] + much]
    return DryRun(
        day,
        today,
        _steps(met, branch),
        sorted(((code, said(code), *sums) for code, sums in left_out.items()), key=lambda one: -one[2]),
    )


def _steps(met, branch):
    found = ScenarioStep.objects.filter(pk__in=met).select_related("version__scenario")
    templates = templates_of(branch.pk)
    return [
        Step(step, words.what(rung_of(step), templates), sorted(met[step.pk], key=lambda one: one[0].order))
        for step in sorted(found, key=lambda one: (one.version.scenario.order, one.version_id, one.n))
    ]


def names(
    user, branch: Unit, day: date, *, step=None, tier=None, reason=None, after=0
) -> tuple[list[Named], int | None]:
    """A page of those met by a step (of a tier), or left out for a reason; and after which account the next begins."""
    asked = {"step": step, "tier": tier, "reason": reason, "after": after, "most": SIZE + 1}
    rows = _rows(NAMED, user, branch, day, branch.today(), **asked)
    shown = rows[:SIZE]
    found = Account.objects.select_related("customer__tier", "customer__unit").in_bulk([row[0] for row in shown])
    page = [
        Named(found[account], step_id, much or Decimal(0), since, why or "")
        for account, _customer, step_id, much, since, why in shown
    ]
    return page, shown[-1][0] if len(rows) > SIZE else None


def _rows(query, user, branch, day, today, **asked):
    """In a transaction that may only read."""
    scope = scope_of(user, RIGHT)
    reached = {
        "branch": branch.pk,
        "branches": list(scope.branches),
        "units": list(scope.units),
        "own": user.pk if scope.own else None,
    }
    days = {"day": day, "today": today, "at": noon(branch, day)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(query, reached | days | asked)
        return cursor.fetchall()


def noon(branch: Unit, day: date) -> datetime:
    """A moment of that day of the branch."""
    return datetime.combine(day, time(12), ZoneInfo(branch.time_zone))


def days_ahead(branch: Unit) -> tuple[date, date]:
    """The days that can be asked about."""
    return branch.today(), branch.today() + timedelta(days=AHEAD)
