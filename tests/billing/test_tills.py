"""The clerk's till: counted money is explained by what was recorded, whatever happened in between."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event
from billing import checking
from billing.counter import left_open, tills
from billing.counter.shown import with_sums
from billing.models import Account, Reversal, Shift
from billing.models.shifts import WAYS
from jobs import runs
from tests import make, money
from tests.race import together
from work.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def manager(hall):
    return make.user("duty_manager", hall)


@pytest.fixture
def account(hall):
    return money.account(make.customer(hall))


@pytest.fixture
def shift(clerk):
    return money.till(clerk)


def count(shift, by, explanation="", **differences):
    return tills.count(shift, by=by, counted=money.counted(shift, **differences), explanation=explanation)


def test_what_should_be_there_by_way_of_payment(shift, clerk, manager, account):
    money.paid(account, clerk, "59.00")
    back = money.paid(account, clerk, "20.00", way="wechat")
    money.paid(account, clerk, "30.00", way="wechat")
    money.taken_back(back, clerk, manager)
    assert tills.recorded(shift) == {"cash": 159, "card": 0, "wechat": 30, "alipay": 0}
    sums = with_sums(Shift.objects.all()).get()
    assert (sums.taken, sums.paid_back, sums.difference) == (109, 20, 0)


def test_a_count_that_agrees_closes_the_shift(shift, clerk):
    count(shift, clerk)
    assert (shift.state, shift.counted_by, shift.differs) == ("closed", clerk, False)
    assert {(one.way, one.recorded, one.difference) for one in shift.counts.all()} == {
        ("cash", 100, 0), ("card", 0, 0), ("wechat", 0, 0), ("alipay", 0, 0),
    }  # fmt: skip
    with pytest.raises(ValidationError):
        count(shift, clerk)


def test_a_difference_is_explained_by_the_clerk_and_signed_by_the_manager(shift, clerk, manager):
    with pytest.raises(ValidationError) as refused:
        count(shift, clerk, cash="-5")
    assert list(refused.value.error_dict) == ["explanation"]
    count(shift, clerk, "Gave too much change.", cash="-5")
    assert shift.state == "counted"
    assert Notice.objects.get(user=manager).kind == "shift.differs"
    with pytest.raises(ValidationError) as refused:
        tills.sign(shift, by=clerk)
    assert refused.value.code == "four_eyes"
    tills.sign(shift, by=manager)
    assert (shift.state, shift.signed_by) == ("closed", manager)
    assert not Notice.objects.unread().filter(user=manager).exists()
    assert with_sums(Shift.objects.all()).get().difference == -5


def test_too_much_of_one_way_and_too_little_of_another_is_a_difference_too(shift, clerk):
    with pytest.raises(ValidationError):
        count(shift, clerk, cash="-5", wechat="5")


def test_until_it_is_signed_it_may_be_counted_again(shift, clerk, manager):
    count(shift, clerk, "miscounted", cash="-90")
    count(shift, clerk)
    assert (shift.state, shift.differs, shift.explanation) == ("closed", False, "")
    assert not Notice.objects.unread().filter(user=manager).exists()
    kept = Event.objects.filter(verb="shift.counted").order_by("pk").values_list("data__counted__cash", flat=True)
    assert list(kept) == ["10.00", "100.00"]


def test_the_database_asks_for_four_eyes(shift, clerk, manager):
    count(shift, clerk, "x", cash="-5")
    rows = Shift.objects.filter(pk=shift.pk)
    for change in ({"signed_by": clerk}, {"state": "closed"}, {"explanation": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_nobody_else_counts_a_till_of_today(shift, manager):
    with pytest.raises(ValidationError):
        count(shift, manager)


def test_a_shift_left_open_is_counted_later_by_whoever_looks_after_it(hall, clerk, manager):
    now = timezone.now()
    left = money.till(clerk, at=now - timedelta(days=1))
    assert list(Shift.objects.left_open(now)) == [left]
    count(left, manager, "Zhao is ill.", cash="-1")
    with pytest.raises(ValidationError):
        tills.sign(left, by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=left.pk).update(signed_by=manager)
    tills.sign(left, by=make.user("department_head", hall.parent))
    assert left.state == "closed"


def test_one_shift_at_a_time(shift, clerk):
    assert money.till(clerk) == shift
    assert Event.objects.filter(verb="shift.opened").count() == 1
    with pytest.raises(ValidationError, match="a float of"):
        money.till(clerk, "50.00")
    count(shift, clerk)
    assert money.till(clerk, "50.00") != shift


def test_who_takes_no_payments_opens_no_till(hall):
    with pytest.raises(ValidationError):
        money.till(make.user("guide", hall))


def test_notes_and_coins_come_to_a_sum():
    assert tills.worth({"100": 2, "0.5": 3, "0.1": 7}) == Decimal("202.20")


def test_clerks_see_their_own_shifts_and_supervisors_those_of_their_units(shift, clerk, manager, hall):
    other = make.unit("hall", hall.parent)
    sees = {
        "clerk": clerk,
        "another": make.user("clerk", hall),
        "manager": manager,
        "elsewhere": make.user("duty_manager", other),
        "head": make.user("department_head", hall.parent),
        "finance": make.user("finance", hall.branch),
        "abroad": make.user("finance"),
    }
    found = {name for name, user in sees.items() if Shift.objects.visible_to(user).exists()}
    assert found == {"clerk", "manager", "head", "finance"}


@pytest.mark.django_db(transaction=True)
def test_opened_at_once_it_is_one_shift(clerk):
    found = together(lambda: money.till(clerk))
    assert len({shift.pk for shift in found}) == 1
    assert Event.objects.filter(verb="shift.opened").count() == 1


STEP = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from(WAYS), st.integers(1, 50_000)),
    st.tuples(st.just("back"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("close"), st.integers(-3, 3), st.integers(0, 9_999)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(steps=st.lists(STEP, max_size=12))
def test_counted_is_float_and_taken_less_paid_back_after_every_step(account, clerk, manager, steps):
    """A model beside the product: {way: sum} of the open till, by the definition alone."""
    with transaction.atomic():
        _walk(account, clerk, manager, steps)
        transaction.set_rollback(True)


def _walk(account, clerk, manager, steps):
    shift, receipts = money.till(clerk), []
    model = dict.fromkeys(WAYS, Decimal(0)) | {"cash": Decimal(100)}
    for kind, one, two in steps:
        if kind == "pay":
            receipts.append(money.paid(account, clerk, Decimal(two) / 100, way=one))
            model[one] += Decimal(two) / 100
        elif kind == "back" and receipts:
            receipt = receipts[one % len(receipts)]
            if not two or _paid_back(receipt, clerk, manager, model):
                receipts.remove(receipt)
        elif kind == "close":
            count(shift, clerk, "counted twice", cash=str(one))
            assert {line.way: line.counted - line.difference for line in shift.counts.all()} == model
            shift = money.till(clerk, Decimal(two) / 100) if not one else _signed(shift, clerk, manager, two)
            model = dict.fromkeys(WAYS, Decimal(0)) | {"cash": shift.opening_float}
        assert tills.recorded(shift) == model
        assert checking.differences() == []
    assert Reversal.objects.filter(state="approved").exclude(shift=None).count() == Reversal.objects.count()


def _paid_back(receipt, clerk, manager, model):
    way, amount = receipt.payment.way, receipt.payment.amount
    if way == Account.Way.CASH and amount > model[way]:
        with pytest.raises(ValidationError), transaction.atomic():
            money.taken_back(receipt, clerk, manager)
        return False
    money.taken_back(receipt, clerk, manager)
    model[way] -= amount
    return True


def _signed(shift, clerk, manager, opening_float):
    tills.sign(shift, by=manager)
    return money.till(clerk, Decimal(opening_float) / 100)


def test_who_looks_after_the_till_hears_of_a_shift_left_open_once(clerk, manager):
    now = timezone.now()
    left = money.till(clerk, at=now - timedelta(days=1))
    money.till(manager)  # of today
    for _ in range(2):
        assert left_open.tell(0, now) == [left.pk]
    assert left_open.tell(left.pk, now) == []
    told = Notice.objects.filter(kind="shift.left_open")
    assert {notice.user for notice in told} == {clerk, manager}
    assert len(told) == 2
    left.refresh_from_db()
    assert left.is_open
    count(left, clerk)
    assert not told.unread().exists()


def test_the_job_goes_through_all_of_them(clerk, manager):
    money.till(clerk, at=timezone.now() - timedelta(days=1))
    run = make.run("billing.left_open")
    runs.work_off()
    run.refresh_from_db()
    assert (run.state, run.counts) == ("done", {"shifts": 1})
