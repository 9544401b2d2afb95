"""What the billing system is asked, and what its answers make of a line (domain 4.3, 2.1 nos. 8 to 10 and 28)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.models import Event
from billing.models import Account, DunningRules, Exemption, FrozenNumber, ServiceRequest
from billing.service_requests import answering, asking
from billing.service_requests.withdrawing import withdraw
from tests import dunning, make, money
from tests.race import race

pytestmark = pytest.mark.django_db
ONE_WAY, TWO_WAY, RESTORE, CANCEL = "suspend_one_way", "suspend_two_way", "restore", "cancel"


@pytest.fixture
def case():
    return dunning.case()


@pytest.fixture
def line(case):
    return make.line(case.account.customer)


def ask(case, line, action=ONE_WAY, origin="arrears", **fields):
    if origin == "arrears":
        fields = {"case": case, "reminder": case.account.reminders.last() or dunning.reminder(case, 200)} | fields
    fields = {"key": f"{action} {line.pk}"} | fields
    return asking.ask(case.account, line, action, origin=origin, **fields)


def stopped(case, line, action=ONE_WAY, **fields):
    return answering.confirm(ask(case, line, action, **fields))


def paid(*accounts, at=None):
    """What the ledger does once nothing is overdue."""
    with transaction.atomic():
        list(Account.objects.filter(pk__in=[one.pk for one in accounts]).order_by("pk").select_for_update())
        return asking.restore([one.pk for one in accounts], at or timezone.now())


def status(line):
    line.refresh_from_db()
    return line.status


@pytest.mark.practice("A25")
def test_a_line_is_stopped_when_the_stop_is_confirmed_and_not_before(case, line):
    asked = ask(case, line)
    answering.accept(asked)
    assert status(line) == "active"
    answering.confirm(asked)
    case.refresh_from_db()
    assert (status(line), case.stopped_at is not None) == ("suspended_one_way", True)
    told = Event.objects.filter(customer_id=line.customer_id, verb__startswith="service_request.")
    assert [one.verb.split(".")[1] for one in told.order_by("pk")] == ["asked", "accepted", "confirmed"]


def test_the_same_wish_twice_is_one_request_and_another_under_its_key_is_refused(case, line):
    assert ask(case, line, key="k") == ask(case, line, key="k")
    with pytest.raises(ValidationError, match="another wish"):
        ask(case, line, TWO_WAY, key="k")
    with pytest.raises(ValidationError, match="asked for this already"):
        ask(case, line, key="other")
    assert Event.objects.filter(verb="service_request.asked").count() == 1


@pytest.mark.practice("A25")
@pytest.mark.parametrize(("action", "hours", "ok"), [(ONE_WAY, 30, False), (ONE_WAY, 49, True), (TWO_WAY, 49, True)])
def test_a_branch_may_ask_for_more_than_a_day_between_reminder_and_stop(case, line, action, hours, ok):
    DunningRules.objects.create(branch=case.branch, reminded_hours=48)
    reminder = dunning.reminder(case, hours)
    if ok:
        assert ask(case, line, action, reminder=reminder)
    else:
        with pytest.raises(ValidationError, match="at least 48 hours") as refusal:
            ask(case, line, action, reminder=reminder)
        assert refusal.value.code == "not_reminded"


@pytest.mark.practice("A25")
def test_without_a_reminder_of_this_case_nothing_is_asked(case, line):
    other = dunning.case(dunning.overdue(account=money.account(case.account.customer)))
    for reminder in (None, dunning.reminder(other)):
        with pytest.raises(ValidationError, match="No reminder"):
            ask(case, line, reminder=reminder)
    assert not ServiceRequest.objects.exists()


def test_a_cancellation_waits_for_its_notice_and_a_suspension(case, line):
    reminder = dunning.reminder(case, 169)
    with pytest.raises(ValidationError, match="Only a line that is suspended"):
        ask(case, line, CANCEL, reminder=reminder)
    stopped(case, line, reminder=reminder)
    with pytest.raises(ValidationError, match="at least 168 hours"):
        ask(case, line, CANCEL, reminder=dunning.reminder(case, 100, n=2))
    assert ask(case, line, CANCEL, reminder=reminder)


def test_an_exempt_line_is_never_stopped_for_arrears(case, line):
    by, other = make.user(at=case.branch), make.user(at=case.branch)
    exempt = {"kind": "hospital", "reason": "x", "state": "approved", "asked_by": by, "decided_by": other}
    Exemption.objects.create(branch=case.branch, line=line, **exempt)
    with pytest.raises(ValidationError, match="never stopped for arrears"):
        ask(case, line)
    assert ask(case, line, origin="staff", reason="misused")


def test_what_makes_no_sense_is_refused_in_words(case, line):
    for action in (RESTORE, "reclaim"):
        with pytest.raises(ValidationError, match="the line is “In service”"):
            ask(case, line, action, origin="customer")
    with pytest.raises(ValidationError, match="A payment stops no line"):
        ask(case, line, origin="paid")
    with pytest.raises(ValidationError, match="Say why"):
        ask(case, line, origin="staff")
    with pytest.raises(ValidationError, match="does not pay for this line"):
        ask(case, make.line(make.customer(case.branch)), origin="customer")


def test_a_payment_withdraws_what_is_asked_and_asks_back_what_is_stopped_or_being_stopped(case):
    asked, accepted, done, fine = (make.line(case.account.customer) for _ in range(4))
    first, second = ask(case, asked), answering.accept(ask(case, accepted))
    third, at = stopped(case, done), timezone.now()
    assert paid(case.account, at=at) == 2
    first.refresh_from_db()
    assert first.state == "withdrawn"
    back = ServiceRequest.objects.filter(action=RESTORE).order_by("pk")
    assert [(one.line, one.key) for one in back] == [(one.line, f"restore:{one.pk}") for one in (second, third)]
    assert {(one.due_at - at, one.late_at - at, one.law_at - at) for one in back} == {
        (timedelta(hours=1), timedelta(hours=24), timedelta(hours=48))
    }
    assert paid(case.account) == 0
    for one in back:
        answering.confirm(one)
    assert status(done) == "active"
    assert paid(case.account) == 0
    assert not fine.service_requests.exists()


def test_a_payment_undoes_only_what_was_stopped_for_arrears(case, line):
    stopped(case, line)
    answering.confirm(ask(case, line, TWO_WAY, origin="staff", reason="misused"))
    assert paid(case.account) == 0


def test_nothing_to_restore_costs_one_query(case, line, django_assert_num_queries):
    stopped(case, line)
    paid(case.account)
    answering.confirm(ServiceRequest.objects.get(action=RESTORE))
    with transaction.atomic(), django_assert_num_queries(1):
        assert asking.restore([case.account_id], timezone.now()) == 0


def test_an_older_stop_that_is_confirmed_late_does_not_stop_the_line_again(case, line):
    stop = answering.accept(ask(case, line))
    paid(case.account)
    answering.confirm(ServiceRequest.objects.get(action=RESTORE))
    late = answering.confirm(stop)
    assert (late.state, status(line)) == ("confirmed", "active")
    assert Event.objects.filter(verb="service_request.confirmed", data__overtaken=True).count() == 1


def test_a_refused_stop_leaves_nothing_to_restore(case, line):
    stop = answering.accept(ask(case, line))
    paid(case.account)
    answering.refuse(stop, reason="not ours")
    assert ServiceRequest.objects.get(action=RESTORE).state == "withdrawn"


def test_answers_given_twice_are_one_and_contrary_ones_are_refused(case, line):
    stop = ask(case, line)
    for answer in (answering.accept, answering.accept, answering.confirm, answering.confirm, answering.accept):
        answer(stop)
    with pytest.raises(ValidationError):
        answering.refuse(stop, reason="x")
    with pytest.raises(ValidationError):
        withdraw(stop, by=None)
    assert Event.objects.filter(verb="service_request.confirmed").count() == 1
    refused = ask(case, line, TWO_WAY)
    with pytest.raises(ValidationError, match="Say why"):
        answering.refuse(refused, reason=" ")
    answering.refuse(refused, reason="x")
    assert answering.refuse(refused, reason="y").refused_for == "x"
    with pytest.raises(ValidationError):
        answering.confirm(refused)


def test_what_is_withdrawn_is_not_taken_any_more(case, line):
    asked = ask(case, line)
    assert withdraw(withdraw(asked, by=None), by=None).state == "withdrawn"
    for answer in (answering.accept, answering.confirm):
        with pytest.raises(ValidationError):
            answer(asked)


def test_a_restoration_that_was_paid_for_is_not_withdrawn_by_a_person(case, line):
    stopped(case, line)
    paid(case.account)
    with pytest.raises(ValidationError, match="has paid"):
        withdraw(ServiceRequest.objects.get(action=RESTORE), by=make.user(at=case.branch))


def test_a_cancelled_number_is_kept_and_given_back_with_its_plan(case, line):
    plan = make.plan(case.branch)
    line.plans.create(plan=plan, valid_from=make.LONG_AGO)
    stopped(case, line)
    stopped(case, line, CANCEL)
    kept, day = FrozenNumber.objects.get(), timezone.localdate()
    assert (status(line), line.ended_on, kept.number) == ("off_net", day, line.number)
    assert (kept.until - day).days == 90
    assert line.plans.get().valid_to == day
    with pytest.raises(ValidationError, match="overdue"):
        ask(case, line, "reclaim", origin="customer")
    money.payment(case.account)
    with pytest.raises(ValidationError, match="not kept"):
        ask(case, line, "reclaim", origin="customer", at=timezone.now() + timedelta(days=91))
    answering.confirm(ask(case, line, "reclaim", origin="customer"))
    kept.refresh_from_db()
    assert (status(line), line.ended_on, kept.reclaimed_at is not None) == ("active", None, True)
    assert line.plans.get().valid_to is None


def test_a_plan_is_changed_when_it_is_confirmed(case, line):
    plan = make.plan(case.branch)
    for wrong in ({}, {"plan": "none"}, {"plan": make.plan(case.branch, kind="broadband").code}):
        with pytest.raises(ValidationError, match="not for this line"):
            ask(case, line, "change_plan", origin="customer", details=wrong)
    asked = ask(case, line, "change_plan", origin="customer", details={"plan": plan.code})
    assert line.plan is None
    answering.confirm(asked)
    line.refresh_from_db()
    assert line.plan == plan


def test_a_customer_may_keep_the_number_and_come_back(case, line):
    answering.confirm(ask(case, line, "hold", origin="customer"))
    assert status(line) == "voluntary_hold"
    answering.confirm(ask(case, line, RESTORE, origin="customer"))
    assert status(line) == "active"


@pytest.mark.django_db(transaction=True)
def test_many_payments_at_once_ask_once(case, line):
    stopped(case, line)
    assert sorted(race(case.account, lambda: paid(case.account))) == [0, 0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_the_same_wish_of_many_is_one_request(case, line):
    made = race(case.account, lambda: ask(case, line, origin="customer", key="k"))
    assert len({one.pk for one in made}) == 1


@pytest.mark.django_db(transaction=True)
def test_of_contrary_answers_at_once_one_stands(case, line):
    stop = ask(case, line)
    answers = [
        lambda: answering.confirm(stop),
        lambda: answering.refuse(stop, reason="x"),
        lambda: withdraw(stop, by=None),
        lambda: answering.confirm(stop),
    ]
    race(stop, answers)
    stop.refresh_from_db()
    assert (stop.state == "confirmed") == (status(line) == "suspended_one_way")
    ends = ["service_request.confirmed", "service_request.refused", "service_request.withdrawn"]
    assert Event.objects.filter(verb__in=ends).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_payment_beside_a_confirmation_leaves_no_line_stopped(case, line):
    stop = answering.accept(ask(case, line))
    race(stop, [lambda: answering.confirm(stop), lambda: paid(case.account)])
    assert status(line) == "suspended_one_way"
    assert ServiceRequest.objects.filter(line=line, action=RESTORE, state="asked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_payment_beside_the_first_answer_leaves_no_line_stopped_for_good(case, line):
    stop = ask(case, line)
    race(stop, [lambda: answering.confirm(stop), lambda: paid(case.account)])
    stop.refresh_from_db()
    back = ServiceRequest.objects.filter(line=line, action=RESTORE, state="asked").count()
    assert (stop.state, status(line), back) in {
        ("confirmed", "suspended_one_way", 1),
        ("withdrawn", "active", 0),
    }
