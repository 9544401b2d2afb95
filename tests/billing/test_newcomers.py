"""New customers hear when and how to pay, on their page and once before their first due day (A15)."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import newcomers
from billing.models import BillingRules
from outreach.models import Message
from tests import make, money
from tests.race import together
from work.models import FollowUp

pytestmark = pytest.mark.django_db
JOINED = date(2026, 10, 12)
AT = timezone.make_aware(datetime(2026, 10, 13, 10))
RULES = BillingRules()


def newcomer(joined_on=JOINED, **fields):
    customer = make.reachable(joined_on=joined_on, **fields)
    money.account(customer)
    make.calendar(customer.branch)
    return customer


def first_bill(branch):
    return make.template(
        branch,
        code="first_bill",
        purpose="first_bill",
        text_zh="首期账单{due_on}前缴，{ways}",
        text_en="Due {due_on}: {ways}",
    )


def remind(customer, at=AT):
    customer.refresh_from_db()
    return newcomers.remind(customer, RULES, at)


def test_the_first_due_day_is_the_usual_one_of_the_next_month_until_there_is_a_bill():
    assert newcomers.first_due(date(2026, 12, 31), None, RULES) == date(2027, 1, 22)
    assert newcomers.first_due(date(2026, 12, 31), date(2027, 2, 3), RULES) == date(2027, 2, 3)


@pytest.mark.parametrize(("days", "new"), [(0, True), (59, True), (60, False)])
def test_new_is_who_came_less_than_so_many_days_ago(days, new):
    customer = make.customer(joined_on=JOINED)
    assert newcomers.is_new(customer, JOINED + timedelta(days=days), RULES) is new
    assert not newcomers.is_new(make.customer(joined_on=None), JOINED, RULES)


def test_a_service_message_is_planned_three_days_before():
    customer = newcomer()
    first_bill(customer.branch)
    assert remind(customer)
    message = Message.objects.get()
    assert "2026-11-22" in message.text
    assert "微信" in message.text
    begin = timezone.make_aware(datetime(2026, 11, 19, 9))
    assert (message.not_before, message.not_after) == (begin, timezone.make_aware(datetime(2026, 11, 23)))
    assert not FollowUp.objects.exists()


def test_a_manager_calls_their_own_customer():
    manager = make.user("vip_manager")
    customer = newcomer(unit=manager.branch, manager=manager)
    first_bill(customer.branch)
    assert remind(customer)
    call = FollowUp.objects.get()
    assert (call.owner, call.kind, call.origin) == (manager, "callback", "rule")
    assert call.due_at.date() == date(2026, 11, 19)
    assert call.late_at == timezone.make_aware(datetime.combine(date(2026, 11, 23), time.min))
    assert not Message.objects.exists()


def test_without_a_text_or_a_number_the_unit_calls():
    without_text = newcomer()
    assert remind(without_text)
    without_number = make.customer(without_text.unit, joined_on=JOINED)
    money.account(without_number)
    first_bill(without_text.branch)
    assert remind(without_number)
    calls = FollowUp.objects.order_by("pk")
    assert [call.customer for call in calls] == [without_text, without_number]
    assert {call.owner for call in calls} == {None}


def test_once_and_never_after_the_due_day():
    customer = newcomer()
    assert [remind(customer), remind(customer)] == [True, False]
    late = newcomer()
    assert not remind(late, AT + timedelta(days=50))
    assert FollowUp.objects.count() == 1


def test_the_bill_decides_when_it_is_there():
    customer = newcomer()
    issued = date(2026, 11, 2)
    money.bill(customer.accounts.get(), issued_on=issued, due_on=date(2026, 11, 12))
    remind(customer)
    assert FollowUp.objects.get().due_at.date() == date(2026, 11, 9)


@pytest.mark.practice("A15")
def test_all_new_customers_with_an_account_are_found_and_their_page_says_it():
    today = timezone.localdate()
    new, old = newcomer(today), newcomer(today - timedelta(days=61))
    make.customer(joined_on=today)  # no account
    left = newcomer(today)
    type(left).objects.filter(pk=left.pk).update(status="left", left_on=today)
    assert newcomers.plan_some(0, timezone.now()) == (None, 1)
    assert newcomers.plan_some(0, timezone.now()) == (None, 0)
    assert [call.customer for call in FollowUp.objects.all()] == [new]
    due_on = newcomers.first_due(today, None, RULES)
    for customer, said in ((new, True), (old, False)):
        browser = make.sign_in("clerk", customer.branch, language="en")
        shown = browser.get(reverse("customer-panel-money", args=[customer.pk])).content.decode()
        assert (f"The first bill is due on {due_on}" in shown) is said
        assert ("Direct debit" in shown) is said


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_at_once_plan_one():
    customer = newcomer(timezone.localdate())
    first_bill(customer.branch)
    together([lambda: newcomers.plan_some(0, timezone.now())] * 3)
    assert (Message.objects.count(), FollowUp.objects.count()) == (1, 0)
