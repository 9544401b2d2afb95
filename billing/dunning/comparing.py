"""Two plans of steps compared by replaying what the branch's accounts owed and paid, as it was known then.

Account by account: bills by the day they were issued, payments by the day they came in, disputes by the day they began.
Whoever paid when is taken as it was: what people would have done under the other plan, nobody knows.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.dunning.ladder import PAID, STOPS, Debt, Entry, walk
from billing.dunning.soundness import Plan
from billing.models import Account, Adjustment, Allocation, Bill, Hold, ScenarioVersion
from billing.money import Sums
from billing.shock import months_before
from jobs import runs
from jobs.models import Run
from jobs.registry import job
from staff.models import Unit

JOB = "billing.compare_plans"
RANGE = 2000  # accounts in one step
MOST_MONTHS = 12
WHOLE = ("cases", "messages", "tasks", "stops", "cancellations", "paid", "days_to_pay")
SUMS = ("asked", "stopped_sum")  # each a sum for each currency


@job(
    JOB,
    title=_("Compare two plans of dunning"),
    about=_("Plays what accounts owed and paid through two versions of scenarios."),
    lease=timedelta(minutes=5),
    counts={"accounts": _("Accounts replayed")},
)
def compare(run):
    """The next accounts of the branch that ever paid late."""
    branch = Unit.objects.get(pk=run.params["branch"])
    plans = [Plan.of(ScenarioVersion.objects.get(pk=pk)) for pk in run.params["versions"]]
    first, last = (date.fromisoformat(run.params[name]) for name in ("first", "last"))
    after = run.cursor.get("after", 0)
    accounts = list(
        Account.objects.filter(branch=branch, pk__gt=after).order_by("pk").values_list("pk", "currency")[:RANGE]
    )
    if not accounts:
        return False
    histories, currencies = history([pk for pk, _currency in accounts], branch, first, last), dict(accounts)
    of_currency = defaultdict(list)
    for account, debts in histories.items():
        of_currency[currencies[account]].append(debts)
    kept = run.cursor.get("sums") or [{} for _plan in plans]
    sums = [_more(plan, one, of_currency, last) for plan, one in zip(plans, kept, strict=True)]
    run.cursor = {"after": accounts[-1][0], "sums": sums}
    run.count(len(accounts), accounts=len(histories))
    return len(accounts) == RANGE


def _more(plan, kept, of_currency, last) -> dict:
    """What is kept of a plan, with these histories (by currency) more: {currency: {name: sum as text}}."""
    found = {currency: dict(one) for currency, one in kept.items()}
    for currency, histories in of_currency.items():
        one = found.setdefault(currency, {})
        for name, much in totals(plan, histories, last).items():
            one[name] = str(Decimal(one.get(name, 0)) + much)
    return found


def totals(plan: Plan, histories, last: date) -> dict[str, Decimal]:
    """What `plan` would have done with these accounts (lists of Debt in one currency) up to and with `last`."""
    found = defaultdict(Decimal)
    for debts in histories:
        began = {}
        for one in walk(plan.rungs, Entry(plan.from_days, plan.from_amount), debts, last):
            if one.reason:
                if one.reason == PAID and one.cycle in began:
                    found["paid"] += 1
                    found["days_to_pay"] += (one.day - began[one.cycle]).days
                continue
            began.setdefault(one.cycle, one.day - timedelta(days=one.days))
            _add(found, one)
        found["cases"] += len(began)
    return found


def _add(found, one):
    if one.rung.action in STOPS:
        found["stops"] += 1
        found["stopped_sum"] += one.sum
    else:
        found[{"message": "messages", "task": "tasks", "cancel": "cancellations"}[one.rung.action]] += 1
        found["asked"] += one.sum


def history(accounts, branch: Unit, first: date, last: date) -> dict[int, list[Debt]]:
    """By account (id): the bills of [first, last] that were not paid in time. Four queries."""
    zone = ZoneInfo(branch.time_zone)
    bills = list(Bill.objects.filter(account__in=accounts, issued_on__range=(first, last)))
    less, disputed = _less(bills, zone), _disputed(bills, zone)
    found = defaultdict(list)
    for bill in bills:
        debt = Debt(bill.ref, bill.due_on, bill.amount, tuple(less[bill.pk]), tuple(disputed[bill.pk]), bill.issued_on)
        if debt.overdue_on(bill.due_on + timedelta(days=1)):
            found[bill.account_id].append(debt)
    return found


def _less(bills, zone):
    """By bill: (day, sum) of what came off it; a payment by the day it came in."""
    less = defaultdict(list)
    used = Allocation.objects.filter(bill__in=bills).values_list("bill", "payment__at", "at", "amount")
    for bill, paid_at, at, amount in used:
        less[bill].append((timezone.localdate(paid_at if amount > 0 else at, zone), amount))
    for bill, at, amount in Adjustment.objects.filter(bill__in=bills).values_list("bill", "at", "amount"):
        less[bill].append((timezone.localdate(at, zone), -amount))
    return less


def _disputed(bills, zone):
    disputed = defaultdict(list)
    for hold in Hold.objects.filter(bill__in=bills, kind=Hold.Kind.DISPUTE):
        last = hold.ended_at and timezone.localdate(hold.ended_at, zone) - timedelta(days=1)
        disputed[hold.bill_id].append((timezone.localdate(hold.at, zone), last))
    return disputed


def ask(branch: Unit, versions: list[ScenarioVersion], months: int, *, by, key) -> Run:
    """The run that compares them over the last `months`; the same key twice is one run."""
    today = branch.today()
    params = {
        "branch": branch.pk,
        "versions": [one.pk for one in versions],
        "first": str(months_before(today.replace(day=1), months)),
        "last": str(today),
    }
    return runs.ask(JOB, key=f"compare {branch.pk} {key}", params=params, by=by, branch_id=branch.pk)


@dataclass(frozen=True)
class Column:
    """What one plan would have done, as far as the run has come."""

    version: ScenarioVersion
    cases: int
    messages: int
    tasks: int
    stops: int
    cancellations: int
    asked: Sums
    stopped_sum: Sums
    paid: int
    days: Decimal | None  # overdue when they paid, on average


def columns(run: Run) -> list[Column]:
    versions = ScenarioVersion.objects.select_related("scenario").in_bulk(run.params["versions"])
    sums = run.cursor.get("sums") or []
    return [_column(versions[pk], kept) for pk, kept in zip(run.params["versions"], sums, strict=False)]


def _column(version, kept):
    """`kept` as `_more` makes it."""
    whole = {name: sum(int(Decimal(one.get(name, 0))) for one in kept.values()) for name in WHOLE}
    sums = {name: Sums({currency: Decimal(one.get(name, 0)) for currency, one in kept.items()}) for name in SUMS}
    days, paid = whole.pop("days_to_pay"), whole["paid"]
    return Column(version, days=(Decimal(days) / paid).quantize(Decimal("0.1")) if paid else None, **whole, **sums)
