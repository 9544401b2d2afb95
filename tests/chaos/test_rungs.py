"""What `make chaos` asks the database about dunning: silent where all is well, and each wrong thing is found."""

from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.trail import record
from billing import ledger, starter
from billing.dunning import carrying_out, planning, recording, stopping
from billing.models import Account, CaseStep, DunningCase, Payment, Reminder, ServiceRequest
from billing.service_requests import answering
from chaos import dunning as fire
from chaos import rungs
from customers.models import Line
from outreach.models import Attempt, Decision, Message
from tests import dunning, make, money

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = timezone.now  # the questions go by the database's


def wrong(days=12):
    """{what: how often}, of what is wrong with accounts so many days overdue."""
    known = list(Account.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(rungs.WRONG, {"debtors": known, "days": [days] * len(known)})
        return {what: len(found) for what, found in cursor.fetchone()[0].items() if found}


def live(days_ago):
    """A day of the ladder."""
    at = NOW() - days_ago * DAY
    planning.plan_some(0, at)
    while carrying_out.carry_out(at):
        pass
    for message in Message.objects.filter(state="planned"):
        dunning.taken(message, accepted_at=at)
    recording.record_taken(at)


@pytest.fixture
def account():
    """It never paid: everything was said, its line is stopped by today."""
    made = dunning.overdue(days=12, customer=make.reachable())
    make.line(made.customer)
    starter.plant(made.branch)
    for days_ago in (11, 5, 2, 0):
        live(days_ago)
    for request in ServiceRequest.objects.all():
        answering.accept(request)
        answering.confirm(request)
    return made


def settle(account):
    money.payment(account, account.owed)
    for request in ServiceRequest.objects.filter(action="restore"):
        answering.confirm(request)


def test_a_ladder_that_was_climbed_is_well(account):
    assert Line.objects.get().status == "suspended_one_way"
    assert wrong() == {}


def test_an_account_that_has_paid_is_well(account):
    settle(account)
    assert Line.objects.get().status == "active"
    assert wrong() == {}


def test_a_stop_less_than_a_day_after_its_reminder_is_found(account):
    with pgtrigger.ignore("billing.Reminder:append_only"):
        Reminder.objects.update(at=NOW() - HOUR)
    assert wrong() == {"stops without a reminder": 1}


def test_what_is_left_and_was_announced_itself_is_well_and_found_where_it_was_not():
    made = dunning.overdue(days=14, customer=make.reachable())
    made = dunning.overdue(days=12, account=made)
    make.line(made.customer)
    starter.plant(made.branch)
    for days_ago in (13, 7, 4):
        live(days_ago)
    older = made.bills.order_by("due_on").first()
    ledger.adjust([money.an_adjustment(older, f"-{older.amount}")])
    for days_ago in (2, 0):
        live(days_ago)
    answering.confirm(ServiceRequest.objects.get())
    assert CaseStep.objects.filter(step__n=3).count() == 2
    assert wrong() == {}
    with pgtrigger.ignore("billing.CaseStep:names"):
        CaseStep.objects.filter(again=1).update(since=older.due_on)
    assert wrong() == {"stops without a reminder": 1}


def test_a_stop_for_a_bill_that_its_reminder_did_not_ask_for_is_found(account):
    assert CaseStep.objects.get(step__n=3).bills == [account.bills.get().pk]
    with pgtrigger.ignore("billing.CaseStep:names"):
        CaseStep.objects.filter(step__n=3).update(bills=[])
    assert wrong() == {"stops without a reminder": 1}


def test_a_stop_whose_reminder_was_never_taken_is_found(account):
    with pgtrigger.ignore("outreach.Message:moves"):
        Message.objects.update(state="unknown")
    assert "stops without a reminder" in wrong()


def test_an_attempt_after_the_payment_is_found_and_one_before_it_is_not(account):
    message = CaseStep.objects.get(step__n=1).message
    Attempt.objects.create(message=message, n=1, gateway="sms", started_at=NOW())
    settle(account)
    assert wrong() == {}
    Attempt.objects.create(message=message, n=2, gateway="sms", started_at=NOW())
    assert wrong() == {"messages after the payment": 1}


def left_in_doubt():
    """How many messages the book says a payment left so, one of the account's being in doubt."""
    with pgtrigger.ignore("outreach.Message:moves"):
        Message.objects.filter(pk=CaseStep.objects.get(step__n=1).message_id).update(state="unknown", next_at=None)
    with connection.cursor() as cursor:
        cursor.execute(fire.BOOK, {"since": NOW() - HOUR})
        return sum(in_doubt for *_, in_doubt in cursor.fetchone()[0]["messages"])


def doubt(reason="unwanted_in_doubt"):
    message = CaseStep.objects.get(step__n=1).message
    Decision.objects.create(message=message, what=Decision.What.DOUBTED, reason=reason)


def test_a_message_that_was_not_sent_again_since_it_was_paid_may_stay_in_doubt(account):
    settle(account)
    doubt()
    assert left_in_doubt() == 1


def test_a_message_left_in_doubt_while_it_was_owed_is_lost(account):
    doubt()
    settle(account)
    assert left_in_doubt() == 0


@pytest.mark.parametrize("reason", ["", "too_late_in_doubt"])
def test_a_message_in_doubt_for_another_reason_is_lost(account, reason):
    settle(account)
    if reason:
        doubt(reason)
    assert left_in_doubt() == 0


def test_an_overdue_account_without_a_case_is_found():
    dunning.overdue(days=2)
    assert wrong(days=2) == {"case lost": 1}


def test_a_step_whose_day_has_come_and_gone_is_found(account):
    last = DunningCase.objects.get().version.steps.last()
    DunningCase.objects.update(next_on=timezone.localdate() - DAY, next_step=last)
    assert wrong() == {"step lost": 1}


def test_a_step_is_lost_only_once_nobody_holds_it():
    account, today = dunning.overdue(days=2), timezone.localdate()
    first, clerk = dunning.version(account.branch).steps.first(), make.user("clerk", account.branch)
    dunning.case(account, next_on=today, next_step=first)
    held = stopping.stop(account, by=clerk, key="k", reason="In hospital", until=today)
    assert wrong(days=2) == {}
    stopping.let_go_on(held, by=clerk, reason="Home again")
    assert wrong(days=2) == {"step lost": 1}


def test_a_step_that_was_done_without_its_message_is_found(account):
    CaseStep.objects.filter(step__n=2).update(message=None)
    assert "message lost" in wrong()


def test_a_message_without_its_reminder_is_found(account):
    live_one = dunning.overdue(days=2, customer=make.reachable(account.branch))
    planning.plan_some(0, NOW())
    carrying_out.carry_out(NOW())
    dunning.taken(CaseStep.objects.get(case__account=live_one).message, accepted_at=NOW())
    assert "reminder lost" in wrong()


def test_a_request_without_an_answer_is_found(account):
    dunning.request(account, action="hold", origin="customer")
    assert "answer lost" in wrong()


def test_a_line_that_was_not_stopped_is_found(account):
    Line.objects.update(status="active")
    assert wrong() == {"suspension lost": 1}


def test_a_line_that_was_not_restored_is_found(account):
    settle(account)
    Line.objects.update(status="suspended_one_way")
    assert wrong() == {"restoration lost": 1}


def test_a_case_that_did_not_end_with_the_payment_is_found(account):
    settle(account)
    with pgtrigger.ignore("billing.DunningCase:moves"):
        DunningCase.objects.update(state="notice_1", ended_at=None, ended_for="")
    assert wrong() == {"end lost": 1}


def test_a_line_that_was_stopped_twice_by_a_step_is_found(account):
    stop = ServiceRequest.objects.get()
    stop.pk, stop.key = None, "another key"
    stop.save(force_insert=True)
    assert wrong() == {"stop doubled": 1}


def test_a_line_that_was_restored_twice_is_found(account):
    settle(account)
    dunning.request(account, Line.objects.get(), state="confirmed", ended_at=NOW())
    assert wrong() == {"restoration doubled": 1}


def test_a_request_that_was_answered_twice_is_found(account):
    record_again(ServiceRequest.objects.get(), "service_request.confirmed")
    assert wrong() == {"event of a request doubled": 1}


def test_a_case_that_was_opened_twice_is_found(account):
    record_again(DunningCase.objects.get(), "dunning.opened")
    assert wrong() == {"event of a case doubled": 1}


def test_a_step_that_was_done_twice_is_found(account):
    record_again(DunningCase.objects.get(), "dunning.step_done")
    assert wrong() == {"step doubled": 1}


def record_again(subject, verb):
    with transaction.atomic():
        record(subject, verb, by=None)


def test_a_payment_that_was_booked_twice_is_found(account):
    settle(account)
    money.payment(account, Payment.objects.get().amount)
    assert Account.objects.get(pk=account.pk).credit == Decimal("59.00")
    assert wrong() == {"payment doubled": 1}
