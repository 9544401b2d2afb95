"""What the steps of a version brought in: paid within so many days of each, before the next one came (A26)."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from billing.dunning import words
from billing.dunning.bringing_in import between
from billing.dunning.brought import BROUGHT, CASES, SUMS
from billing.dunning.counting import reach
from billing.dunning.offered import templates_of
from billing.dunning.soundness import rung_of
from billing.models import BroughtIn, DunningRules, KeptSums, ScenarioVersion
from billing.money import Sums

CENT = Decimal("0.01")
FEW = 30  # below so many a share says little
WITHIN = (3, 7, 14, 30)
LIVE = f"""
    SELECT step_id, date_trunc('month', day)::date, currency, {", ".join(f"sum({name})" for name in SUMS)}
    FROM ({BROUGHT}) each WHERE after < %(within)s GROUP BY 1, 2, 3
"""  # noqa: S608  pieces of our own


@dataclass(frozen=True)
class Row:
    """What one step, or the steps of one month, asked for and brought in. `cost` in CNY."""

    label: str
    step: int | None
    month: date | None
    reached: int
    asked: Sums
    paid: int
    recovered: Sums
    cost: Decimal

    @property
    def share(self) -> int:
        """Of those reached, in percent."""
        return round(100 * self.paid / self.reached) if self.reached else 0

    @property
    def per_cost(self) -> Decimal | None:
        """What came in in CNY for one yuan; None where it cost nothing."""
        return (self.recovered.get("CNY", Decimal(0)) / self.cost).quantize(Decimal("0.1")) if self.cost else None

    @property
    def is_few(self) -> bool:
        return self.reached < FEW


@dataclass(frozen=True)
class Recovery:
    """`at`: when it was counted; None for just now."""

    at: datetime | None
    steps: list[Row]
    months: list[Row]
    reminded: int  # cases with a reminder on record, the first of them by a step of these days
    paid_before: int  # of these: paid, with no suspension before (A26)
    suspended: int

    @property
    def share(self) -> int:
        return round(100 * self.paid_before / self.reminded) if self.reminded else 0

    @property
    def is_few(self) -> bool:
        return self.reminded < FEW


@dataclass
class Fact:
    """The sums of one step, or one month; those of money by currency."""

    counts: Counter = field(default_factory=Counter)
    asked: Sums = field(default_factory=Sums)
    recovered: Sums = field(default_factory=Sums)

    def add(self, currency, sums: dict):
        self.asked.add(sums.pop("asked"), currency)
        self.recovered.add(sums.pop("recovered"), currency)
        self.counts.update({name: int(many) for name, many in sums.items()})


def recovery(user, version: ScenarioVersion, first: date, last: date, within: int) -> Recovery:
    """Of what the person reaches, of steps done on the days from `first` to `last`. Seven queries."""
    branch = version.scenario.branch
    rules, templates = DunningRules.of(branch.pk), templates_of(branch.pk)
    steps, months, counts = defaultdict(Fact), defaultdict(Fact), Fact()
    at = KeptSums.objects.filter(branch=branch).values_list("brought_at", flat=True).first()
    for step, month, currency, *sums in (_kept if at else _live)(user, version, first, last, within):
        for one in (steps[step], months[month], counts) if any(sums) else ():
            one.add(currency, dict(zip(SUMS, sums, strict=True)))
    return Recovery(
        at,
        [
            _row(f"{one.n}. {words.what(rung_of(one), templates)}", steps[one.pk], rules, step=one.pk)
            for one in version.steps.order_by("n")
        ],
        [_row(f"{month:%Y-%m}", months[month], rules, month=month) for month in sorted(months, reverse=True)],
        *(counts.counts[name] for name in ("reminded", "paid_before", "suspended")),
    )


def _kept(user, version, first, last, within):
    rows = BroughtIn.objects.visible_to(user).filter(step__in=_steps(version), day__range=(first, last))
    grouped = rows.filter(after__lt=within).order_by().annotate(month=TruncMonth("day"))
    return grouped.values_list("step", "month", "currency").annotate(*(Sum(name) for name in SUMS))


def _live(user, version, first, last, within):
    """The same from the steps and payments themselves, where a branch was never counted."""
    return _rows(LIVE, _asked(user, version, first, last) | {"steps": _steps(version), "within": within})


def cases_of(user, version, first, last, within, *, step, after=0, most=26) -> list[tuple[int, Decimal, Decimal, int]]:
    """(case, what was asked for, what came in, its step of the case) of those that the step reached, beyond the step of
    a case `after`; a case is in it as often as the step was done in it.
    """
    steps = [step] if step in _steps(version) else []
    page = {"steps": steps, "within": within, "after": after, "most": most}
    return _rows(CASES, _asked(user, version, first, last) | page)


def _steps(version):
    return list(version.steps.values_list("pk", flat=True))


def _asked(user, version, first, last):
    return reach(user) | between(version.scenario.branch, first, last + timedelta(days=1))


def _row(label, fact, rules, *, step=None, month=None):
    count = fact.counts
    cost = count["messages"] * rules.message_cost + count["tasks"] * rules.task_cost
    return Row(
        label, step, month, count["reached"], fact.asked, count["paid"], fact.recovered, cost.quantize(CENT)
    )  # fmt: skip


def _rows(query, asked):
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return cursor.fetchall()
