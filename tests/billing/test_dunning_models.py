"""What the database itself refuses, whoever asks (A25, amendment 4)."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction
from django.utils import timezone

from billing.dunning import shipped
from billing.models import Reminder, Scenario, ScenarioStep, ScenarioVersion, ServiceRequest
from billing.service_requests.lines import lines_of
from tests import dunning, make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return dunning.case()


@pytest.mark.practice("A25")
def test_a_stop_needs_a_reminder_of_a_day_before(case):
    assert dunning.stop(case, reminder=dunning.reminder(case, hours=24.01)).state == "asked"


@pytest.mark.practice("A25")
@pytest.mark.parametrize(("hours", "later"), [(None, 0), (23.9, 0), (23.9, 2)])
def test_none_or_one_that_is_too_fresh_is_refused_by_the_database(case, hours, later):
    proof = {"case": case, "reminder": hours and dunning.reminder(case, hours)}
    asked_at = timezone.now() + timedelta(days=later)
    with pytest.raises(IntegrityError, match="no reminder was recorded"), transaction.atomic():
        dunning.request(case.account, None, "suspend_one_way", "arrears", asked_at=asked_at, **proof)
    assert not ServiceRequest.objects.exists()


@pytest.mark.practice("A25")
def test_one_of_another_account_is_refused(case):
    other = dunning.case(dunning.overdue(account=money.account(case.account.customer)))
    with pytest.raises(IntegrityError, match="no reminder was recorded"), transaction.atomic():
        dunning.stop(other, reminder=dunning.reminder(case))


@pytest.mark.parametrize(("state", "more"), [("unknown", {}), ("failed", {"ended_at": timezone.now})])
def test_a_message_in_doubt_or_failed_is_no_reminder(case, state, more):
    message = make.message(case.account.customer)
    dunning.taken(message, state, **{name: value() for name, value in more.items()})
    done = dunning.step(case, message=message)
    with pytest.raises(IntegrityError, match="has not taken"), transaction.atomic():
        Reminder.objects.create(account=case.account, step=done, how="accepted", message=message)


def test_failed_attempts_are_a_reminder_only_with_a_call(case):
    done = dunning.step(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(account=case.account, step=done, how="attempts", attempts=3)
    call = make.follow_up(case.account.customer)
    assert Reminder.objects.create(account=case.account, step=done, how="attempts", attempts=3, follow_up=call)


def test_a_version_and_its_steps_stay_as_they_are(case):
    with pytest.raises(Error), transaction.atomic():
        ScenarioStep.objects.filter(version=case.version).update(days=99)
    with pytest.raises(Error), transaction.atomic():
        ScenarioVersion.objects.filter(pk=case.version_id).update(from_days=9)


def test_what_is_shipped_is_shipped_once(case):
    before = Scenario.objects.count(), ScenarioStep.objects.count()
    shipped.ship(case.branch)
    assert (Scenario.objects.count(), ScenarioStep.objects.count()) == before


def test_the_first_open_account_pays_for_what_no_other_is_said_to(case):
    first, second = case.account, money.account(case.account.customer)
    lines = [make.line(first.customer) for _ in range(3)]
    second.account_lines.create(line=lines[1])
    make.line(make.customer(first.customer.unit))
    assert [list(lines_of(account)) for account in (first, second)] == [[lines[0], lines[2]], [lines[1]]]


def test_a_disputed_bill_is_not_dunned(case):
    bill = case.account.bills.get()
    case.account.holds.create(branch=case.branch, bill=bill, kind="dispute", key="d", reason="too much")
    assert not case.account.bills.dunned(timezone.localdate()).exists()
    assert case.account.bills.overdue(timezone.localdate()).exists()
