"""What is planned is carried out, waits, or is left out, and the ladder goes on (A25, domain 4.3)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from audit.models import Event
from billing import starter
from billing.dunning import carrying_out, days_off, planning, stages
from billing.dunning.carrying_out import carry_out
from billing.models import Account, CaseStep, DunningRules, ServiceRequest
from outreach.models import Message, Template
from staff.calendar import WorkingTime
from tests import dunning, make
from work.models import FollowUp

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    return made


def owing(branch, days=1, **fields):
    """A case of an account that is overdue for so many days, as the plan of today opens it."""
    account = dunning.overdue(days, customer=make.reachable(branch, **fields))
    planning.plan_account(account, timezone.now())
    return account.dunning_cases.get()


def go(days=0):
    return carry_out(timezone.now() + timedelta(days=days))


def at_step(case, n):
    """The case waits for its n-th step, planned for today."""
    case.next_step, case.next_on = case.version.steps.get(n=n), timezone.localdate()
    case.save()
    return dunning.step(case, n)


def fate(step):
    step.refresh_from_db()
    return step.state, step.reason or step.waits_for


def ladder(branch, n, **fields):
    """A case whose n-th step is planned, and that step."""
    account = dunning.overdue(40, customer=make.reachable(branch, **fields))
    case = dunning.case(account, since=timezone.localdate() - timedelta(days=40))
    return case, at_step(case, n)


@pytest.mark.practice("A25")
def test_the_first_notice_says_sum_day_and_ways(branch):
    case = owing(branch)
    assert go() == 1
    message = Message.objects.get()
    done = case.steps.get()
    assert (done.state, done.message, done.sum) == ("done", message, Decimal("59.00"))
    assert (message.message_class, message.about_type, message.about_id) == ("service", "billing.casestep", done.pk)
    due = timezone.localdate() - DAY
    for part in ("59.00", f"{due.month}月{due.day}日", "微信支付"):
        assert part in message.text
    case.refresh_from_db()
    assert (case.state, case.next_step.n, case.next_on) == ("notice_1", 2, case.since + timedelta(days=7))
    assert Event.objects.filter(verb="dunning.step_done", customer_id=case.account.customer_id).count() == 1


def test_a_notice_names_the_currency_of_the_account(branch):
    case = owing(branch)
    Account.objects.update(currency="USD")
    go()
    assert "您有59.00 USD话费" in case.steps.get().message.text


def test_twice_is_once(branch):
    owing(branch)
    assert (go(), go()) == (1, 0)
    assert Message.objects.count() == 1


def test_the_announcement_says_from_when_the_line_is_stopped(branch):
    ladder(branch, 3)
    go()
    stop_on = timezone.localdate() + timedelta(days=2)
    assert f"{stop_on.month}月{stop_on.day}日" in Message.objects.get().text
    assert CaseStep.objects.get().stop_on == stop_on


@pytest.mark.practice("A25")
def test_a_vip_hears_from_their_manager_first(branch):
    manager = make.user("vip_manager", branch)
    tier = make.tier(branch, code="gold", name="金卡", mark="gold", order=2)
    case = owing(branch, tier=tier, manager=manager)
    go()
    call = FollowUp.objects.get()
    assert (call.owner, call.about_id, call.origin) == (manager, case.steps.get().pk, "rule")
    assert "¥59.00" in call.what
    assert not Message.objects.exists()


def test_without_a_manager_the_call_is_the_peoples_of_the_unit(branch):
    tier = make.tier(branch, code="gold", name="金卡", mark="gold", order=2)
    owing(branch, tier=tier)
    go()
    assert (FollowUp.objects.get().owner, FollowUp.objects.get().unit) == (None, branch)


def test_what_is_paid_since_is_left_out(branch):
    case = owing(branch)
    Account.objects.filter(pk=case.account_id).update(credit=0)  # nothing else moved
    case.account.bills.update(due_on=timezone.localdate())  # so that nothing is overdue, unseen by anybody
    go()
    assert fate(case.steps.get()) == ("left_out", "adjusted")
    assert not Message.objects.exists()


@pytest.mark.practice("A25")
@pytest.mark.parametrize("held", ["promise", "stopped"])
def test_a_promise_and_a_person_hold_a_step_that_was_planned_before(branch, held):
    case = owing(branch)
    if held == "promise":
        by = make.user("dunning_clerk", branch)
        hold = case.account.payment_promises.create(branch=branch, case=case, key="p", made_by=by)
    else:
        hold = case.account.holds.create(
            branch=branch, kind="manual", key="h", reason="x", until=timezone.localdate() + DAY
        )
    go()
    assert fate(case.steps.get()) == ("planned", held)
    if held == "promise":
        hold.state = "broken"
    hold.ended_at = timezone.now()
    hold.save()
    carry_out(timezone.now() + carrying_out.HELD + timedelta(seconds=1))
    assert fate(case.steps.get()) == ("done", "")


def test_for_one_who_left_nothing_happens_any_more(branch):
    case = owing(branch)
    case.account.customer.status, case.account.customer.left_on = "left", timezone.localdate()
    case.account.customer.save()
    go()
    assert fate(case.steps.get()) == ("left_out", "left")
    case.refresh_from_db()
    assert (case.next_step, case.next_on) == (None, None)


def test_the_announcement_waits_until_the_credit_is_used_up(branch):
    case, step = ladder(branch, 3)
    Account.objects.filter(pk=case.account_id).update(credit_limit=100)
    go()
    assert fate(step) == ("planned", "credit")
    Account.objects.filter(pk=case.account_id).update(unbilled=41)
    assert go() == 0
    go(days=1.01)
    assert fate(step) == ("done", "")


def test_without_its_template_a_step_waits_for_somebody_to_mend_it(branch):
    case = owing(branch)
    Template.objects.filter(code="overdue_notice").update(active=False)
    go()
    assert fate(case.steps.get()) == ("planned", "no_text")
    Template.objects.filter(code="overdue_notice").update(active=True)
    go(days=0.1)
    assert fate(case.steps.get()) == ("done", "")


def stopping(branch, hours=25, n=4, **fields):
    """A case whose suspension is planned, announced so many hours ago; its line."""
    case, step = ladder(branch, n, **fields)
    if hours:
        dunning.reminder(case, hours, n=n - 1)
    return step, make.line(case.account.customer)


@pytest.mark.practice("A25")
def test_a_day_after_the_recorded_reminder_each_line_is_asked_to_be_stopped(branch):
    step, line = stopping(branch)
    go()
    asked = ServiceRequest.objects.get()
    assert (asked.line, asked.action, asked.origin, asked.state) == (line, "suspend_one_way", "arrears", "asked")
    assert asked.reminder.step.step.stage == "pre_suspension"
    assert fate(step) == ("done", "")
    step.case.refresh_from_db()
    assert (step.case.state, step.case.next_step, step.case.next_on) == ("suspended_one_way", None, None)


@pytest.mark.practice("A25")
@pytest.mark.parametrize("hours", [None, 0, 23.9])
def test_nobody_is_stopped_without_a_reminder_or_too_soon_after_it(branch, hours):
    step, _line = stopping(branch, hours)
    go()
    assert fate(step) == ("planned", "reminder")
    assert not ServiceRequest.objects.exists()
    if hours:
        assert step.look_at - timezone.now() < timedelta(minutes=10)


@pytest.mark.practice("A25")
@pytest.mark.parametrize(("stop_in", "state"), [(0, "done"), (1, "planned")])
def test_nobody_is_stopped_before_the_day_they_were_told_of(branch, stop_in, state):
    step, _line = stopping(branch)
    told = step.case.steps.get(step__n=3)
    told.stop_on = timezone.localdate() + stop_in * DAY
    told.save()
    go()
    assert fate(step)[0] == state
    carry_out(timezone.now() + DAY)
    assert fate(step)[0] == "done"


def test_an_earlier_notice_does_not_stand_for_the_announcement(branch):
    step, _line = stopping(branch, hours=None)
    dunning.reminder(step.case, 24 * 10, n=1)
    go()
    assert fate(step) == ("planned", "reminder")


def test_a_branch_may_ask_for_more_time(branch):
    DunningRules.objects.create(branch=branch, reminded_hours=72, cancel_hours=168)
    step, _line = stopping(branch, hours=71)
    go()
    assert fate(step) == ("planned", "reminder")


@pytest.mark.practice("A25")
def test_an_exempt_line_is_never_stopped(branch):
    _step, line = stopping(branch)
    other = make.line(line.customer)
    exempt(line)
    go()
    assert [one.line for one in ServiceRequest.objects.all()] == [other]


def exempt(line):
    asks, approves = (make.user("dunning_clerk", line.branch) for _ in range(2))
    said = {"kind": "hospital", "reason": "x", "asked_by": asks, "decided_by": approves}
    line.exemptions.create(branch=line.branch, state="approved", decided_at=timezone.now(), **said)


def test_with_nothing_but_exempt_lines_the_step_is_left_out(branch):
    step, line = stopping(branch)
    exempt(line)
    go()
    assert fate(step) == ("left_out", "exempt")
    step.case.refresh_from_db()
    assert step.case.state == "overdue"


def test_what_counts_from_the_suspension_waits_for_the_billing_system(branch):
    step, _line = stopping(branch)
    go()
    asked, at = ServiceRequest.objects.get(), timezone.now()
    ServiceRequest.objects.filter(pk=asked.pk).update(state="confirmed", ended_at=at)
    asked.refresh_from_db()
    stages.line_answered(asked, at)
    stages.line_answered(asked, at + DAY)
    step.case.refresh_from_db()
    assert (step.case.next_step.n, step.case.next_on) == (5, timezone.localdate() + timedelta(days=15))
    assert step.case.stopped_at == at


OFFICE = WorkingTime("Asia/Shanghai", {n: ((time(9), time(18)),) for n in range(5)})  # Monday to Friday


@pytest.mark.practice("A25")
@pytest.mark.parametrize(
    ("day", "clock", "opens"),
    [
        (date(2026, 10, 8), "20:00", None),  # a Thursday
        (date(2026, 10, 9), "17:59", None),
        (date(2026, 10, 9), "18:00", date(2026, 10, 12)),
        (date(2026, 10, 10), "12:00", date(2026, 10, 12)),
        (date(2026, 10, 12), "08:59", date(2026, 10, 12)),
        (date(2026, 10, 12), "09:00", None),
    ],
)
def test_from_the_eve_of_a_day_off_until_the_next_workday_opens(day, clock, opens):
    zone = ZoneInfo("Asia/Shanghai")
    at = datetime.combine(day, time.fromisoformat(clock), zone)
    expected = opens and datetime.combine(opens, time(9), zone)
    assert days_off.reopens(OFFICE, time(18), at) == expected


@pytest.mark.parametrize(("fields", "state"), [({"locked_high_value": True}, "planned"), ({}, "done")])
def test_around_days_off_only_those_who_are_looked_after_are_spared(branch, fields, state):
    calendar = make.calendar(branch, week=["00:00-24:00"] * 7)
    today = timezone.localdate()
    for n in (-1, 0, 1):
        make.special_day(calendar, today + n * DAY, kind="holiday")
    step, _line = stopping(branch, **fields)
    go()
    assert fate(step)[0] == state
    assert ServiceRequest.objects.count() == (state == "done")


@pytest.mark.practice("A25")
def test_a_cancellation_needs_its_own_notice_of_a_week_before(branch):
    step, line = stopping(branch, hours=24 * 6, n=7)
    line.status = "suspended_two_way"
    line.save()
    go()
    assert fate(step) == ("planned", "reminder")
    carry_out(timezone.now() + timedelta(days=1.1))  # the database counts on its own clock
    assert not ServiceRequest.objects.exists()
