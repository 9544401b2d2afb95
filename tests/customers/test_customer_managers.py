from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event
from customers.handover import apply_assignments
from customers.models import Customer, ManagerAssignment, SearchEntry
from jobs.models import Run
from tests import make
from tests.race import race

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 10)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def branch():
    return make.branch()


@pytest.fixture
def head(branch):
    return make.user("department_head", branch)


@pytest.fixture
def anna(branch):
    return make.user("vip_manager", branch, name="陈安")


@pytest.fixture
def bo(branch):
    return make.user("group_manager", branch, name="林波")


def run():
    return Run(job="customers.apply_assignments")


def test_there_is_exactly_one_manager_at_a_date(branch, head, anna, bo):
    customer = make.customer(branch)
    customer.assign_manager(anna, on=TODAY, by=head, today=TODAY)
    customer.assign_manager(bo, on=TOMORROW, by=head, today=TODAY)
    assert [one.manager for one in customer.assignments.on(TODAY)] == [anna]
    assert [one.manager for one in customer.assignments.on(TOMORROW)] == [bo]
    with pytest.raises(ValidationError, match="林波 is already booked"):
        customer.assign_manager(anna, on=TOMORROW, by=head, today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.assignment(customer, anna, valid_from=TOMORROW)


def test_the_manager_of_the_day_stands_where_reach_and_search_read_it(branch, head, anna):
    customer = make.customer(branch)
    customer.assign_manager(anna, on=TODAY, by=head, today=TODAY)
    assert (customer.manager, SearchEntry.objects.get(customer=customer).manager) == (anna, anna)
    assert customer in Customer.objects.visible_to(anna)
    event = Event.objects.get(customer_id=customer.pk)
    assert (event.verb, event.data["manager"], event.actor) == ("customer.manager_assigned", "陈安", head)


def test_a_booked_manager_waits_for_the_day(branch, head, anna, bo):
    customer = make.customer(branch)
    customer.assign_manager(anna, on=TODAY, by=head, today=TODAY)
    customer.assign_manager(bo, on=TOMORROW, by=head, today=TODAY)
    assert customer.manager == anna
    apply_assignments(run(), today=TODAY)
    customer.refresh_from_db()
    assert customer.manager == anna
    apply_assignments(run(), today=TOMORROW)
    customer.refresh_from_db()
    assert (customer.manager, SearchEntry.objects.get(customer=customer).manager) == (bo, bo)


def test_the_days_job_done_twice_changes_nothing_more(branch, head, anna):
    customer = make.customer(branch)
    customer.assign_manager(anna, on=TOMORROW, by=head, today=TODAY)
    make.customer(branch)
    first, second = run(), run()
    assert not apply_assignments(first, today=TOMORROW)
    assert not apply_assignments(second, today=TOMORROW)
    assert (first.done, second.done) == (1, 0)


def test_a_missed_day_is_made_up(branch, head, anna):
    customer = make.customer(branch)
    customer.assign_manager(anna, on=TOMORROW, by=head, today=TODAY)
    customer.assign_manager(None, on=TOMORROW + timedelta(days=2), by=head, today=TODAY)
    apply_assignments(run(), today=TOMORROW + timedelta(days=1))
    customer.refresh_from_db()
    assert customer.manager == anna
    apply_assignments(run(), today=TOMORROW + timedelta(days=30))
    customer.refresh_from_db()
    assert customer.manager is None


@pytest.mark.parametrize("role", ["clerk", "department_head", None])
def test_only_an_account_manager_of_the_branch_takes_customers(branch, head, role):
    customer = make.customer(branch)
    person = make.user(role, branch) if role else make.user("vip_manager")
    with pytest.raises(ValidationError) as refused:
        customer.assign_manager(person, on=TODAY, by=head, today=TODAY)
    assert list(refused.value.message_dict) == ["manager"]


def test_a_posting_that_has_ended_by_then_does_not_count(branch, head):
    gone = make.user(at=branch)
    make.post(gone, "vip_manager", branch, valid_to=TOMORROW)
    customer = make.customer(branch)
    customer.assign_manager(gone, on=TODAY, by=head, today=TODAY)
    with pytest.raises(ValidationError):
        make.customer(branch).assign_manager(gone, on=TOMORROW, by=head, today=TODAY)


def test_somebody_disabled_takes_no_customers(branch, head):
    gone = make.user("vip_manager", branch, is_active=False)
    with pytest.raises(ValidationError, match="is not an account manager"):
        make.customer(branch).assign_manager(gone, on=TODAY, by=head, today=TODAY)


def test_a_past_day_is_refused(branch, head, anna):
    with pytest.raises(ValidationError, match="today or later"):
        make.customer(branch).assign_manager(anna, on=TODAY - timedelta(days=1), by=head, today=TODAY)


def test_the_same_manager_again_changes_nothing(branch, head, anna):
    customer = make.customer(branch)
    customer.assign_manager(anna, on=TODAY, by=head, today=TODAY)
    assert customer.assign_manager(anna, on=TOMORROW, by=head, today=TODAY) is None
    assert Event.objects.count() == 1


def test_a_withdrawn_booking_leaves_the_former_manager_in_place(branch, head, anna, bo):
    customer = make.customer(branch)
    make.assignment(customer, anna)
    booked = customer.assign_manager(bo, on=TODAY, by=head, today=TODAY)
    assert customer.manager == bo
    customer.withdraw_assignment(booked, by=head, today=TODAY)
    assert customer.manager == anna
    assert customer.assignments.get().valid_to is None


def test_who_was_released_on_the_same_day_does_not_come_back_with_what_is_withdrawn(branch, head, anna, bo):
    customer = make.customer(branch)
    make.assignment(customer, anna)
    customer.assign_manager(None, on=TODAY, by=head, today=TODAY)
    booked = customer.assign_manager(bo, on=TODAY, by=head, today=TODAY)
    customer.withdraw_assignment(booked, by=head, today=TODAY)
    assert customer.manager is None
    assert customer.assignments.get().valid_to == TODAY


def test_what_has_begun_is_not_withdrawn(branch, head, anna):
    customer = make.customer(branch)
    begun = make.assignment(customer, anna)
    with pytest.raises(ValidationError, match="begun"):
        customer.withdraw_assignment(begun, by=head, today=TODAY)


@pytest.mark.django_db(transaction=True)
def test_of_managers_assigned_at_once_one_is_taken(branch, head, anna, bo):
    customer = make.customer(branch)
    people = [anna, bo, make.user("vip_manager", branch)]
    got = race(
        customer,
        [
            lambda one=one: Customer.objects.get(pk=customer.pk).assign_manager(one, on=TODAY, by=head, today=TODAY)
            for one in people
        ],
    )
    assert sum(isinstance(one, ManagerAssignment) for one in got) == 1
    assert sum(isinstance(one, ValidationError) for one in got) == 2
    customer.refresh_from_db()
    assert customer.manager == customer.assignments.get().manager


@pytest.mark.django_db(transaction=True)
def test_the_days_job_beside_itself_moves_each_customer_once(branch, head, anna):
    customer = make.customer(branch)
    customer.assign_manager(anna, on=TOMORROW, by=head, today=TODAY)
    runs = [run(), run(), run()]
    race(customer, [lambda one=one: apply_assignments(one, today=TOMORROW) for one in runs])
    assert sum(one.done for one in runs) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20)), max_size=8))
def test_whatever_is_asked_no_day_has_two_managers(branch, head, anna, bo, moves):
    people = [anna, bo, None]
    with transaction.atomic():
        customer = make.customer(branch)
        for who, days in moves:
            try:
                customer.assign_manager(people[who], on=TODAY + timedelta(days=days), by=head, today=TODAY)
            except ValidationError:
                continue
        for days in range(25):
            assert customer.assignments.on(TODAY + timedelta(days=days)).count() <= 1
        held = customer.assignments.on(TODAY).first()
        assert customer.manager == (held and held.manager)
        transaction.set_rollback(True)
