"""The late fee: 3 ‰ of the overdue sum for each day, from a day that is a parameter."""

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from billing import ledger
from billing.late_fee import fee, so_far
from billing.models import BillingRules
from tests import money

DUE = date(2026, 11, 22)
RULES = BillingRules()
sums = st.decimals(Decimal("0.01"), Decimal("5000"), places=2)
days = st.integers(-30, 400)


def on(n):
    return DUE + timedelta(days=n)


def moment(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [(0, 0, "0.00"), (1, 0, "0.30"), (10, 0, "3.00"), (10, 10, "0.00"), (11, 10, "0.30"), (-5, 0, "0.00")],
)
def test_it_runs_from_the_day_after_the_due_day_or_so_many_days_later(day, after, expected):
    rules = BillingRules(late_fee_after=after)
    assert fee(Decimal(100), [], DUE, on(day), rules) == Decimal(expected)


def test_half_a_cent_is_rounded_up():
    assert fee(Decimal("1.50"), [], DUE, on(1), RULES) == Decimal("0.00")
    assert fee(Decimal("1.67"), [], DUE, on(1), RULES) == Decimal("0.01")
    assert fee(Decimal("5.00"), [], DUE, on(1), RULES) == Decimal("0.02")


def test_what_is_paid_costs_nothing_from_the_day_after():
    paid = [(on(4), Decimal(60))]
    assert fee(Decimal(100), paid, DUE, on(4), RULES) == Decimal("1.20")
    assert fee(Decimal(100), paid, DUE, on(10), RULES) == Decimal("1.92")  # 4 days of 100, 6 of 40


@given(base=sums, parts=st.lists(st.tuples(days, sums), max_size=5), day=days, after=st.integers(0, 40))
def test_it_is_what_adding_up_day_by_day_gives(base, parts, day, after):
    rules = BillingRules(late_fee_after=after)
    paid = [(on(n), amount) for n, amount in parts]
    total = Decimal(0)
    for n in range(after + 1, day + 1):
        before = sum((amount for at, amount in paid if at < on(n)), Decimal(0))
        total += max(base - before, Decimal(0)) * rules.late_fee_rate
    assert fee(base, paid, DUE, on(day), rules) == total.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(base=sums, parts=st.lists(st.tuples(days, sums), max_size=4), day=days)
def test_it_never_falls_and_never_exceeds_that_of_paying_nothing(base, parts, day):
    paid = [(on(n), amount) for n, amount in parts]
    now = fee(base, paid, DUE, on(day), RULES)
    assert 0 <= now <= fee(base, paid, DUE, on(day + 1), RULES)
    assert now <= fee(base, [], DUE, on(day), RULES)


@pytest.mark.django_db
class TestOfAccounts:
    @pytest.fixture
    def account(self):
        return money.account()

    def test_open_bills_count_by_when_they_were_paid(self, account):
        money.bill(account, "100.00", due_on=DUE)
        money.bill(account, "50.00", due_on=on(20), month=date(2026, 11, 1), issued_on=date(2026, 12, 2))
        money.payment(account, "60.00", at=moment(on(4)))
        assert so_far([account.pk], on(10), RULES) == {account.pk: Decimal("1.92")}
        assert so_far([account.pk], on(0), RULES) == {}

    def test_a_payment_that_was_taken_back_was_never_made(self, account):
        money.bill(account, "100.00", due_on=DUE)
        taken = money.payment(account, "60.00", at=moment(on(4)))
        ledger.reverse(taken, by=None, reason="x")
        assert so_far([account.pk], on(10), RULES) == {account.pk: Decimal("3.00")}

    def test_no_fee_runs_on_a_fee_and_what_is_billed_already_is_not_asked_twice(self, account):
        bill = money.bill(account, "100.00", due_on=DUE)
        ledger.adjust([money.an_adjustment(bill, "2.00", kind="late_fee")])
        assert so_far([account.pk], on(10), RULES) == {account.pk: Decimal("1.00")}

    def test_what_was_asked_for_and_waived_is_not_asked_again(self, account):
        bill = money.bill(account, "100.00", due_on=DUE)
        ledger.adjust([
            money.an_adjustment(bill, "2.00", kind="late_fee"), money.an_adjustment(bill, "-2.00", kind="waiver"),
        ])  # fmt: skip
        assert so_far([account.pk], on(10), RULES) == {account.pk: Decimal("1.00")}

    def test_what_the_bill_was_too_much_never_costs(self, account):
        bill = money.bill(account, "100.00", due_on=DUE)
        ledger.adjust([money.an_adjustment(bill, "-50.00", kind="correction")])
        assert so_far([account.pk], on(10), RULES) == {account.pk: Decimal("1.50")}

    def test_as_many_questions_for_many_accounts_as_for_one(self, account, django_assert_num_queries):
        others = [money.account(account.customer) for _ in range(5)]
        for one in (account, *others):
            money.bill(one, "100.00", due_on=DUE)
            money.payment(one, "10.00", at=moment(on(4)))
        with django_assert_num_queries(1):
            assert len(so_far([one.pk for one in (account, *others)], on(10), RULES)) == 6
