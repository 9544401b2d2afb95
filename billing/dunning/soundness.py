"""What a scenario must keep before it can be put to use (A25, domain 2.1 nos. 8 and 28, 4.3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.dunning import shipped
from billing.dunning.ladder import STOPS, Debt, Entry, Rung, walk
from billing.models import Product, Scenario, ScenarioStep, ScenarioVersion, Stage
from outreach.models import Template

FIXED_DAYS = 30  # overdue, before a fixed line may be suspended (Telecommunications Regulation)
CANCEL_DAYS, CANCEL_NOTICE = 60, 7  # after the first suspension; after the notice
START = date(2001, 1, 1)
Action, From = ScenarioStep.Action, ScenarioStep.From
STAGE_OF = {
    Action.SUSPEND_ONE_WAY: Stage.SUSPENDED_ONE_WAY,
    Action.SUSPEND_TWO_WAY: Stage.SUSPENDED_TWO_WAY,
    Action.CANCEL: Stage.CANCELLED,
}
ORDER = {stage: n for n, stage in enumerate(Stage)}


@dataclass(frozen=True)
class Problem:
    """What is wrong in which step (its number; None: the whole) and field."""

    step: int | None
    field: str | None
    words: str


@dataclass(frozen=True)
class Plan:
    """A version before it is one: whom it is for, from when, and its steps in order."""

    rungs: tuple[Rung, ...]
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    locked: bool | None = None
    from_days: int = 1
    from_amount: Decimal = field(default_factory=Decimal)

    @classmethod
    def of(cls, version):
        """What a version that is kept says."""
        rungs = tuple(rung_of(step) for step in version.steps.order_by("n"))
        return cls(rungs, **{name: _plain(getattr(version, name)) for name in WHOM})

    @property
    def whom(self) -> dict:
        """The fields of ScenarioVersion."""
        return {name: _listed(getattr(self, name)) for name in WHOM}


WHOM = ("kinds", "tiers", "products", "locked", "from_days", "from_amount")
STEP = ("action", "days", "stage", "counts_from", "gap", "template", "doer", "when")


def _plain(value):
    return tuple(value) if isinstance(value, list) else value


def _listed(value):
    return list(value) if isinstance(value, tuple) else value


def rung_of(step: ScenarioStep) -> Rung:
    return Rung(n=step.n, **{name: getattr(step, name) for name in STEP})


def days_of(rungs: Iterable[Rung], from_days: int = 1) -> dict[int, int]:
    """By step: how many days overdue whoever never pays is then, with no credit left and every stop confirmed at once.

    A step that nothing leads to is missing.
    """
    never_paid = Debt("", START, Decimal(1))
    until = START + timedelta(days=365 * 9)
    return {one.rung.n: one.days for one in walk(rungs, Entry(from_days), [never_paid], until)}


def problems(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    """What keeps `plan` from being the next version of `scenario`; nothing when it is sound."""
    if not plan.rungs:
        yield Problem(None, None, _("A scenario needs at least one step."))
        return
    yield from _shapes(plan, scenario)
    yield from _stops(plan, scenario)
    yield from _cancellations(plan)
    if _is_valued(plan) and plan.rungs[0].action != Action.TASK:
        said = _("Customers that a manager looks after hear from a person first: the first step is a task.")
        yield Problem(plan.rungs[0].n, "action", said)


def _shapes(plan, scenario):
    known = set(Template.objects.filter(branch=scenario.branch_id, active=True).values_list("code", flat=True))
    reached = 0
    for rung in plan.rungs:
        if rung.action == Action.MESSAGE and rung.template not in known:
            yield Problem(rung.n, "template", _("Choose one of the templates in use."))
        if rung.action == Action.TASK and not rung.doer:
            yield Problem(rung.n, "doer", _("Say who gets the task."))
        if STAGE_OF.get(rung.action, rung.stage) != rung.stage or ORDER.get(rung.stage, 99) >= ORDER[Stage.CLOSED]:
            yield Problem(rung.n, "stage", _("This step leads to another stage."))
        elif ORDER[rung.stage] < reached:
            yield Problem(rung.n, "stage", _("An earlier step has led further already."))
        reached = max(reached, ORDER.get(rung.stage, 0))


def _stops(plan, scenario):
    reached = days_of(plan.rungs, plan.from_days)
    for n, rung in enumerate(plan.rungs):
        before = plan.rungs[:n]
        if rung.counts_from == From.SUSPENDED and not _first_stop(before):
            yield Problem(rung.n, "counts_from", _("No suspension comes before this step."))
        if rung.action in STOPS and _days_since_message(plan.rungs, n) < 1:
            yield Problem(rung.n, "gap", _("At least a day before a suspension comes a message to the customer."))
        if rung.action in STOPS and reached.get(rung.n, FIXED_DAYS) < FIXED_DAYS and _meets_fixed(plan, scenario):
            words = _("A fixed line is suspended after %(days)s days overdue at the earliest.") % {"days": FIXED_DAYS}
            yield Problem(rung.n, "days", words)


def _cancellations(plan):
    for n, rung in enumerate(plan.rungs):
        if rung.action != Action.CANCEL:
            continue
        if rung.counts_from != From.SUSPENDED or rung.days < CANCEL_DAYS:
            words = _("A line is cancelled %(days)s days after the first suspension at the earliest.")
            yield Problem(rung.n, "days", words % {"days": CANCEL_DAYS})
        if _days_since_message(plan.rungs, n) < CANCEL_NOTICE:
            words = _("At least %(days)s days before a cancellation comes a message to the customer.")
            yield Problem(rung.n, "gap", words % {"days": CANCEL_NOTICE})


def _first_stop(rungs):
    return next((rung for rung in rungs if rung.action in STOPS), None)


def _days_since_message(rungs, n) -> int:
    """The days that are kept for certain between step `n` and the last message before it; -1 where there is none."""
    days = 0
    for at in range(n, 0, -1):
        days += rungs[at].gap
        if rungs[at - 1].action == Action.MESSAGE:
            return days
    return -1


def _is_valued(plan):
    """Made for those whom a manager looks after, and for nobody else."""
    is_group = plan.kinds == ("group",)
    return bool(plan.locked or is_group or (plan.tiers and set(plan.tiers) <= set(shipped.VIP)))


def _meets_fixed(plan, scenario) -> bool:
    """Whether accounts for fixed lines can come to it: named, or left over by all that are asked before."""
    if plan.products:
        return Product.FIXED in plan.products
    before = ScenarioVersion.objects.filter(
        current=True,
        scenario__branch=scenario.branch_id,
        scenario__active=True,
        scenario__order__lt=scenario.order,
    )
    takes_all = before.filter(kinds=[], tiers=[], locked=None, from_amount=0, products__contains=[Product.FIXED])
    return not takes_all.exists()
