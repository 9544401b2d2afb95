"""Restorations that take too long, requests without an answer, and numbers that were kept long enough."""

from datetime import timedelta

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from billing.models import FrozenNumber, ServiceRequest
from billing.service_requests import answering, asking, proof, releasing, ringing
from tests import dunning, make, money
from tests.race import race, together
from work.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return make.branch()


@pytest.fixture
def people(branch):
    """Who duns, the duty manager of the customer's hall, the head."""
    hall = make.unit("hall", make.unit("department", branch))
    held = {"dunning_clerk": make.unit("desk", branch), "duty_manager": hall, "branch_head": branch}
    return {role: make.user(role, unit) for role, unit in held.items()}


@pytest.fixture
def restoration(people):
    hall = people["duty_manager"].postings.get().unit
    case = dunning.case(dunning.overdue(customer=make.customer(hall)))
    line = make.line(case.account.customer)
    answering.confirm(dunning.stop(case, line=line))
    return asking.ask(case.account, line, "restore", origin="staff", key="r", reason="x")


def told():
    return sorted(Notice.objects.values_list("user__postings__role", "kind"))


def test_each_moment_that_passes_is_told_to_the_next_higher_once(restoration):
    asked = restoration.asked_at
    for hours, wanted in [
        (0.9, []),
        (1.1, [("dunning_clerk", "restore.due")]),
        (23, [("dunning_clerk", "restore.due")]),
        (25, [("dunning_clerk", "restore.due"), ("duty_manager", "restore.late")]),
    ]:
        for _twice in range(2):
            ringing.ring_clocks(asked + timedelta(hours=hours))
        assert told() == wanted
    ringing.ring_clocks(asked + timedelta(hours=49))
    assert ("branch_head", "restore.law") in told()
    assert ServiceRequest.objects.get(pk=restoration.pk).told == 3


def test_after_an_outage_all_that_passed_is_told(restoration):
    assert ringing.ring_clocks(restoration.asked_at + timedelta(days=3)) == 1
    assert [kind for _role, kind in told()] == ["restore.law", "restore.due", "restore.late"]
    assert ringing.ring_clocks(restoration.asked_at + timedelta(days=4)) == 0


def test_what_is_restored_in_time_rings_nobody_and_later_quietens(restoration):
    ringing.ring_clocks(restoration.asked_at + timedelta(hours=2))
    answering.confirm(restoration)
    assert Notice.objects.filter(read_at=None).count() == 0
    assert ringing.ring_clocks(restoration.asked_at + timedelta(hours=49)) == 0


def test_a_refused_restoration_is_told_at_once(restoration):
    answering.refuse(restoration, reason="stolen")
    assert told() == [("dunning_clerk", "restore.refused")]


@pytest.mark.parametrize("is_paid", [False, True])
def test_a_refused_stop_is_told_of_while_its_case_goes_on(branch, people, is_paid):
    stop = dunning.stop(dunning.case(dunning.overdue(customer=make.customer(branch))), state="accepted")
    if is_paid:
        money.payment(stop.account, stop.account.owed)
    answering.refuse(stop, reason="on the list of the ministry")
    assert told() == ([] if is_paid else [("dunning_clerk", "stop.refused")])


@pytest.mark.django_db(transaction=True)
def test_many_clocks_ring_once(restoration):
    at = restoration.asked_at + timedelta(hours=2)
    together(lambda: ringing.ring_clocks(at))
    assert told() == [("dunning_clerk", "restore.due")]


def test_requests_without_an_answer_are_told_of_once_a_branch(branch, people):
    case = dunning.case(dunning.overdue(customer=make.customer(branch)))
    reminder, at = dunning.reminder(case), timezone.now()
    for _each in range(3):
        dunning.stop(case, reminder=reminder)
    answering.confirm(dunning.stop(case, reminder=reminder))
    assert ringing.ring_unanswered(at + timedelta(minutes=50)) == 0
    for _twice in range(2):
        ringing.ring_unanswered(at + timedelta(minutes=70))
    [one] = Notice.objects.all()
    assert (one.user, one.data["n"]) == (people["dunning_clerk"], 3)


@pytest.fixture
def frozen(branch):
    customer = make.customer(branch)
    account, line = money.account(customer), make.line(customer, number="13812345678")
    make.identifier(customer, line.number, kind="service", line=line)
    answering.confirm(asking.ask(account, line, "cancel", origin="customer", key="c"))
    return FrozenNumber.objects.get()


def later(frozen, days):
    return frozen.since + timedelta(days=days)


def test_a_number_is_free_the_day_after_it_was_kept_until(frozen):
    held = frozen.account.customer.identifiers.get()
    assert (releasing.release_some(later(frozen, 90)), held.valid_to) == (0, None)
    assert releasing.release_some(later(frozen, 91)) == 1
    assert releasing.release_some(later(frozen, 92)) == 0
    frozen.refresh_from_db()
    held.refresh_from_db()
    assert frozen.released_at
    assert held.valid_to == timezone.localdate(later(frozen, 91))
    assert Event.objects.filter(verb="customer.number_ended", customer_id=held.customer_id).count() == 1
    with pytest.raises(ValidationError, match="not kept"):
        asking.ask(frozen.account, frozen.line, "reclaim", origin="customer", key="late")


def test_a_number_that_another_line_of_the_owner_has_stays_theirs(frozen):
    make.line(frozen.account.customer, number=frozen.number)
    releasing.release_some(later(frozen, 91))
    assert frozen.account.customer.identifiers.get().valid_to is None


def test_a_number_that_is_asked_back_is_not_released_meanwhile(frozen):
    back = asking.ask(frozen.account, frozen.line, "reclaim", origin="customer", key="back", at=later(frozen, 90))
    assert releasing.release_some(later(frozen, 91)) == 0
    answering.confirm(back)
    frozen.refresh_from_db()
    assert (frozen.released_at, frozen.line.status) == (None, "active")


@pytest.mark.django_db(transaction=True)
def test_a_number_is_released_or_given_back_but_never_both(frozen):
    works = [
        lambda: releasing.release_some(later(frozen, 91)),
        lambda: asking.ask(frozen.account, frozen.line, "reclaim", origin="customer", key="b", at=later(frozen, 90)),
        lambda: releasing.release_some(later(frozen, 91)),
    ]
    _one, asked, _two = race(frozen, works)
    frozen.refresh_from_db()
    assert bool(frozen.released_at) == isinstance(asked, ValidationError)


@pytest.mark.practice("A25")
def test_suspensions_without_a_reminder_are_counted_from_the_rows():
    case = dunning.case()
    dunning.stop(case)
    dunning.request(case.account, action="suspend_one_way", origin="staff")
    assert proof.unreminded() == 0
    late = dunning.reminder(case, hours=2, n=2)
    with pgtrigger.ignore("billing.ServiceRequest:reminded"):
        dunning.stop(case, reminder=late)
    assert proof.unreminded() == 1
    assert proof.unreminded(ServiceRequest.objects.filter(account=money.account())) == 0
