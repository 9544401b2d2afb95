"""Payments at the counter: once for each form, within an open shift, numbered without a gap."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction

from audit.models import Event
from billing import checking
from billing.counter import taking, tills
from billing.models import BillingRules, Payment, Receipt, Shift
from tests import make, money
from tests.race import race, together
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"), code="H1")


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def account(hall):
    return money.account(make.customer(hall))


def test_a_payment_pays_the_oldest_bill_and_what_is_too_much_is_paid_ahead(account, clerk):
    money.till(clerk)
    bill = money.bill(account, "59.00")
    receipt = money.paid(account, clerk, "100.00", given=Decimal("110.00"))
    account.refresh_from_db()
    assert (account.owed, account.credit) == (0, 41)
    assert receipt.pays() == [(bill.ref, bill.month, 59)]
    assert (receipt.change, receipt.ahead) == (10, 41)
    assert receipt.payment.by == clerk
    assert receipt.payment.unit == clerk.postings.get().unit
    assert checking.differences() == []


def test_the_receipt_says_what_was_paid_then_not_what_was_used_later(account, clerk):
    money.till(clerk)
    receipt = money.paid(account, clerk, "100.00")
    money.bill(account, "59.00")
    again = Receipt.objects.get(pk=receipt.pk)
    assert again.pays() == []
    assert again.ahead == 100


def test_it_is_told_to_the_trail_and_to_other_systems(account, clerk, hall):
    make.subscription(hall.branch, kinds=["payment.*"])
    money.till(clerk)
    receipt = money.paid(account, clerk)
    event = Event.objects.get(verb="payment.taken")
    assert (event.actor, event.customer_id) == (clerk, account.customer_id)
    assert event.data["receipt"] == receipt.number
    assert Delivery.objects.filter(event=event).count() == 1


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("amount", {"amount": Decimal(0)}),
        ("amount", {"amount": Decimal("50000.01")}),
        ("given", {"given": Decimal("58.99")}),
        ("way", {"way": "bank_debit", "slip": "1"}),
        ("slip", {"way": "wechat"}),
        ("slip", {"way": "card", "slip": "  "}),
    ],
)
def test_what_cannot_be_is_said_at_its_field(account, clerk, field, said):
    money.till(clerk)
    fields = {"key": uuid4(), "amount": Decimal("59.00"), "way": "cash"} | said
    with pytest.raises(ValidationError) as refused:
        taking.take_payment(account, by=clerk, **fields)
    assert list(refused.value.error_dict) == [field]
    assert not Payment.objects.exists()


def test_the_most_is_a_parameter_of_the_branch(account, clerk, hall):
    BillingRules.objects.create(branch=hall.branch, most_at_counter=Decimal(100))
    money.till(clerk)
    money.paid(account, clerk, "100.00")
    with pytest.raises(ValidationError):
        money.paid(account, clerk, "100.01")


def test_other_currencies_are_not_taken(hall, clerk):
    money.till(clerk)
    with pytest.raises(ValidationError, match="yuan"):
        money.paid(money.account(make.customer(hall), currency="USD"), clerk)


def test_without_an_open_shift_nothing_is_taken(account, clerk):
    with pytest.raises(ValidationError) as refused:
        money.paid(account, clerk)
    assert refused.value.code == "no_shift"


def test_a_terminal_payment_keeps_its_slip_and_no_cash(account, clerk):
    money.till(clerk)
    receipt = money.paid(account, clerk, way="alipay", slip=" 8812 ")
    assert (receipt.slip, receipt.given, receipt.change) == ("8812", None, 0)


def test_the_same_form_again_is_the_same_receipt(account, clerk):
    shift, key = money.till(clerk), uuid4()
    first = money.paid(account, clerk, key=key)
    assert money.paid(account, clerk, key=key) == first
    tills.count(shift, by=clerk, counted=money.counted(shift))
    assert money.paid(account, clerk, key=key) == first
    with pytest.raises(ValidationError, match="another payment"):
        money.paid(money.account(account.customer), clerk, key=key)


def test_numbers_run_by_hall_and_by_the_halls_own_year(account, clerk, hall):
    money.till(clerk)
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    numbers = [
        money.paid(account, clerk, at=at).number
        for at in (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), new_year, new_year)
    ]
    assert numbers == ["H1-2026-000001", "H1-2027-000001", "H1-2027-000002"]
    other = make.user("clerk", make.unit("hall", hall.parent, code="H2"))
    money.till(other)
    assert money.paid(account, other, at=new_year).number == "H2-2027-000001"


def test_a_number_that_is_undone_is_given_again(account, clerk):
    money.till(clerk)
    first = money.paid(account, clerk)
    with transaction.atomic():
        assert money.paid(account, clerk).n == first.n + 1
        transaction.set_rollback(True)
    assert money.paid(account, clerk).n == first.n + 1


def test_the_database_lets_no_receipt_into_a_counted_shift(account, clerk):
    shift = money.till(clerk)
    payment = money.payment(account)
    tills.count(shift, by=clerk, counted=money.counted(shift))
    receipt = Receipt(branch=shift.branch, unit=shift.unit, year=2026, n=9, key=uuid4(), payment=payment, given=60)
    receipt.shift = shift
    with pytest.raises(InternalError, match="open shift"), transaction.atomic():
        receipt.save()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_once_is_one_payment(account, clerk):
    shift, key = money.till(clerk), uuid4()
    receipts = race(shift, lambda: money.paid(account, clerk, key=key))
    assert len({receipt.pk for receipt in receipts}) == 1
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_clerks_at_once_leave_no_gap_and_no_double(account, hall):
    clerks = [make.user("clerk", hall) for _ in range(8)]
    for clerk in clerks:
        money.till(clerk)
    accounts = [money.account(account.customer) for _ in clerks]

    def three(account, clerk):
        return lambda: [money.paid(account, clerk).n for _ in range(3)]

    found = together([three(account, clerk) for account, clerk in zip(accounts, clerks, strict=True)])
    assert sorted(n for ns in found for n in ns) == list(range(1, 25))


@pytest.mark.django_db(transaction=True)
def test_a_payment_beside_the_count_is_in_the_shift_or_refused(account, clerk):
    shift = money.till(clerk)

    def count():
        return tills.count(Shift.objects.get(pk=shift.pk), by=clerk, counted=money.counted(shift), explanation="x")

    paid, closed = race(shift, [lambda: money.paid(account, clerk), count])
    kept = {one.way: one.recorded for one in closed.counts.all()}
    if isinstance(paid, ValidationError):
        assert kept["cash"] == 100
        assert not Payment.objects.exists()
    else:
        assert kept["cash"] == 159
    assert tills.recorded(closed) == kept


@pytest.mark.django_db(transaction=True)
def test_the_form_that_also_opens_the_shift_sent_at_once_is_one_payment(account, clerk):
    key = uuid4()

    @transaction.atomic
    def send():
        money.till(clerk)
        return money.paid(account, clerk, key=key)

    assert len({receipt.pk for receipt in together(send)}) == 1
    assert (Shift.objects.count(), Payment.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_counter_payment_beside_the_billing_systems_own_keeps_every_sum(account, clerk):
    money.bill(account, "59.00")
    money.till(clerk)
    race(account, [lambda: money.paid(account, clerk), lambda: money.payment(account), lambda: money.bill(account)])
    account.refresh_from_db()
    assert account.balance == 0
    assert checking.differences() == []
