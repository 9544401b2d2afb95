"""The list of accounts and an account's own page: right figures, to those whose customers they are."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing import ages, ledger, weighing
from billing.shock import months_before
from tests import make, money

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def late(account, amount, days):
    due_on = TODAY - timedelta(days=days)
    issued = due_on - timedelta(days=20)
    return money.bill(account, amount, due_on=due_on, issued_on=issued, month=issued.replace(day=1))


@pytest.fixture
def branch():
    return make.branch()


@pytest.fixture
def browser(branch):
    return make.sign_in("clerk", branch, language="en")


@pytest.fixture
def accounts(branch):
    """By days overdue of their only bill, each owing as many yuan as it has days, and one that owes nothing."""
    made = {}
    for days in (-10, 0, 1, 30, 31, 60, 61, 90, 91):
        made[days] = money.account(make.customer(branch, name=f"客户{days}"), ref=f"ACC{days}")
        late(made[days], str(Decimal(100 + days)), days)
    made[None] = money.account(make.customer(branch), ref="ACCnone")
    money.account(make.customer(), ref="FOREIGN")
    return made


def listed(browser, **query):
    answer = browser.get(reverse("accounts"), query)
    assert answer.status_code == 200
    return [line.ref for line in answer.context["lines"]]


def counted(browser, **query):
    return int(browser.get(reverse("accounts-count"), query).content.decode().split('num">')[1].split()[0])


def test_who_owes_most_stands_first_and_nobody_else_s_accounts_are_there(browser, accounts):
    found = listed(browser)
    assert found == [f"ACC{days}" for days in (91, 90, 61, 60, 31, 30, 1, 0, -10)] + ["ACCnone"]


@pytest.mark.parametrize(
    ("overdue", "days"),
    [
        ("1", (91, 90, 61, 60, 31, 30, 1)),
        ("31", (91, 90, 61, 60, 31)),
        ("61", (91, 90, 61)),
        ("91", (91,)),
        ("no", (0, -10, None)),
    ],
)
def test_overdue_for_more_than_so_many_days(browser, accounts, overdue, days):
    assert listed(browser, overdue=overdue) == [f"ACC{n}" if n is not None else "ACCnone" for n in days]
    assert counted(browser, overdue=overdue) == len(days)


def test_sum_way_tier_unit_and_customer_narrow_it_down(browser, branch, accounts):
    assert listed(browser, owed_from="190.00") == ["ACC91", "ACC90"]
    hall = make.unit("hall", branch)
    there = make.customer(hall, tier=make.tier(branch, code="gold", order=2))
    money.account(there, ref="HALL", way="alipay")
    for query in ({"way": "alipay"}, {"tier": there.tier_id}, {"unit": hall.pk}, {"customer": there.pk}):
        assert listed(browser, **query) == ["HALL"], query
        assert counted(browser, **query) == 1
    assert listed(browser, unit=make.unit("hall").pk) == []
    assert listed(browser, owed_from="-1") == []


def test_pages_follow_each_other_without_a_gap(browser, branch):
    for n in range(60):
        account = money.account(make.customer(branch), ref=f"R{n:02}")
        if n % 3:
            late(account, str(n % 7 + 1), 5)
    seen, address = [], reverse("accounts")
    while address:
        answer = browser.get(address)
        seen += [line.ref for line in answer.context["lines"]]
        following = answer.context["following"]
        address = following and reverse("accounts") + following
    assert len(seen) == len(set(seen)) == 60
    assert counted(browser) == 60


def test_a_manager_sees_their_own_customers_accounts_only(branch, accounts):
    manager = make.sign_in("vip_manager", branch)
    own = money.account(make.customer(branch, manager=manager.person), ref="OWN")
    assert listed(manager) == ["OWN"]
    assert manager.get(reverse("account", args=[own.pk])).status_code == 200
    assert manager.get(reverse("account", args=[accounts[91].pk])).status_code == 404


def test_a_list_of_three_asks_as_many_questions_as_one_of_one(browser, branch):
    listed(browser)
    asked = []
    for _ in range(2):
        for _ in range(3 if asked else 1):
            late(money.account(make.customer(branch)), "10.00", 5)
        with CaptureQueriesContext(connection) as queries:
            listed(browser)
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(("days", "age"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)])
def test_debt_by_age(days, age):
    account = money.account()
    late(account, "80.00", days)
    assert [one.amount for one in ages.of_account(account, TODAY)] == [80 if n == age else 0 for n in range(5)]


def test_ages_add_up_to_what_is_owed():
    account = money.account()
    for n in range(12):
        late(account, f"{n + 1}.10", n * 13)
    account.refresh_from_db()
    assert sum(one.amount for one in ages.of_account(account, TODAY)) == account.owed


def page_of(browser, account):
    return " ".join(browser.get(reverse("account", args=[account.pk])).content.decode().split())


def test_the_page_tells_which_payment_paid_which_bill(browser, branch):
    account = money.account(make.customer(branch), name="张三")
    old, new = late(account, "50.00", 40), late(account, "30.00", 10)
    noon = timezone.make_aware(datetime(2026, 11, 1, 12))
    money.payment(account, "60.00", ref="PAY1", at=noon)
    taken = money.payment(account, "5.00", ref="PAY2", at=noon)
    ledger.reverse(taken, by=None, reason="误充")
    ledger.adjust([money.an_adjustment(old, "-4.00", kind="compensation")])
    shown = page_of(browser, account)
    for words in ("PAY1", "PAY2", "误充", "Reversed", "Compensation −¥4.00", "¥46.00", "¥14.00", "10 days overdue"):
        assert words in shown, words
    assert "张三" in shown
    new.refresh_from_db()
    assert new.open == 16


def test_a_long_history_is_cut_and_asks_no_more_questions(browser, branch):
    account = money.account(make.customer(branch))
    asked = []
    for n in (1, 30):
        for i in range(n):
            late(account, "10.00", 31 * i)
            money.payment(account, "10.00")
        page_of(browser, account)
        with CaptureQueriesContext(connection) as queries:
            shown = page_of(browser, account)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert shown.count('id="payment-') == 24
    everything = browser.get(reverse("account", args=[account.pk]) + "?all").content.decode()
    assert everything.count('id="payment-') == 31


@pytest.mark.practice("D11")
def test_supervisors_see_unusually_high_bills_and_what_came_of_them(branch):
    customer = make.customer(branch, name="欧阳明")
    account = money.account(customer)
    newest = months_before(TODAY.replace(day=1), 1)
    for n, amount in enumerate(("700.00", "100", "100", "100")):
        issued = months_before(newest, n - 1)
        money.bill(account, amount, month=months_before(newest, n), issued_on=issued, due_on=issued + timedelta(20))
    weighing.weigh(timezone.now())
    head = make.sign_in("branch_head", branch, language="en")
    shown = head.get(reverse("bill-shocks")).content.decode()
    for words in ("欧阳明", "¥700.00", "¥100.00"):
        assert words in shown
    elsewhere = make.sign_in("branch_head", make.branch())
    assert "欧阳明" not in elsewhere.get(reverse("bill-shocks")).content.decode()
