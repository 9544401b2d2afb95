"""Promises to pay: what may be promised and by whom (domain 4.3, 4.11)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from billing.dunning.promises import making
from billing.models import DunningRules, PaymentPromise
from tests import dunning, make, money
from tests.promising import account, clerk, parts, promise, states
from tests.race import race

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 8, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def refusal(made_of, said=None, **fields):
    """{field: words} of what was refused."""
    with pytest.raises(ValidationError) as refused:
        promise(made_of, said, **fields)
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}


def words_of(*args, **fields):
    return " ".join(word for words in refusal(*args, **fields).values() for word in words)


def test_a_promise_is_kept_on_record_with_its_parts_and_its_case():
    owes = account()
    made = promise(owes, parts("100.00"), note="发工资后付清")
    assert (made.state, made.case.account, made.note) == ("open", owes, "发工资后付清")
    assert [(part.n, part.amount) for part in made.parts.all()] == [(1, Decimal("100.00"))]
    event = Event.objects.get(verb="payment_promise.made")
    assert (event.subject_id, event.customer_id, event.data["sum"]) == (made.pk, owes.customer_id, "100.00")


def test_before_the_night_opened_a_case_one_may_promise_too():
    assert promise(dunning.overdue(1)).case is None


def test_the_same_form_twice_is_one_promise():
    owes = account()
    by = clerk(owes)
    assert {promise(owes, by=by, key="form").pk for _ in range(2)} == {PaymentPromise.objects.get().pk}
    assert "another promise" in words_of(account(account=money.account(owes.customer)), by=by, key="form")


def test_one_is_open_at_a_time():
    owes = account()
    promise(owes)
    assert "open already" in words_of(owes)


def test_with_nothing_overdue_there_is_nothing_to_promise():
    owes = money.account()
    money.bill(owes, due_on=timezone.localdate() + timedelta(40), issued_on=timezone.localdate())
    assert "nothing to promise" in words_of(owes, parts("59.00"))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ([], "due_on_1"),
        (parts("0.00"), "amount_1"),
        (parts("100.00", first=-1), "due_on_1"),
        (parts("50.00", "50.00", step=0), "due_on_2"),
        (parts("50.00", "50.00", step=-1), "due_on_2"),
        (parts("100.01"), "amount_1"),
        (parts("50.00", "50.00", step=364), "due_on_2"),
    ],
)
def test_what_nobody_may_promise_is_refused_beside_its_field(said, field):
    owes = account()
    with pytest.raises(ValidationError) as refused:
        making.promise(owes, said, by=clerk(owes), key="x", beyond="for once")
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (parts("100.00", first=11), "due_on_1"),
        (parts("99.99"), "amount_1"),
        (parts("50.00", "50.00", step=178), "due_on_2"),
        (parts(*["10.00"] * 10, step=10), "due_on_7"),
    ],
)
def test_the_rules_of_the_branch_hold_and_are_said_in_words(said, field):
    owes = account()
    assert list(refusal(owes, said, by=make.user("clerk", owes.branch))) == [field]
    assert field in refusal(owes, said)  # a dunning clerk who says no reason
    made = promise(owes, said, beyond="Hospital stay, agreed with the head")
    assert (made.beyond, Event.objects.get(verb="payment_promise.made").data["beyond"]) == (made.beyond,) * 2


def test_within_the_rules_no_reason_is_kept():
    assert promise(account(), parts("100.00", first=10), beyond="just so").beyond == ""


def test_the_numbers_are_those_of_the_branch():
    owes = account()
    DunningRules.objects.create(branch=owes.branch, promise_days=30)
    assert promise(owes, parts("100.00", first=30))


@pytest.mark.parametrize("others", ["kept", "broken", "withdrawn"])
def test_an_account_promises_once_a_quarter(others):
    owes = money.account()
    money.bill(owes, "100.00", due_on=date(2026, 8, 15), issued_on=date(2026, 8, 1))
    owes.refresh_from_db()
    first = promise(owes, parts("100.00", at=NOON), at=NOON)
    PaymentPromise.objects.filter(pk=first.pk).update(state=others, ended_at=NOON + timedelta(days=2))
    someone, again = make.user("clerk", owes.branch), NOON + timedelta(days=3)
    assert "1 time in a quarter" in words_of(owes, parts("100.00", at=again), at=again, by=someone)
    autumn = datetime(2026, 10, 1, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert promise(owes, parts("100.00", at=autumn), at=autumn, by=someone)


def test_one_that_is_taken_back_on_its_own_day_does_not_count():
    owes = account()
    making.withdraw(promise(owes), by=clerk(owes), reason="typed for the wrong account")
    assert promise(owes, by=make.user("clerk", owes.branch))


def test_the_rules_are_gone_beyond_once_a_quarter():
    owes = account()
    for n in range(2):
        made = promise(owes, beyond="flood")
        PaymentPromise.objects.filter(pk=made.pk).update(state="broken", ended_at=timezone.now())
        assert bool(made.beyond) == bool(n)
    assert "done once" in words_of(owes, beyond="flood again")


# Whose promise it is to take.


@pytest.mark.parametrize("fields", [{"kind": "group"}, {"locked_high_value": True}, {"code": "gold"}])
def test_the_valued_promise_to_their_own_manager(fields):
    hall = make.unit("hall", make.unit("department"))
    manager, other, clerk = (make.user(role, hall) for role in ("vip_manager", "vip_manager", "clerk"))
    tier = make.tier(hall.home, code=fields.pop("code", "ordinary"))
    owes = account(customer=make.customer(hall, manager=manager, tier=tier, **fields))
    for stranger in (other, clerk):
        assert str(manager) in words_of(owes, by=stranger)
    make.absence(manager, other)
    making.withdraw(promise(owes, by=other), by=other, reason="x")
    making.withdraw(promise(owes, by=manager), by=manager, reason="x")
    assert promise(owes).made_by


def test_where_nobody_looks_after_them_only_who_works_dunning_takes_it():
    owes = account(customer=make.customer(make.unit("hall", make.unit("department")), kind="group"))
    assert "there is none" in words_of(owes, by=make.user("clerk", owes.branch))
    assert promise(owes)


# Races.


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one():
    owes = account()
    people = [make.user("clerk", owes.branch) for _ in range(4)]
    answers = race(owes, [lambda by=by: promise(owes, by=by) for by in people])
    assert sum(isinstance(one, PaymentPromise) for one in answers) == 1
    assert states(owes) == ["open"]


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_many_hands_at_once_is_one():
    owes = account()
    by = clerk(owes)
    assert len({one.pk for one in race(owes, lambda: promise(owes, by=by, key="form"))}) == 1


# Withdrawn.


def test_it_is_withdrawn_once_with_a_reason_and_the_ladder_goes_on_where_it_stood():
    owes = account()
    case = owes.dunning_cases.get()
    today = timezone.localdate()
    case.next_step, case.next_on = case.version.steps.get(n=1), today - timedelta(2)
    case.save()
    made, by = promise(owes), clerk(owes)
    with pytest.raises(ValidationError, match="Say why"):
        making.withdraw(made, by=by, reason=" ")
    making.withdraw(made, by=by, reason="误录")
    with pytest.raises(ValidationError, match="over already"):
        making.withdraw(made, by=by, reason="again")
    case.refresh_from_db()
    assert (states(owes), case.next_on) == (["withdrawn"], today)
    assert Event.objects.get(verb="payment_promise.withdrawn").data["reason"] == "误录"


def test_a_step_that_is_still_ahead_keeps_its_day():
    owes = account()
    case = owes.dunning_cases.get()
    case.next_step, case.next_on = case.version.steps.get(n=1), timezone.localdate() + timedelta(4)
    case.save()
    making.withdraw(promise(owes), by=clerk(owes), reason="x")
    case.refresh_from_db()
    assert case.next_on == timezone.localdate() + timedelta(4)
