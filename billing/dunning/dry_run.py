"""The dry run of a day: who would be met by which step, with how much, and why others would not.

It is read from what `foreseeing` has kept, within a person's reach.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from billing.dunning import fates, words
from billing.dunning.offered import templates_of
from billing.dunning.soundness import rung_of
from billing.models import DryRun, Foreseen, ForeseenCount, ScenarioStep
from billing.money import Sums
from customers.models import Tier
from staff.models import Unit

AHEAD = 60  # days
SIZE = 25
REASONS = {
    "another_day": _("Their next step comes on another day."),
    "no_scenario": _("No scenario is made for them, or the sum is too small."),
    "young": _("Their scenario does not begin yet."),
    "over": _("Their ladder is at its end, or waits for an answer."),
}


@dataclass
class Step:
    """One step of a scenario with those it would meet, by tier: (tier, accounts, sums)."""

    step: ScenarioStep
    what: str
    tiers: list[tuple[Tier, int, Sums]]

    @property
    def accounts(self) -> int:
        return sum(many for _tier, many, _sums in self.tiers)

    @property
    def sum(self) -> Sums:
        return _together(sums for *_rest, sums in self.tiers)


@dataclass(frozen=True)
class Found:
    """What a person sees of a dry run. `left_out`: (reason, in words, accounts, sums), the most first."""

    made: DryRun
    steps: list[Step]
    left_out: list[tuple[str, str, int, Sums]] = field(default_factory=list)

    @property
    def accounts(self) -> int:
        return sum(step.accounts for step in self.steps)

    @property
    def sum(self) -> Sums:
        return _together(step.sum for step in self.steps)


def _together(parts) -> Sums:
    found = Sums()
    for part in parts:
        found.add_all(part)
    return found


def said(reason: str) -> str:
    return str(REASONS[reason]) if reason in REASONS else fates.text(reason)


def dry_run(user, made: DryRun) -> Found:
    """Of what the person reaches of the branch. Five queries, however many accounts there are."""
    met, left_out = defaultdict(_Count), defaultdict(_Count)
    for step, tier, reason, currency, accounts, much in _counted(user, made):
        (left_out[reason] if reason else met[step, tier]).add(accounts, much, currency)
    words_of = [(code, said(code), one.accounts, one.sums) for code, one in left_out.items()]
    return Found(made, _steps(met, made.branch), sorted(words_of, key=lambda one: -one[2]))


@dataclass
class _Count:
    accounts: int = 0
    sums: Sums = field(default_factory=Sums)

    def add(self, accounts, much, currency):
        self.accounts += accounts
        self.sums.add(much, currency)


def _counted(user, made):
    rows = ForeseenCount.objects.visible_to(user).filter(dry_run=made).order_by()
    grouped = rows.values_list("step", "tier", "reason", "currency")
    return grouped.annotate(Sum("accounts"), Sum("sum"))


def _steps(met, branch):
    tiers = Tier.objects.filter(branch=branch).in_bulk()
    found = ScenarioStep.objects.filter(pk__in={step for step, _tier in met}).select_related("version__scenario")
    templates = templates_of(branch.pk)
    return [
        Step(step, words.what(rung_of(step), templates), sorted(_tiers(met, step, tiers), key=lambda one: one[0].order))
        for step in sorted(found, key=lambda one: (one.version.scenario.order, one.version_id, one.n))
    ]


def _tiers(met, step, tiers):
    return [(tiers[tier], one.accounts, one.sums) for (of, tier), one in met.items() if of == step.pk]


def names(user, made: DryRun, *, step=None, tier=None, reason="", after=0) -> tuple[list[Foreseen], int | None]:
    """A page of those met by a step (of a tier), or left out for a reason; and after which account the next begins."""
    rows = Foreseen.objects.visible_to(user).filter(dry_run=made, account__gt=after, reason=reason or "")
    asked = {name: value for name, value in {"step": step, "tier": tier}.items() if value}
    rows = rows.filter(**asked).select_related("account__customer__tier", "account__customer__unit")
    page = list(rows.order_by("account")[: SIZE + 1])
    shown = page[:SIZE]
    return shown, shown[-1].account_id if len(page) > SIZE else None


def days_ahead(branch: Unit) -> tuple[date, date]:
    """The days that can be asked about."""
    return branch.today(), branch.today() + timedelta(days=AHEAD)
