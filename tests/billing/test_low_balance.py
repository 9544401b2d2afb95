"""A low balance is told before anything is overdue, once a month (domain 4.3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from billing import starter
from billing.dunning import guard, low_balance
from billing.models import BillingRules
from outreach.models import Message, Template
from tests import make, money
from tests.race import held

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    return made


def account(branch, kind="mobile", **fields):
    made = money.account(make.reachable(branch), **{"credit_limit": 100, "unbilled": 81} | fields)
    make.line(made.customer, kind=kind)
    return made


def tell(at=AT):
    return low_balance.tell_some(0, at)[1]


def test_it_says_what_is_left_and_how_to_pay(branch):
    low = account(branch)
    assert tell() == 1
    message = Message.objects.get()
    assert (message.customer, message.message_class) == (low.customer, "service")
    assert "19.00" in message.text
    assert "微信支付" in message.text


def test_once_a_month_and_again_in_the_next(branch):
    account(branch)
    assert (tell(), tell(AT + timedelta(days=3)), tell(AT + timedelta(days=30))) == (1, 0, 1)


@pytest.mark.parametrize(
    "fields", [{"unbilled": 80}, {"credit_limit": 0}, {"kind": "broadband"}, {"closed_on": AT.date()}]
)
def test_whoever_has_enough_no_credit_at_all_or_no_mobile_line_is_left_alone(branch, fields):
    account(branch, **fields)
    assert tell() == 0


def test_what_was_paid_ahead_runs_low_too(branch):
    prepaid = account(branch, credit_limit=0, unbilled=0)
    money.payment(prepaid, "9.99")
    assert tell() == 1


def test_whoever_owes_hears_of_that_instead(branch):
    low = account(branch)
    money.bill(low, month=date(2026, 4, 1), issued_on=date(2026, 5, 2), due_on=AT.date() - timedelta(days=1))
    assert tell() == 0


def test_the_branch_says_what_is_low(branch):
    BillingRules.objects.create(branch=branch, low_balance=5, low_share="0.1")
    account(branch)
    assert tell() == 0


def test_without_the_text_nobody_is_told(branch):
    account(branch)
    Template.objects.filter(code="low_balance").update(active=False)
    assert tell() == 0


def test_batches_follow_each_other_to_the_end(branch, monkeypatch):
    monkeypatch.setattr(low_balance, "BATCH", 2)
    for _ in range(5):
        account(branch)
    last, told = low_balance.tell_some(0, AT)
    assert told == 2
    last, told = low_balance.tell_some(last, AT)
    assert low_balance.tell_some(last, AT) == (None, 1)


def test_as_it_goes_out_it_is_asked_again_whether_the_balance_is_low(branch):
    low, topped_up, owes = (account(branch) for _ in range(3))
    assert tell() == 3
    money.payment(topped_up, "50.00")
    money.bill(owes, month=date(2026, 4, 1), issued_on=date(2026, 5, 2), due_on=AT.date() - timedelta(days=1))
    messages = list(Message.objects.order_by("about_id"))
    other = make.message(low.customer)
    said = low_balance.ask([*messages, other], AT)
    assert {pk: no.reason for pk, no in said.items()} == {
        messages[1].pk: "settled_by_now", messages[2].pk: "settled_by_now",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_while_something_is_booked_on_the_account_it_is_asked_again_soon(branch):
    low = account(branch)
    tell()
    with held(low), transaction.atomic():
        [no] = low_balance.ask(list(Message.objects.all()), AT).values()
    assert (no.reason, no.until) == ("being_booked", AT + guard.SOON)
