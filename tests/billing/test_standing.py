"""Arrears, and what they are asked for: roaming without a deposit (H31)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import ledger
from billing.models import BillingRules
from billing.standing import arrears, in_arrears
from tests import make, money

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def owes(customer, amount="50.00", days=1, **fields):
    due_on = TODAY - timedelta(days=days)
    issued = due_on - timedelta(days=20)
    return money.bill(money.account(customer, **fields), amount, due_on=due_on, issued_on=issued)


@pytest.mark.parametrize(("days", "late"), [(1, True), (0, False), (-5, False)])
def test_arrears_begin_the_day_after_the_due_day(days, late):
    customer = make.customer()
    owes(customer, days=days)
    assert in_arrears(customer, TODAY) is late
    assert bool(arrears(customer, TODAY)) is late


def test_they_end_with_the_last_cent_and_begin_again_when_a_payment_is_taken_back():
    customer = make.customer()
    bill = owes(customer)
    money.payment(bill.account, "49.99")
    assert in_arrears(customer, TODAY)
    last = money.payment(bill.account, "0.01")
    assert not in_arrears(customer, TODAY)
    ledger.reverse(last, by=None, reason="x")
    assert in_arrears(customer, TODAY)


def test_all_accounts_count_by_currency_and_the_oldest_says_since_when():
    customer, other = make.customer(), make.customer()
    owes(customer, "50.00", 3)
    owes(customer, "20.50", 30)
    owes(customer, "9.00", 2, currency="HKD")
    owes(other, "999.00", 300)
    owing = arrears(customer, TODAY)
    assert owing.sums == {"CNY": Decimal("70.50"), "HKD": 9}
    assert (owing.days, owing.words) == (30, "¥70.50 + 9.00 HKD")


@pytest.mark.practice("H31")
@pytest.mark.parametrize(
    ("order", "owing", "allowed", "because"),
    [
        (1, False, True, "Gold has this benefit, and nothing is overdue."),
        (3, False, True, "Gold has this benefit, and nothing is overdue."),
        (4, False, False, "Gold has no such benefit."),
        (1, True, False, "¥50.00 is overdue."),
    ],
)
def test_roaming_without_deposit_by_tier_and_with_nothing_overdue(order, owing, allowed, because):
    branch = make.branch()
    tier = make.tier(branch, code="x", name="金卡", name_en="Gold", order=order)
    customer = make.customer(branch, tier=tier)
    owes(customer, days=1 if owing else 0)
    shown = make.sign_in("clerk", branch, language="en").get(reverse("customer-panel-money", args=[customer.pk]))
    text = " ".join(shown.content.decode().split())
    said = text[text.index("Roaming without deposit") :]
    assert because in said
    assert (">Yes<" in said.replace("</svg>", ">")) is allowed


def test_down_to_which_tier_is_a_parameter():
    branch = make.branch()
    BillingRules.objects.create(branch=branch, deposit_free_up_to=4)
    customer = make.customer(branch)
    money.account(customer)
    shown = make.sign_in("clerk", branch, language="en").get(reverse("customer-panel-money", args=[customer.pk]))
    assert "has this benefit" in shown.content.decode()
