"""The customer's page says what is owed, paid and spent, to whoever may know it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import Account, BillingRules, MonthlyUsage
from billing.shock import months_before
from tests import make, money

pytestmark = pytest.mark.django_db
THIS_MONTH = timezone.localdate().replace(day=1)


@pytest.fixture
def customer():
    return make.customer(make.unit(), joined_on=timezone.localdate() - timedelta(days=2000))


@pytest.fixture
def browser(customer):
    return make.sign_in("clerk", customer.branch, language="en")


def panel_of(browser, customer):
    answer = browser.get(reverse("customer-panel-money", args=[customer.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def late_bill(account, amount="100.00", days=10, **fields):
    due_on = timezone.localdate() - timedelta(days=days)
    issued = due_on - timedelta(days=20)
    return money.bill(account, amount, due_on=due_on, issued_on=issued, month=issued.replace(day=1), **fields)


def used(account, service, *charges):
    """Charges by month, the newest (last month) first."""
    MonthlyUsage.objects.bulk_create(
        MonthlyUsage(
            branch_id=account.branch_id,
            account=account,
            month=months_before(THIS_MONTH, n),
            service=service,
            charge=charge,
        )
        for n, charge in enumerate(charges, 1)
    )


def test_what_is_owed_since_when_and_what_it_costs(browser, customer):
    account = money.account(customer)
    late_bill(account)
    shown = panel_of(browser, customer)
    for words in ("¥100.00", "10 days overdue", "Late fee so far", "¥3.00"):
        assert words in shown


def test_paid_ahead_last_payment_and_what_is_left_of_the_limit(browser, customer):
    account = money.account(customer, credit_limit=200, unbilled=Decimal("190.00"))
    money.payment(account, "12.50", at=timezone.now())
    shown = panel_of(browser, customer)
    for words in ("¥12.50", "¥22.50", "of ¥200.00", "Low", "WeChat Pay"):
        assert words in shown
    assert "overdue" not in shown.replace("nothing is overdue", "")


@pytest.mark.parametrize(("left", "low"), [("40.00", False), ("39.99", True)])
def test_low_is_below_a_share_of_the_limit(browser, customer, left, low):
    money.account(customer, credit_limit=200, unbilled=200 - Decimal(left))
    assert (">Low<" in panel_of(browser, customer).replace("</svg>", ">")) is low


@pytest.mark.practice("B21")
def test_spending_by_month_stands_beside_use_services_contacts_and_complaints(browser, customer):
    account = money.account(customer)
    used(account, "data", "30.00", "30.00", "30.00", "20.00", "20.00", "20.00")
    used(account, "fee", *["59.00"] * 12)
    shown = panel_of(browser, customer)
    for words in (
        "Data",
        "Monthly fee",
        "¥858.00",
        "17 %",
        "83 %",
        "up 50 %",
        "level",
        "last 3 months ¥267.00 after ¥237.00: up 13 %",
    ):
        assert words in shown, words
    assert shown.count('class="piece fee"') == 12
    assert shown.count('class="piece data"') == 6
    page = browser.get(reverse("customer", args=[customer.pk])).content.decode()
    for panel in ("money", "lines", "timeline"):
        assert f"panel-{panel}" in page


def test_an_unusually_high_bill_is_marked_and_follows_the_rules(browser, customer):
    account = money.account(customer)
    for n, amount in enumerate(("301.00", "100.00", "100.00", "100.00"), 1):
        money.bill(account, amount, month=months_before(THIS_MONTH, n))
    assert "Unusually high bill" not in panel_of(browser, customer)
    BillingRules.objects.create(branch=customer.branch, shock_factor=3)
    assert "Unusually high bill" in panel_of(browser, customer)


def test_a_customer_without_an_account_is_told_apart(browser, customer):
    other = money.account()
    late_bill(other, "7777.00")
    shown = panel_of(browser, customer)
    assert "No account yet" in shown
    assert "7,777" not in shown


def test_beside_the_name_stands_what_is_overdue(browser, customer):
    late_bill(money.account(customer), "80.00", days=3)
    money.bill(money.account(customer), "20.00", due_on=timezone.localdate() + timedelta(days=400))
    page = browser.get(reverse("customer", args=[customer.pk])).content.decode()
    assert "Owes ¥80.00, 3 days overdue" in page


def test_due_today_is_not_overdue(browser, customer):
    late_bill(money.account(customer), days=0)
    assert "Owes" not in browser.get(reverse("customer", args=[customer.pk])).content.decode()


def test_whoever_sees_masked_sees_no_money(customer):
    late_bill(money.account(customer), "80.00")
    guide = make.sign_in("guide", customer.branch, language="en")
    page = guide.get(reverse("customer", args=[customer.pk])).content.decode()
    assert "Owes" not in page
    assert "panel-money" not in page
    assert guide.get(reverse("customer-panel-money", args=[customer.pk])).status_code == 403


def test_as_many_questions_for_many_accounts_as_for_one(browser, customer):
    counted = []
    panel_of(browser, customer)
    for _ in range(2):
        for _ in range(3 if counted else 1):
            account = money.account(customer)
            late_bill(account)
            money.payment(account, "20.00")
            used(account, "fee", "59.00", "59.00")
        with CaptureQueriesContext(connection) as queries:
            panel_of(browser, customer)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 14


def test_more_than_a_handful_of_accounts_are_counted(browser, customer):
    for _ in range(10):
        money.account(customer)
    assert "2 more accounts" in panel_of(browser, customer)
    assert Account.objects.count() == 10
