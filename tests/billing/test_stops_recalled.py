"""Who promises, contests, or is spared, before the billing system has begun: the stop is withdrawn in the same moment,
and comes again when nothing keeps it back any more (A25, domain 4.3).
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from billing import starter
from billing.dunning import disputing, exempting, planning, stopping
from billing.dunning.carrying_out import carry_out
from billing.dunning.promises import breaking, making
from billing.service_requests import answering
from tests import dunning, make, money
from tests.promising import clerk, late, promise
from tests.race import race

DAY = timedelta(days=1)


def stopping_case(lines=1):
    """A case whose one-way stop is asked for, for each of its lines."""
    customer = make.reachable()
    starter.plant(customer.branch)
    account = dunning.overdue(40, customer=customer)
    made = dunning.case(account, since=timezone.localdate() - 40 * DAY)
    dunning.reminder(made, 25, n=3)
    for _ in range(lines):
        make.line(customer)
    made.next_step, made.next_on = made.version.steps.get(n=4), timezone.localdate()
    made.save()
    dunning.step(made, 4)
    carry_out(timezone.now())
    return made


def stands(case):
    """The states of its requests, of the step, and the number of the next one."""
    case.refresh_from_db()
    step = case.steps.get(step__n=4)
    return list(case.service_requests.order_by("pk").values_list("state", flat=True)), step.state, case.next_step


def stop(case, by, until=None):
    day = timezone.localdate()
    return stopping.stop(case.account, by=by, key="s", reason="x", until=until or day + 3 * DAY)


@pytest.mark.django_db
@pytest.mark.practice("A25")
def test_a_promise_withdraws_what_is_only_asked_and_broken_it_is_asked_again():
    case = stopping_case()
    made = promise(case.account)
    assert stands(case) == (["withdrawn"], "planned", case.version.steps.get(n=4))
    carry_out(timezone.now())
    assert case.steps.get(step__n=4).waits_for == "promise"
    late(made)
    breaking.break_some(timezone.now())
    carry_out(timezone.now())
    assert stands(case) == (["withdrawn", "asked"], "done", None)


@pytest.mark.django_db
def test_a_promise_that_is_taken_back_lets_the_stop_be_asked_again():
    case = stopping_case()
    by = clerk(case.account)
    for _ in range(2):
        made = promise(case.account, by=by)
        making.withdraw(made, by=by, reason="x")
        carry_out(timezone.now())
    assert stands(case)[0] == ["withdrawn", "withdrawn", "asked"]


@pytest.mark.django_db
@pytest.mark.practice("A25")
def test_a_person_who_stops_dunning_stops_what_is_only_asked():
    case = stopping_case(lines=2)
    by = clerk(case.account)
    first = case.service_requests.order_by("pk").first()
    answering.accept(first)
    held = stop(case, by)
    assert stands(case)[:2] == (["accepted", "withdrawn"], "planned")
    answering.confirm(first)
    stopping.let_go_on(held, by=by, reason="x")
    carry_out(timezone.now())
    states, step, following = stands(case)
    assert (states, step, following.n) == (["confirmed", "withdrawn", "asked"], "done", 5)


@pytest.mark.django_db
def test_the_same_form_twice_withdraws_nothing_that_came_later():
    case = stopping_case()
    by = clerk(case.account)
    held = stop(case, by)
    stopping.let_go_on(held, by=by, reason="x")
    carry_out(timezone.now())
    stop(case, by)
    assert stands(case)[0] == ["withdrawn", "asked"]


@pytest.mark.django_db
def test_a_dispute_of_all_and_a_payment_end_the_case_with_what_was_asked():
    disputed, paid = stopping_case(), stopping_case()
    by = clerk(disputed.account)
    disputing.dispute(disputed.account.bills.get(), by=by, key="d", reason="x")
    money.payment(paid.account, paid.account.owed)
    for case in (disputed, paid):
        assert stands(case) == (["withdrawn"], "done", None)
        assert case.state == "closed"


@pytest.mark.django_db
def test_an_exempt_line_is_spared_and_the_others_are_not():
    case = stopping_case(lines=2)
    spared, other = case.service_requests.order_by("pk")
    asks, approves = clerk(case.account), make.user("department_head", case.branch)
    exempting.approve(exempting.ask(spared.line, by=asks, kind="hospital", reason="x"), by=approves)
    carry_out(timezone.now())
    assert stands(case)[:2] == (["withdrawn", "asked"], "done")
    answering.confirm(other)
    assert stands(case)[2].n == 5


@pytest.mark.django_db
@pytest.mark.practice("A25")
@pytest.mark.parametrize("how", ["paid", "disputed"])
def test_when_the_announced_debt_goes_so_does_its_stop_and_what_is_left_is_announced_first(how):
    case = stopping_case()
    [announced] = case.account.bills.all()
    dunning.overdue(12, "20.00", case.account)
    if how == "paid":
        money.payment(case.account, str(announced.open))
    else:
        disputing.dispute(announced, by=clerk(case.account), key="d", reason="x")
    assert stands(case) == (["withdrawn"], "planned", case.version.steps.get(n=4))
    planning.plan_account(case.account, timezone.now() + DAY)
    carry_out(timezone.now() + DAY)
    assert stands(case)[:2] == (["withdrawn"], "planned")
    assert case.steps.get(step__n=3, again=1).since == timezone.localdate() - 12 * DAY


@pytest.mark.django_db
def test_a_payment_that_leaves_the_announced_debt_leaves_its_stop():
    case = stopping_case()
    dunning.overdue(12, "20.00", case.account)
    money.payment(case.account, "1.00")
    assert stands(case)[:2] == (["asked"], "done")


def promises(case):
    return lambda: promise(case.account, by=clerk(case.account)) and None


def stops(case):
    return lambda: stop(case, clerk(case.account)) and None


def contests(case):
    bill = case.account.bills.get()
    return lambda: disputing.dispute(bill, by=clerk(case.account), key="d", reason="x") and None


def spares(case):
    line = case.account.customer.lines.get()
    asks, approves = clerk(case.account), make.user("department_head", case.branch)
    asked = exempting.ask(line, by=asks, kind="hospital", reason="x")
    return lambda: exempting.approve(asked, by=approves) and None


@pytest.mark.django_db(transaction=True)
@pytest.mark.practice("A25")
@pytest.mark.parametrize("keeps", [promises, stops, contests, spares])
@pytest.mark.parametrize(("answer", "answered"), [(answering.accept, "accepted"), (answering.confirm, "confirmed")])
def test_beside_the_billing_system_that_takes_it_exactly_one_of_the_two_wins(keeps, answer, answered):
    case = stopping_case()
    request = case.service_requests.get()
    _kept, taken = race(request, [keeps(case), lambda: answer(request)])
    request.refresh_from_db()
    step = case.steps.get(step__n=4).state
    if isinstance(taken, ValidationError):
        assert (request.state, step) == ("withdrawn", "done" if keeps is contests else "planned")
    else:
        assert (request.state, step) == (answered, "done")
        back = request.line.service_requests.filter(action="restore", state="asked")
        assert back.exists() == (keeps in (contests, spares))
