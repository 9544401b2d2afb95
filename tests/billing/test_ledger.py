"""What is owed and what came in always add up, however it was booked, twice or at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction
from django.db.utils import IntegrityError, NotSupportedError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event
from billing import checking, ledger
from billing.models import Account, Allocation, Bill, Payment
from tests import make, money
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return money.account()


def stands(account):
    account.refresh_from_db()
    return account.owed, account.credit


def opens(*bills):
    return [Bill.objects.get(pk=bill.pk).open for bill in bills]


def test_a_bill_is_owed_and_a_payment_pays_the_oldest_due_first(account):
    late = money.bill(account, "30.00", due_on=date(2026, 11, 30))
    early = money.bill(account, "50.00", due_on=date(2026, 11, 10))
    assert stands(account) == (80, 0)
    money.payment(account, "60.00")
    assert opens(early, late) == [0, 20]
    assert stands(account) == (20, 0)


def test_what_is_paid_ahead_waits_for_the_next_bill(account):
    paid = money.payment(account, "100.00")
    assert stands(account) == (0, 100)
    bill = money.bill(account, "59.00")
    assert opens(bill) == [0]
    assert stands(account) == (0, 41)
    paid.refresh_from_db()
    assert (paid.used, paid.unused) == (59, 41)


def test_the_balance_and_what_may_still_be_used(account):
    Account.objects.filter(pk=account.pk).update(credit_limit=100, unbilled=Decimal("12.50"))
    money.bill(account, "40.00")
    account.refresh_from_db()
    assert (account.balance, account.available) == (-40, Decimal("47.50"))


@pytest.mark.parametrize("book", ["bills", "payments"])
def test_the_same_number_twice_is_one_row(account, book):
    made = money.a_bill(account) if book == "bills" else money.a_payment(account)
    assert getattr(ledger, f"book_{book}")([made]) == 1
    made.pk = None
    assert getattr(ledger, f"book_{book}")([made]) == 0
    assert sum(stands(account)) == Decimal("59.00")


def test_a_credit_note_gives_back_what_was_paid_for_the_bill(account):
    bill, other = money.bill(account, "59.00"), money.bill(account, "20.00", due_on=date(2027, 1, 1))
    money.payment(account, "59.00")
    ledger.adjust([money.an_adjustment(bill, "-30.00", kind="credit")])
    assert opens(bill, other) == [0, 0]
    assert stands(account) == (0, 10)
    assert checking.differences() == []


def test_a_late_fee_makes_a_paid_bill_open_again(account):
    bill = money.bill(account)
    money.payment(account)
    fee = money.an_adjustment(bill, "1.77", kind="late_fee")
    assert ledger.adjust([fee]) == 1
    fee.pk = None
    assert ledger.adjust([fee]) == 0
    assert stands(account) == (Decimal("1.77"), 0)


def test_no_bill_is_less_than_nothing(account):
    bill = money.bill(account)
    money.payment(account)
    with pytest.raises(ValidationError, match="less than nothing"):
        ledger.adjust([money.an_adjustment(bill, "-59.01")])
    assert stands(account) == (0, 0)
    assert opens(bill) == [0]


def test_a_reversed_payment_counts_no_more(account):
    bill = money.bill(account)
    paid = money.payment(account, "80.00")
    clerk = make.user("duty_manager", account.branch)
    ledger.reverse(paid, by=clerk, reason="银行退票")
    ledger.reverse(paid, by=clerk, reason="again")
    assert stands(account) == (59, 0)
    assert opens(bill) == [59]
    kept = Payment.objects.get(pk=paid.pk)
    assert (kept.reversed_for, kept.unused) == ("银行退票", 0)
    said = Event.objects.get(verb="payment.reversed")
    assert (said.actor, said.customer_id) == (clerk, account.customer_id)


def test_other_money_pays_what_a_reversed_payment_had_paid(account):
    bill = money.bill(account)
    first = money.payment(account)
    money.payment(account, "70.00")
    ledger.reverse(first, by=None, reason="x")
    assert opens(bill) == [0]
    assert stands(account) == (0, 11)


def test_the_database_refuses_what_does_not_add_up(account):
    bill = money.bill(account)
    paid = money.payment(account, "20.00")
    for wrong in (
        lambda: Account.objects.filter(pk=account.pk).update(owed=-1),
        lambda: Allocation.objects.create(bill=bill, payment=paid, amount=Decimal("0.01")),
        lambda: Bill.objects.filter(pk=bill.pk).update(paid=60),
        lambda: Payment.objects.filter(pk=paid.pk).update(reversed_at=timezone.now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_bills_and_payments_stay_and_stay_where_they_are(account):
    bill, paid, other = money.bill(account), money.payment(account), money.account()
    for wrong in (
        bill.delete,
        paid.delete,
        lambda: Bill.objects.filter(pk=bill.pk).update(account=other),
        lambda: Allocation.objects.filter(bill=bill).update(amount=1),
    ):
        with pytest.raises((InternalError, NotSupportedError, IntegrityError)), transaction.atomic():
            wrong()


def test_differences_are_found(account):
    bill = money.bill(account)
    Bill.objects.filter(pk=bill.pk).update(adjusted=5)
    assert [(what, row) for what, row, *_ in checking.differences()] == [("bill", bill.pk), ("owed", account.pk)]
    assert checking.differences(upto=account.pk - 1) == []


CENTS = st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("bill"), CENTS, st.integers(0, 40)),
        st.tuples(st.just("pay"), CENTS, st.just(0)),
        st.tuples(st.just("less"), CENTS, st.integers(0, 5)),
        st.tuples(st.just("more"), CENTS, st.integers(0, 5)),
        st.tuples(st.just("reverse"), st.none(), st.integers(0, 5)),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_booked_adds_up(account, steps):
    with transaction.atomic():
        account = money.account(account.customer)
        billed, came = Decimal(0), Decimal(0)
        for what, amount, n in steps:
            bills, payments = list(account.bills.order_by("pk")), list(account.payments.order_by("pk"))
            if what == "bill":
                money.bill(account, amount, issued_on=date(2026, 1, 1), due_on=date(2026, 1, 1) + timedelta(days=n))
                billed += amount
            elif what == "pay":
                money.payment(account, amount)
                came += amount
            elif what == "reverse" and n < len(payments):
                came -= 0 if payments[n].reversed_at else payments[n].amount
                ledger.reverse(payments[n], by=None, reason="x")
            elif what in ("less", "more") and n < len(bills):
                change = amount if what == "more" else -min(amount, bills[n].amount + bills[n].adjusted)
                if change:
                    ledger.adjust([money.an_adjustment(bills[n], change)])
                    billed += change
        owed, credit = stands(account)
        assert credit - owed == came - billed
        assert owed == 0 or credit == 0
        assert checking.differences() == []


@pytest.mark.django_db(transaction=True)
def test_payments_and_bills_that_meet_on_one_account_add_up(account):
    money.bill(account, "100.00")

    def pay():
        money.payment(account, "30.00")

    race(account, [pay, pay, pay, lambda: money.bill(account, "10.00")])
    assert stands(account) == (20, 0)
    assert checking.differences() == []


@pytest.mark.django_db(transaction=True)
def test_the_same_payment_from_two_sides_is_one(account):
    money.bill(account, "100.00")
    race(account, lambda: ledger.book_payments([money.a_payment(account, "30.00", ref="same")]))
    assert stands(account) == (70, 0)


@pytest.mark.django_db(transaction=True)
def test_a_reversal_from_two_sides_is_one(account):
    money.bill(account, "100.00")
    paid = money.payment(account, "30.00")
    race(account, lambda: ledger.reverse(paid, by=None, reason="x"))
    assert stands(account) == (100, 0)
    assert checking.differences() == []
