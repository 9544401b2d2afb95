"""What customers think of how complaints are dealt with (F15, G06, peers F 6).

Marks run from 1 to 10; 8–10 stand for 4–5 of 5 (CSAT), 9–10 promote and 0–6 of 10 detract (NPS). Each rate stands
beside how many it is of and how many were reached: a rate of the few who answered is no rate of all. No figure is an
average alone: the weakest stage is always named, and every one below the threshold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, F, Q, QuerySet

from complaints.judgement import GOOD, MARKS
from complaints.models import CallbackAnswer, Complaint, Survey
from complaints.models.states import State

THRESHOLD = Decimal(7)  # a mean mark of a stage below it is shown as weak
PROMOTER, DETRACTOR = 9, 6


@dataclass(frozen=True)
class Rate:
    """`of` is what it is a share of; without any there is no rate."""

    n: int
    of: int

    @property
    def percent(self) -> Decimal | None:
        return round(Decimal(100 * self.n) / self.of, 1) if self.of else None


@dataclass(frozen=True)
class Stage:
    name: str
    mean: Decimal
    n: int

    @property
    def is_weak(self) -> bool:
        return self.mean < THRESHOLD


@dataclass(frozen=True)
class Satisfaction:
    """Of the last answers about closed and reopened rounds. `nps` from −100 to 100, `gap` in marks; None: nobody
    answered. `stages` are those with marks, the weakest first.
    """

    cases: int
    reach: Rate  # who was reached in a callback, of the cases
    satisfied: Rate  # of who said whether they are
    solved: Rate
    csat: Rate  # marks of the result from 8 on
    nps: Decimal | None
    gap: Decimal | None
    stages: tuple[Stage, ...]

    @property
    def weakest(self) -> Stage | None:
        return self.stages[0] if self.stages else None

    @property
    def weak(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.is_weak)


def satisfaction(complaints: QuerySet[Complaint]) -> Satisfaction:
    """Of these complaints, as far as their result was asked about or may not be asked about any more."""
    judged = complaints.filter(Q(state=State.CLOSED) | Q(reopened__gt=0), imported=False).order_by()
    said = CallbackAnswer.objects.filter(complaint__in=judged.values("pk"))
    asked = Survey.objects.filter(complaint__in=judged.values("pk"), answered_at__isnull=False)
    totals = _summed(_totals(said), _totals(asked))
    reached = said.values("complaint").distinct().count()
    found = _judged(judged)
    return Satisfaction(
        cases=found["cases"],
        reach=Rate(reached, found["cases"]),
        satisfied=Rate(found["satisfied"], found["said"]),
        solved=Rate(totals["solved"], totals["told"]),
        csat=Rate(totals["good"], totals["result_n"]),
        nps=_share(totals["promoters"] - totals["detractors"], totals["recommend"]),
        gap=_mean(totals["gap_sum"], totals["gap_n"]),
        stages=_stages(totals),
    )


def _totals(rows):
    counts = {
        "told": Count("pk", filter=Q(solved__isnull=False)),
        "solved": Count("pk", filter=Q(solved=True)),
        "good": Count("pk", filter=Q(result__gte=GOOD)),
        "promoters": Count("pk", filter=Q(recommends__gte=PROMOTER)),
        "detractors": Count("pk", filter=Q(recommends__lte=DETRACTOR)),
        "recommend": Count("recommends"),
        "gap_n": Count(F("experience") - F("expectation")),
        "gap_mean": Avg(F("experience") - F("expectation")),
    }
    for mark in MARKS:
        counts |= {f"{mark}_n": Count(mark), f"{mark}_mean": Avg(mark)}
    found = rows.aggregate(**counts)
    for name in ("gap", *MARKS):
        found[f"{name}_sum"] = round((found.pop(f"{name}_mean") or 0) * found[f"{name}_n"])
    return found


def _summed(one, other):
    return {name: one[name] + other[name] for name in one}


def _judged(judged):
    """How many there are, and by what came of the last callback; who was not reached said nothing."""
    said = Count("pk", filter=Q(satisfied__in=("satisfied", "neutral", "dissatisfied")))
    return judged.aggregate(cases=Count("pk"), said=said, satisfied=Count("pk", filter=Q(satisfied="satisfied")))


def _share(n, of) -> Decimal | None:
    return round(Decimal(100 * n) / of, 1) if of else None


def _mean(total, n) -> Decimal | None:
    return round(Decimal(total) / n, 1) if n else None


def _stages(totals: dict) -> tuple[Stage, ...]:
    found: Iterable[Stage] = (
        Stage(name, _mean(totals[f"{name}_sum"], totals[f"{name}_n"]), totals[f"{name}_n"])
        for name in MARKS
        if totals[f"{name}_n"]
    )
    return tuple(sorted(found, key=lambda stage: (stage.mean, stage.name)))
