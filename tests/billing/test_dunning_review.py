"""A cycle ends in the transaction that leaves nothing undisputed overdue (domain 4.3, amendment 4)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from billing import ledger
from billing.dunning import planning, reviewing
from billing.models import ServiceRequest
from tests import dunning, make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    made = dunning.case()
    dunning.step(made)
    return made


def ended(case):
    case.refresh_from_db()
    return case.state, case.ended_for, list(case.steps.values_list("state", "reason"))


def test_a_payment_of_all_that_is_overdue_ends_the_cycle_and_leaves_out_what_was_planned(case):
    money.payment(case.account, case.account.owed)
    assert ended(case) == ("closed", "paid", [("left_out", "paid")])
    assert (case.next_on, case.next_step) == (None, None)
    event = Event.objects.get(verb="dunning.closed")
    assert (event.subject_id, event.customer_id, event.data) == (case.pk, case.account.customer_id, {"for": "paid"})


def test_a_part_of_it_does_not(case):
    money.payment(case.account, "58.99")
    assert ended(case) == ("overdue", "", [("planned", "")])


def test_a_bill_that_was_corrected_ends_it_as_such(case):
    ledger.adjust([money.an_adjustment(case.account.bills.get(), "-59.00")])
    assert ended(case)[:2] == ("closed", "adjusted")


def test_only_disputed_sums_end_it_as_such(case):
    hold(case)
    assert reviewing.review(ledger.lock([case.account_id])) == 1
    assert ended(case)[:2] == ("closed", "disputed")


def hold(case):
    bill = case.account.bills.get()
    return case.account.holds.create(branch=case.branch, bill=bill, kind="dispute", key="d", reason="x")


def test_a_bill_that_is_not_due_yet_keeps_nobody_in_dunning(case):
    dunning.overdue(account=case.account, days=-10)
    money.payment(case.account, "59.00")
    assert ended(case)[:2] == ("closed", "paid")


def test_twice_is_once(case):
    money.payment(case.account, case.account.owed)
    assert reviewing.review(ledger.lock([case.account_id])) == 0
    assert Event.objects.filter(verb="dunning.closed").count() == 1


def test_a_payment_taken_back_is_a_new_cycle(case):
    payment = money.payment(case.account, case.account.owed)
    ledger.reverse(payment, by=make.user("finance", case.branch), reason="bounced")
    planning.plan_account(case.account, timezone.now())
    assert list(case.account.dunning_cases.order_by("cycle").values_list("state", flat=True)) == ["closed", "overdue"]


def test_what_was_stopped_is_asked_back(case):
    line = make.line(case.account.customer, status="suspended_one_way")
    stop = dunning.stop(case, line=line, reminder=dunning.reminder(case, n=2))
    ServiceRequest.objects.filter(pk=stop.pk).update(state="confirmed", ended_at=timezone.now())
    money.payment(case.account, case.account.owed)
    back = ServiceRequest.objects.get(action="restore")
    assert (back.line, back.origin, back.state) == (line, "paid", "asked")


def test_a_stop_that_was_only_asked_for_is_withdrawn(case):
    stop = dunning.stop(case, reminder=dunning.reminder(case, n=2))
    money.payment(case.account, case.account.owed)
    stop.refresh_from_db()
    assert stop.state == "withdrawn"


def test_where_nobody_is_dunned_it_costs_one_query():
    accounts = [money.account().pk for _ in range(3)]
    with CaptureQueriesContext(connection) as asked:
        reviewing.review(ledger.lock(accounts))
    assert len(asked) == 2  # one of them locks
