"""Bill shock at its boundary, and somebody who tells the customer: once for a bill."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from billing import ledger, weighing
from billing.models import Bill, BillingRules, BillShock
from billing.shock import months_before, shock
from tests import make, money
from tests.race import together
from work.models import FollowUp
from work.models.states import Kind, Origin

NEWEST = date(2026, 10, 1)
RULES = BillingRules()


def months(*amounts):
    """The newest first."""
    return {months_before(NEWEST, n): Decimal(amount) for n, amount in enumerate(amounts)}


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        (("500.00", "100", "100", "100"), False),  # five times is not more than five times
        (("500.01", "100", "100", "100"), True),
        (("500.00", "99.99", "100", "100"), True),
        (("600.00", "100", "100"), False),  # too few months
        (("600.00",), False),
        (("0.01", "0", "0", "0"), True),
        (("0", "0", "0", "0"), False),
        (("600.00", "100", "100", "100", "9000"), True),  # older months say nothing
    ],
)
def test_more_than_so_many_times_the_average_of_the_months_before(amounts, found):
    assert bool(shock(months(*amounts), RULES)) is found


def test_factor_and_months_are_parameters():
    assert shock(months("301", "100", "100", "100"), BillingRules(shock_factor=3))
    assert shock(months("600", "100"), BillingRules(shock_months=1))
    assert not shock(months("600", "100", "100", "100"), BillingRules(shock_months=6))


def test_a_month_without_a_bill_leaves_no_usual():
    assert (
        shock({date(2026, 10, 1): Decimal(900), date(2026, 8, 1): Decimal(1), date(2026, 7, 1): Decimal(1)}, RULES)
        is None
    )
    assert shock({}, RULES) is None


@given(st.lists(st.decimals(0, 10_000, places=2), min_size=4, max_size=13))
def test_it_is_the_sentence_of_the_law(amounts):
    usual = sum(amounts[1:4]) / 3
    assert bool(shock(months(*amounts), RULES)) is (amounts[0] > 5 * usual)


@given(st.dates(date(2000, 3, 1), date(2100, 1, 1)), st.integers(-30, 30))
def test_months_are_counted_over_the_turn_of_the_year(day, count):
    there = months_before(day.replace(day=1), count)
    assert there.day == 1
    assert months_before(there, -count) == day.replace(day=1)


def newest_month():
    return months_before(timezone.localdate().replace(day=1), 1)


def bills(account, *amounts):
    """Booked, the newest first, issued on the first of the month after."""
    made = []
    for n, amount in enumerate(amounts):
        issued = months_before(newest_month(), n - 1)
        made.append(
            money.a_bill(
                account, amount, month=months_before(newest_month(), n), issued_on=issued, due_on=issued + timedelta(20)
            )
        )
    ledger.book_bills(made)


def weigh():
    return weighing.weigh(timezone.now())


@pytest.mark.django_db
class TestWeighing:
    @pytest.fixture
    def manager(self):
        return make.user("vip_manager", make.unit("desk"))

    def test_the_manager_owes_the_customer_an_explanation(self, manager):
        customer = make.customer(make.unit(parent=manager.branch), manager=manager)
        account = money.account(customer)
        bills(account, "600.00", "100", "100", "100")
        assert weigh() == (4, 1)
        told = FollowUp.objects.get()
        assert (told.owner, told.kind, told.origin) == (manager, Kind.PROACTIVE, Origin.ANALYSIS)
        assert "600.00" in told.what
        found = BillShock.objects.get()
        assert (found.amount, found.usual, found.follow_up) == (600, 100, told)
        assert told.late_at - told.due_at == timedelta(hours=RULES.shock_told_within)

    def test_without_a_manager_it_is_the_pool_s_of_the_unit(self):
        account = money.account()
        bills(account, "600.00", "100", "100", "100")
        weigh()
        told = FollowUp.objects.get()
        assert (told.owner, told.unit) == (None, account.customer.unit)

    def test_an_old_bill_a_usual_one_and_one_of_too_few_months_say_nothing(self):
        usual, few, old = (money.account() for _ in range(3))
        bills(usual, "500.00", "100", "100", "100")
        bills(few, "500.00", "1", "1")
        long_ago = [
            money.a_bill(old, "1.00" if n else "900.00", month=months_before(newest_month(), n + 5)) for n in range(4)
        ]
        ledger.book_bills(long_ago)
        assert weigh() == (11, 0)
        assert not FollowUp.objects.exists()

    def test_twice_is_once_and_each_bill_is_weighed_once(self):
        account = money.account()
        bills(account, "600.00", "100", "100", "100")
        assert [weigh(), weigh()] == [(4, 1), (0, 0)]
        ledger.book_bills([money.a_bill(account, "900.00", month=newest_month(), issued_on=timezone.localdate())])
        assert weigh() == (1, 0)  # the month is told already
        assert not Bill.objects.filter(weighed_at=None).exists()

    def test_two_bills_of_a_month_are_weighed_together(self):
        account = money.account()
        bills(account, "300.00", "100", "100", "100")
        assert weigh() == (4, 0)
        ledger.book_bills([money.a_bill(account, "300.00", month=newest_month(), issued_on=timezone.localdate())])
        assert weigh() == (1, 1)

    def test_of_two_accounts_each_has_its_own_usual(self):
        customer = make.customer()
        small, large = money.account(customer), money.account(customer)
        bills(small, "60.00", "10", "10", "10")
        bills(large, "400.00", "100", "100", "100")
        weigh()
        assert [found.bill.account for found in BillShock.objects.all()] == [small]


@pytest.mark.django_db(transaction=True)
def test_two_who_weigh_at_once_tell_once():
    account = money.account()
    bills(account, "600.00", "100", "100", "100")
    together([weigh, weigh, lambda: money.payment(account, "600.00")])
    assert FollowUp.objects.count() == BillShock.objects.count() == 1
    account.refresh_from_db()
    assert account.owed == 300
