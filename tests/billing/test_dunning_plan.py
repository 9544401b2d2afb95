"""The plan of a day: whom it takes in, by which scenario, and what it leaves out (A25, domain 4.3)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from audit.models import Event
from billing.dunning import planning, shipped
from billing.models import AccountLine, CaseStep, DunningCase, Scenario, ScenarioStep, ScenarioVersion
from tests import dunning, make, money

pytestmark = pytest.mark.django_db


def plan(days=0, **fields):
    """The plan of so many days from now."""
    return planning.plan_some(0, timezone.now() + timedelta(days=days), **fields)


def planned():
    return list(CaseStep.objects.order_by("case__account", "step__n").values_list("case__account", "step__n", "state"))


@pytest.fixture
def account():
    made = dunning.overdue()
    shipped.ship(made.branch)
    return made


@pytest.mark.practice("A25")
def test_an_overdue_account_gets_a_case_and_its_first_step(account):
    assert plan().opened == 1
    case = DunningCase.objects.get()
    assert (case.account, case.cycle, case.version.scenario.code) == (account, 1, "mobile")
    assert (case.since, case.overdue_then) == (timezone.localdate() - timedelta(days=1), Decimal("59.00"))
    assert (case.state, case.next_step.n, case.next_on) == ("overdue", 1, timezone.localdate())
    assert planned() == [(account.pk, 1, "planned")]
    event = Event.objects.get(verb="dunning.opened")
    assert (event.subject_id, event.customer_id, event.branch_id) == (case.pk, account.customer_id, account.branch_id)


def test_the_same_day_again_adds_nothing(account):
    first, again = plan(), plan()
    assert (first.opened, first.steps, again.opened, again.steps) == (1, 1, 0, 0)


def test_what_is_not_due_yet_is_not_dunned_up_to_its_last_day():
    account = dunning.overdue(days=0)
    shipped.ship(account.branch)
    assert plan().opened == 0
    assert plan(days=1).opened == 1


def test_the_day_is_the_branchs_own():
    branch = make.branch(time_zone="America/New_York")
    account = money.account(make.customer(branch))
    money.bill(account, month=date(2026, 5, 1), issued_on=date(2026, 6, 2), due_on=date(2026, 6, 20))
    shipped.ship(branch)
    last = datetime.combine(date(2026, 6, 20), time(23, 59), ZoneInfo("America/New_York"))
    assert planning.plan_some(0, last).opened == 0
    assert planning.plan_some(0, last + timedelta(minutes=1)).opened == 1


def test_nobody_is_dunned_for_what_is_paid_disputed_or_after_they_left():
    branch = make.branch()
    shipped.ship(branch)
    paid, disputed, left = (dunning.overdue(customer=make.customer(branch)) for _ in range(3))
    money.payment(paid, paid.owed)
    dispute(disputed)
    left.customer.status, left.customer.left_on = "left", timezone.localdate()
    left.customer.save()
    assert plan().opened == 0
    other = dunning.overdue(account=disputed, days=9)  # a bill that nobody disputes
    assert plan().opened == 1
    assert DunningCase.objects.get().overdue_then == other.bills.order_by("-pk").first().open


def dispute(account, **fields):
    bill = account.bills.order_by("-pk").first()
    return account.holds.create(branch=account.branch, bill=bill, kind="dispute", key="d", reason="x", **fields)


@pytest.mark.parametrize(
    ("code", "fields", "tier", "kinds"),
    [
        ("group", {"kind": "group"}, "gold", ["mobile"]),
        ("locked", {"locked_high_value": True}, "ordinary", ["mobile"]),
        ("vip-mobile", {}, "gold", ["mobile", "broadband"]),
        ("vip-fixed", {}, "silver", ["broadband", "tv"]),
        ("fixed", {}, "ordinary", ["fixed"]),
        ("mobile", {}, "ordinary", ["iot"]),
        ("mobile", {}, "ordinary", []),
    ],
)
def test_the_first_scenario_that_fits_decides(code, fields, tier, kinds):
    branch = make.branch()
    shipped.ship(branch)
    customer = make.customer(branch, tier=make.tier(branch, code=tier, name=tier), **fields)
    for kind in kinds:
        make.line(customer, kind=kind)
    dunning.overdue(customer=customer)
    plan()
    assert DunningCase.objects.get().version.scenario.code == code


def test_the_product_is_that_of_the_lines_the_account_itself_pays_for():
    branch = make.branch()
    shipped.ship(branch)
    first = dunning.overdue(customer=make.customer(branch))
    second = dunning.overdue(account=money.account(first.customer))
    make.line(first.customer, kind="broadband")
    AccountLine.objects.create(line=make.line(first.customer, kind="mobile"), account=second)
    make.line(first.customer, kind="mobile", status="off_net")
    plan()
    codes = DunningCase.objects.order_by("account").values_list("version__scenario__code", flat=True)
    assert list(codes) == ["fixed", "mobile"]


def way(branch, code, order, *, steps=1, **whom):
    scenario = Scenario.objects.create(branch=branch, code=code, name=code, order=order)
    version = ScenarioVersion.objects.create(scenario=scenario, n=1, current=True, **whom)
    for n in range(1, steps + 1):
        ScenarioStep.objects.create(version=version, n=n, stage="notice_1", action="task", doer="unit", days=n)
    return scenario


def test_too_small_a_sum_falls_to_the_next_scenario_and_too_few_days_wait():
    branch = make.branch()
    way(branch, "large", 1, from_amount=100)
    way(branch, "late", 2, from_days=5)
    account = dunning.overdue(customer=make.customer(branch), amount="59.00")
    assert plan().opened == 0
    assert plan(days=4).opened == 1
    assert account.dunning_cases.get().version.scenario.code == "late"


def test_a_scenario_out_of_use_takes_nobody():
    branch = make.branch()
    way(branch, "old", 1).versions.update(current=False)
    Scenario.objects.filter(pk=way(branch, "stopped", 2).pk).update(active=False)
    dunning.overdue(customer=make.customer(branch))
    assert plan().opened == 0


def test_a_promise_and_a_person_hold_the_next_step(account):
    other = dunning.overdue(customer=make.customer(account.branch))
    for held in (account, other):
        planning.plan_account(held, timezone.now())
    today = timezone.localdate()
    DunningCase.objects.update(next_step=Scenario.objects.get(code="mobile").versions.get().steps.get(n=2))
    by, case = make.user("dunning_clerk", account.branch), account.dunning_cases.get()
    account.payment_promises.create(branch=account.branch, case=case, key="p", made_by=by)
    hold = other.holds.create(branch=other.branch, kind="manual", key="h", reason="x", until=today)
    assert plan().steps == 0
    assert plan(days=1).steps == 1  # its last day is over
    assert hold.account_id in [one[0] for one in planned() if one[1] == 2]
    account.payment_promises.update(state="broken", ended_at=timezone.now())
    assert plan().steps == 1


def test_the_next_cycle_is_the_next_case(account):
    plan()
    money.payment(account, account.owed)
    dunning.overdue(account=account, days=3)
    plan()
    assert list(account.dunning_cases.order_by("pk").values_list("cycle", "state")) == [(1, "closed"), (2, "overdue")]


def test_ranges_follow_each_other_to_the_end():
    branch = make.branch()
    shipped.ship(branch)
    accounts = [dunning.overdue(customer=make.customer(branch)) for _ in range(5)]
    upto, seen = 0, []
    while (found := plan_after(upto)).accounts_upto is not None:
        upto = found.accounts_upto
        seen.append((upto, found.opened))
    assert seen == [(accounts[1].pk, 2), (accounts[3].pk, 2), (accounts[4].pk, 1)]


def plan_after(after):
    return planning.plan_some(after, timezone.now(), most=2)
