from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from customers.handover import apply_plans
from customers.models import Line, Plan
from jobs.models import Run
from tests import make
from tests.race import race

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 10)
NEXT_MONTH = date(2026, 7, 1)


@pytest.fixture
def line():
    customer = make.customer()
    plan = make.plan(customer.branch, name="畅享 59")
    held = make.line(customer, plan=plan)
    held.plans.create(plan=plan, valid_from=date(2025, 1, 1))
    return held


@pytest.fixture
def clerk(line):
    return make.user("clerk", line.branch)


def run():
    return Run(job="customers.apply_plans")


def test_a_price_holds_from_its_first_day_to_the_one_before_the_next():
    plan = make.plan(make.branch())
    make.price(plan, "59.00", valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1))
    make.price(plan, "65.00", valid_from=date(2026, 1, 1))
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    fees = [price and price.monthly_fee for price in map(plan.price_on, days)]
    assert fees == [None, Decimal("59.00"), Decimal("59.00"), Decimal("65.00")]


def test_a_new_plan_closes_the_old_one_on_the_same_day(line, clerk):
    old, new = line.plan, make.plan(line.branch)
    line.change_plan(new, on=TODAY, by=clerk, today=TODAY)
    assert line.plan == new
    kept = line.plans.order_by("valid_from").values_list("plan", "valid_from", "valid_to")
    assert list(kept) == [(old.pk, date(2025, 1, 1), TODAY), (new.pk, TODAY, None)]
    event = Event.objects.get()
    assert (event.verb, event.customer_id, event.data["old"]) == ("line.plan_changed", line.customer_id, "畅享 59")


def test_a_change_booked_for_next_month_comes_true_then(line, clerk):
    old, new = line.plan, make.plan(line.branch)
    line.change_plan(new, on=NEXT_MONTH, by=clerk, today=TODAY)
    assert line.plan == old
    assert apply_plans(run(), today=NEXT_MONTH - timedelta(days=1)) is False
    line.refresh_from_db()
    assert line.plan == old
    first, again = run(), run()
    apply_plans(first, today=NEXT_MONTH)
    apply_plans(again, today=NEXT_MONTH)
    line.refresh_from_db()
    assert (line.plan, first.done, again.done) == (new, 1, 0)


def test_the_job_walks_in_steps(line, clerk, monkeypatch):
    monkeypatch.setattr("customers.handover.SPAN", 1)
    line.change_plan(make.plan(line.branch), on=NEXT_MONTH, by=clerk, today=TODAY)
    one = run()
    steps = 1
    while apply_plans(one, today=NEXT_MONTH):
        steps += 1
    assert (one.done, steps) == (1, line.plans.latest("pk").pk)


def test_the_same_day_corrects_itself(line, clerk):
    wrong, right = make.plan(line.branch), make.plan(line.branch)
    line.change_plan(wrong, on=TODAY, by=clerk, today=TODAY)
    line.change_plan(right, on=TODAY, by=clerk, today=TODAY)
    assert line.plan == right
    assert line.plans.filter(valid_to=None).count() == 1
    assert not line.plans.filter(plan=wrong).exists()


def test_a_second_booking_before_the_first_is_refused(line, clerk):
    line.change_plan(make.plan(line.branch), on=NEXT_MONTH, by=clerk, today=TODAY)
    with pytest.raises(ValidationError, match="already booked"):
        line.change_plan(make.plan(line.branch), on=TODAY, by=clerk, today=TODAY)


@pytest.mark.parametrize("fields", [{"stage": Plan.Stage.WITHDRAWN}, {"kind": "broadband"}, {"branch": "foreign"}])
def test_only_a_plan_on_sale_for_this_kind_of_line_and_branch(line, clerk, fields):
    branch = make.branch() if fields.pop("branch", None) else line.branch
    with pytest.raises(ValidationError):
        line.change_plan(make.plan(branch, **fields), on=TODAY, by=clerk, today=TODAY)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_plans_changed_at_once_leave_one_open(line, clerk):
    plans = [make.plan(line.branch) for _ in range(3)]
    race(line, [lambda one=one: Line.objects.get(pk=line.pk).change_plan(one, on=TODAY, by=clerk) for one in plans])
    assert line.plans.filter(valid_to=None).count() == 1
    assert line.plans.count() == 2
    line.refresh_from_db()
    assert line.plan == line.plans.get(valid_to=None).plan


def test_the_plan_that_is_booked_for_later_is_not_taken_for_done(line, clerk):
    plan = make.plan(line.customer.branch, name="畅享 199")
    later = TODAY + timedelta(days=60)
    line.change_plan(plan, on=later, by=clerk, today=TODAY)
    with pytest.raises(ValidationError, match="199"):
        line.change_plan(plan, on=TODAY, by=clerk, today=TODAY)
    assert line.plan != plan
    line.change_plan(plan, on=later, by=clerk, today=TODAY)
    assert [booked.valid_from for booked in line.plans.filter(plan=plan)] == [later]
