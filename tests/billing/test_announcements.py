"""Each debt that stops a service is announced itself: an announcement does not stand for a younger bill (A25)."""

from datetime import timedelta

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from billing import ledger, starter
from billing.dunning import disputing, foreseeing, guard, planning, recording
from billing.dunning.carrying_out import carry_out
from billing.dunning.chronicle import chronicle
from billing.models import CaseStep, Foreseen, PaymentPromise, ServiceRequest
from billing.service_requests import asking
from customers.models import Customer
from outreach.judging import No
from outreach.keeping import keep_back
from outreach.models import Message
from tests import dunning, make, money
from tests.dunning_days import at, days, pass_day
from tests.race import together
from work.models import FollowUp

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    return made


def announced(branch, *ages, hours=25):
    """A case whose stop is next: the oldest of its bills, so many days overdue, is announced and paid."""
    account = dunning.overdue(ages[0], "30.00", customer=make.reachable(branch))
    case = dunning.case(account, since=branch.today() - ages[0] * DAY)
    told = dunning.reminder(case, hours, n=3, done_at=timezone.now() - 2 * DAY)
    for age in ages[1:]:
        dunning.overdue(age, "20.00", account)
    money.payment(account, "30.00")
    case.next_step, case.next_on = case.version.steps.get(n=4), branch.today() + DAY
    case.save()
    make.line(account.customer)
    return case, told


def plan(case, days=0):
    planning.plan_account(case.account, timezone.now() + days * DAY)


def anew(case):
    return [(one.again, one.state, one.reason) for one in case.steps.filter(step__n=3).order_by("again")]


FIRST = (0, "done", "")


@pytest.mark.practice("A25")
def test_what_is_left_is_announced_at_its_own_age_before_anything_is_stopped(branch):
    today, customer = branch.today(), make.reachable(branch)
    account = dunning.overdue(21, "30.00", customer=customer)
    dunning.overdue(19, "20.00", account)
    make.line(customer)
    for day in days(today - 20 * DAY, today - 11 * DAY):
        pass_day(branch, day)
    money.payment(account, "30.00", at=at(branch, today - 10 * DAY))
    for day in days(today - 10 * DAY, today - 7 * DAY):
        pass_day(branch, day)
    case = account.dunning_cases.get()
    done = [(timezone.localdate(one.done_at), one.step.n) for one in case.steps.order_by("done_at")[2:]]
    assert done == [(today - 11 * DAY, 3), (today - 9 * DAY, 3), (today - 7 * DAY, 4)]
    stop, due = ServiceRequest.objects.get(), today - 19 * DAY
    assert (stop.reminder.step.again, stop.reminder.step.since) == (1, due)
    assert "20.00" in stop.reminder.message.text
    [first, second] = [line for line in chronicle(case, make.user("dunning_clerk", branch), timezone.now()).lines][2:4]
    assert (first.n, second.n, second.sum) == (3, 3, "¥20.00")
    assert {first.reminder.message, second.reminder.message} == {first.kept.message, second.kept.message}


def test_it_is_planned_once_and_on_the_record(branch):
    case, _told = announced(branch, 12, 10)
    plan(case)
    plan(case)
    assert anew(case) == [FIRST, (1, "planned", "")]
    [event] = Event.objects.filter(verb="dunning.step_again", subject_id=case.pk)
    assert (event.data, event.customer_id) == ({"action": "message"}, case.account.customer_id)


def test_too_young_or_promised_it_waits_and_so_does_the_stop(branch):
    young, promised = (announced(branch, 12, age)[0] for age in (9, 10))
    by = make.user("dunning_clerk", branch)
    PaymentPromise.objects.create(branch=branch, account=promised.account, case=promised, key="p", made_by=by)
    for one in (young, promised):
        plan(one)
        assert anew(one) == [FIRST]
    plan(young, days=1)
    assert anew(young) == [FIRST, (1, "planned", "")]
    carry_out(timezone.now() + DAY)
    assert young.steps.get(step__n=4).waits_for == "younger"


def test_while_the_first_announcement_is_in_doubt_no_other_is_written_and_nobody_stopped(branch):
    case, told = announced(branch, 12, 12)
    in_doubt = {"state": "done", "done_at": told.step.done_at, "message": make.message(case.account.customer)}
    CaseStep.objects.filter(pk=told.step_id).update(step=case.version.steps.get(n=2))  # that was an earlier notice
    dunning.step(case, 3, **in_doubt)
    plan(case, days=1)
    carry_out(timezone.now() + DAY)
    assert anew(case) == [FIRST]
    assert case.steps.get(step__n=4).waits_for == "reminder"


def test_what_was_announced_before_is_not_announced_again(branch):
    """The payment is taken back before the younger bill was written about."""
    case, told = announced(branch, 12, 10)
    plan(case)
    payment = case.account.payments.get()
    ledger.reverse(payment, by=make.user("dunning_clerk", branch), reason="x")
    carry_out(timezone.now())
    assert anew(case) == [FIRST, (1, "left_out", "named")]
    assert Message.objects.count() == 1
    carry_out(timezone.now() + DAY)
    plan(case, days=1)
    carry_out(timezone.now() + DAY)
    assert ServiceRequest.objects.get().reminder == told


@pytest.mark.practice("A25")
@pytest.mark.parametrize("ended", ["cancelled", "unreachable"])
def test_one_that_reached_nobody_and_whose_call_came_to_nothing_is_written_again_and_never_counts(branch, ended):
    account = dunning.overdue(12, "30.00", customer=make.reachable(branch))
    case = dunning.case(account, since=branch.today() - 12 * DAY)
    message, make_up = make.message(account.customer), lambda: recording.make_up(0, timezone.now())
    dunning.step(case, 3, state="done", done_at=timezone.now() - 2 * DAY, message=message, since=case.since)
    dunning.taken(message, "failed", reason="undelivered", ended_at=timezone.now())
    make.line(account.customer)
    case.next_step, case.next_on = case.version.steps.get(n=4), branch.today()
    case.save()
    make_up()
    plan(case)
    assert anew(case) == [FIRST]  # its call may come to something
    FollowUp.objects.update(state="in_progress")
    FollowUp.objects.update(state=ended, ended_at=timezone.now())
    plan(case)
    carry_out(timezone.now())
    recording.record_called(timezone.now())
    assert anew(case) == [FIRST, (1, "done", "")]
    assert (case.account.reminders.count(), ServiceRequest.objects.count()) == (0, 0)


def test_an_announcement_that_is_put_back_for_who_returned_and_not_needed_any_more_holds_nothing_up(branch):
    case, told = announced(branch, 12, 10)
    plan(case)
    customers = Customer.objects.filter(pk=case.account.customer_id)
    customers.update(status="left", left_on=branch.today())
    carry_out(timezone.now())
    assert anew(case) == [FIRST, (1, "left_out", "left")]
    customers.update(status="active", left_on=None)
    ledger.reverse(case.account.payments.get(), by=make.user("dunning_clerk", branch), reason="x")
    for n in range(1, 4):
        plan(case, n)
        carry_out(timezone.now() + n * DAY)
    assert anew(case) == [FIRST, (1, "left_out", "named")]
    assert ServiceRequest.objects.get().reminder == told


def test_an_older_bill_that_comes_back_is_announced_too(branch):
    case, _told = announced(branch, 12, 10)
    dunning.overdue(40, "5.00", case.account)
    plan(case)
    carry_out(timezone.now())
    assert case.steps.get(again=1).since == branch.today() - 40 * DAY


def test_the_announcement_of_what_is_left_is_not_a_second_message_of_the_day(branch):
    case, told = announced(branch, 12, 10)
    Message.objects.filter(pk=told.message_id).update(accepted_at=timezone.now())  # written before, sent today
    plan(case)
    carry_out(timezone.now())
    assert case.steps.get(again=1).waits_for == "told_today"
    carry_out(timezone.now() + DAY)
    assert case.steps.get(again=1).state == "done"


@pytest.mark.practice("A25")
def test_the_database_refuses_a_stop_for_a_debt_that_the_reminder_does_not_name(branch):
    case, told = announced(branch, 13, 12)
    with pytest.raises(IntegrityError, match="no reminder was recorded"), transaction.atomic():
        dunning.stop(case, reminder=told)
    line = case.account.customer.lines.get()
    with pytest.raises(ValidationError, match="another debt"):
        asking.ask(case.account, line, "suspend_one_way", origin="arrears", key="k", case=case, reminder=told)
    with pytest.raises(Error, match="Cannot update"), transaction.atomic():
        CaseStep.objects.filter(pk=told.step_id).update(since=branch.today() - 12 * DAY)
    case.account.holds.create(branch=branch, bill=case.account.bills.last(), kind="dispute", key="d", reason="x")
    with pytest.raises(ValidationError, match="another debt"):  # nothing undisputed is owed
        asking.ask(case.account, line, "suspend_one_way", origin="arrears", key="k", case=case, reminder=told)


@pytest.mark.practice("A25")
def test_what_was_disputed_when_its_day_was_announced_is_announced_itself(branch):
    by, due = make.user("dunning_clerk", branch), branch.today() - 12 * DAY
    account = dunning.overdue(12, "30.00", customer=make.reachable(branch))
    named, other = account.bills.get(), money.bill(account, "500.00", issued_on=due - 9 * DAY, due_on=due)
    hold = disputing.dispute(other, by=by, key="d", reason="x", at=timezone.now() - 2 * DAY)
    case = dunning.case(account, since=due)
    told = dunning.reminder(case, 25, n=3, done_at=timezone.now() - 2 * DAY)
    line = make.line(account.customer)
    case.next_step, case.next_on = case.version.steps.get(n=4), branch.today()
    case.save()
    asked = asking.ask(account, line, "suspend_one_way", origin="arrears", key="a", case=case, reminder=told)
    disputing.settle(hold, by=by, outcome="x")
    asked.refresh_from_db()
    assert (named.open, asked.state) == (30, "withdrawn")
    with pytest.raises(IntegrityError, match="no reminder was recorded"), transaction.atomic():
        dunning.stop(case, reminder=told, line=line)
    with pytest.raises(ValidationError, match="another debt"):
        asking.ask(account, line, "suspend_one_way", origin="arrears", key="b", case=case, reminder=told)
    plan(case)
    carry_out(timezone.now())
    assert anew(case) == [FIRST, (1, "done", "")]
    assert "530.00" in case.steps.get(again=1).message.text
    assert case.steps.get(step__n=4).waits_for == "reminder"


def late_to_come(case, amount="500.00"):
    """A bill of the account that comes in only now, due on the day with which its case began."""
    due = case.since
    return money.bill(case.account, amount, month=due.replace(day=1), issued_on=due - 9 * DAY, due_on=due)


def to_be_stopped(branch, day, hours=25):
    """A case that is `day` days overdue, announced so many hours ago; its stop is next."""
    account = dunning.overdue(day, "30.00", customer=make.reachable(branch))
    case = dunning.case(account, since=branch.today() - day * DAY)
    told = dunning.reminder(case, hours, n=3, done_at=timezone.now() - 2 * DAY)
    case.next_step, case.next_on = case.version.steps.get(n=4), branch.today()
    case.save()
    make.line(account.customer)
    return case, told


@pytest.mark.practice("A25")
@pytest.mark.parametrize("is_paid", [False, True])
def test_a_bill_that_comes_after_its_day_was_announced_is_announced_first(branch, is_paid):
    """And so it is where the announced one, due on the same day, is paid."""
    today, customer = branch.today(), make.reachable(branch)
    account = dunning.overdue(21, "30.00", customer=customer)
    make.line(customer)
    for day in days(today - 20 * DAY, today - 11 * DAY):
        pass_day(branch, day)
    [case], [first] = account.dunning_cases.all(), account.bills.all()
    second = late_to_come(case, "20.00")
    if is_paid:
        money.payment(account, "30.00", at=at(branch, today - 11 * DAY))
    foreseen = foreseeing.foresee(branch, today - 10 * DAY, today=today - 10 * DAY)
    pass_day(branch, today - 10 * DAY)
    assert Foreseen.objects.get(dry_run=foreseen, reason="").step.n == 3
    assert not ServiceRequest.objects.exists()
    for day in days(today - 9 * DAY, today - 7 * DAY):
        pass_day(branch, day)
    done = [(timezone.localdate(one.done_at), one.step.n, one.bills) for one in case.steps.order_by("done_at")[2:]]
    left = [second.pk] if is_paid else [first.pk, second.pk]
    assert done == [(today - 11 * DAY, 3, [first.pk]), (today - 10 * DAY, 3, left), (today - 8 * DAY, 4, None)]
    stop = ServiceRequest.objects.get()
    assert (stop.reminder.step.again, stop.reminder.step.bills) == (1, left)
    assert ("20.00" if is_paid else "50.00") in stop.reminder.message.text


@pytest.mark.practice("A25")
def test_the_database_refuses_a_stop_for_a_bill_that_came_after_the_reminder(branch):
    case, told = to_be_stopped(branch, 13)
    late, line = late_to_come(case), case.account.customer.lines.get()
    with pytest.raises(IntegrityError, match="no reminder was recorded"), transaction.atomic():
        dunning.stop(case, reminder=told, line=line)
    with pytest.raises(ValidationError, match="another debt"):
        asking.ask(case.account, line, "suspend_one_way", origin="arrears", key="k", case=case, reminder=told)
    for bills in ([*told.step.bills, late.pk], None):
        with pytest.raises(Error, match="Cannot update"), transaction.atomic():
            CaseStep.objects.filter(pk=told.step_id).update(bills=bills)
    ledger.adjust([money.an_adjustment(late, "-500.00")])
    assert dunning.stop(case, reminder=told, line=line).pk


def test_a_reminder_from_before_bills_were_kept_goes_by_its_day(branch):
    case, told = to_be_stopped(branch, 13)
    with pgtrigger.ignore("billing.CaseStep:names"):
        CaseStep.objects.filter(pk=told.step_id).update(bills=None)
    late_to_come(case)
    dunning.step(case, 4)
    carry_out(timezone.now())
    assert ServiceRequest.objects.get().reminder == told


def test_a_stop_that_is_only_asked_for_goes_when_such_a_bill_comes_in(branch):
    case, _told = to_be_stopped(branch, 13)
    dunning.step(case, 4)
    carry_out(timezone.now())
    assert ServiceRequest.objects.get().state == "asked"
    late_to_come(case)
    plan(case)
    assert (ServiceRequest.objects.get().state, anew(case)) == ("withdrawn", [FIRST, (1, "planned", "")])
    assert case.steps.get(step__n=4).state == "planned"


def test_a_message_that_is_still_to_be_sent_asks_for_the_bill_that_came_meanwhile(branch):
    """Also where the sum is as it was."""
    account = dunning.overdue(12, "30.00", customer=make.reachable(branch))
    planning.plan_account(account, timezone.now())
    carry_out(timezone.now())
    [case], [message], [first] = account.dunning_cases.all(), Message.objects.all(), account.bills.all()
    assert (case.steps.get().bills, guard.ask([message], timezone.now())) == ([first.pk], {})
    ledger.adjust([money.an_adjustment(first, "-20.00")])
    second = late_to_come(case, "20.00")
    said = guard.ask([message], timezone.now())
    assert said == {message.pk: No("changed")}
    keep_back([(message, said[message.pk])])
    recording.make_up(0, timezone.now())
    assert case.steps.get().bills == [first.pk, second.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_beside_the_import_of_another_bill_of_that_day_nobody_is_stopped_for_it(branch, turn):
    case, _told = to_be_stopped(branch, 13)
    dunning.step(case, 4)
    together([lambda: late_to_come(case), lambda: carry_out(timezone.now())])
    carry_out(timezone.now())
    plan(case)
    stops = list(ServiceRequest.objects.values_list("state", flat=True))
    assert (stops, case.steps.get(step__n=4).state) in [(["withdrawn"], "planned"), ([], "planned")]
    assert anew(case) == [FIRST, (1, "planned", "")]


@pytest.mark.django_db(transaction=True)
def test_planned_by_many_at_once_it_is_announced_once(branch):
    case, _told = announced(branch, 12, 10)
    together([lambda: plan(case), lambda: plan(case), lambda: carry_out(timezone.now())])
    plan(case)
    assert [one[0] for one in anew(case)] == [0, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_beside_the_payment_of_the_announced_bill_nobody_is_stopped_for_the_other(branch, turn):
    """Even where the stop was asked for while the announced bill was owed, it waits for the other's announcement."""
    account = dunning.overdue(13, "30.00", customer=make.reachable(branch))
    case = dunning.case(account, since=branch.today() - 13 * DAY)
    dunning.reminder(case, 25, n=3)
    dunning.overdue(12, "20.00", account)
    case.next_step, case.next_on = case.version.steps.get(n=4), branch.today()
    case.save()
    dunning.step(case, 4)
    make.line(account.customer)
    together([lambda: money.payment(account, "30.00"), lambda: plan(case), lambda: carry_out(timezone.now())])
    recording.record_taken(timezone.now())
    stops = list(ServiceRequest.objects.values_list("state", flat=True))
    assert (stops, case.steps.get(step__n=4).state) in [(["withdrawn"], "planned"), ([], "planned")]
