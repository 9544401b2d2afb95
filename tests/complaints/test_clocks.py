"""By when a complaint is answered: worked out from the log of its moves (2.1 no. 1, 2.3, 4.1)."""

from datetime import UTC, datetime, timedelta

import pytest

from complaints.clocks.following import follow
from complaints.models import Clock, Complaint, ComplaintRules, Policy, PolicyVersion
from complaints.moving import hold, move
from staff.models import WorkCalendar
from tests import complaining, make

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai


def accepted(at=MONDAY, **fields):
    made = complaining.complaint(received_at=at, **fields)
    follow(made, at)
    return made


def step(complaint, state, at, **fields):
    """A move as the operations make it; what the state needs is filled in."""
    needs = {
        "waiting_customer": {"waits_for": "账单", "waits_until": at + 3 * DAY},
        "resolved": {"resolved_at": at, "answer": "已处理"},
        "merged": {"merged_at": at, "merged_from": complaint.state},
    }
    return move(hold([complaint.pk])[complaint.pk], state, by=None, at=at, **needs.get(state, {}) | fields)


def clock(complaint, kind, n=1):
    return Clock.objects.get(complaint=complaint, kind=kind, round=n)


def policy(branch, **fields):
    made = Policy.objects.create(branch=branch, code=f"p{fields.get('n', 1)}", name="标准", order=1)
    return PolicyVersion.objects.create(
        policy=made, n=1, **{"contact_minutes": 60, "result_minutes": 600, "warnings": [50]} | fields
    )


def test_a_new_one_has_contact_result_and_legal_clocks():
    one = accepted()
    due = {clock.kind: clock.due_at for clock in one.clocks.all()}
    legal = datetime(2026, 3, 17, 16, 0, tzinfo=UTC)  # the end of the fifteenth day after
    assert due == {"contact": MONDAY + 24 * HOUR, "result": MONDAY + 72 * HOUR, "legal": legal}


def test_the_first_look_is_at_the_first_warning():
    one = accepted()
    assert clock(one, "contact").look_at == MONDAY + 12 * HOUR
    assert clock(one, "legal").look_at == datetime(2026, 3, 11, 16, 0, tzinfo=UTC)  # day 10 begins


def test_waiting_for_the_customer_stops_the_result_clock_and_not_the_law():
    one = accepted()
    for state, hours in (("assigned", 1), ("in_progress", 2), ("waiting_customer", 10)):
        one = step(one, state, MONDAY + hours * HOUR)
    result, legal = clock(one, "result"), clock(one, "legal")
    assert (result.paused_at, result.look_at) == (MONDAY + 10 * HOUR, None)
    assert legal.paused_at is None
    assert legal.look_at is not None
    before = legal.due_at
    one = step(one, "in_progress", MONDAY + 15 * HOUR)
    result = clock(one, "result")
    assert (result.paused_at, result.paused_minutes, result.due_at) == (None, 300, MONDAY + 77 * HOUR)
    assert clock(one, "legal").due_at == before


def test_a_pause_counts_only_working_time_of_the_policy():
    branch = make.branch()
    hours = WorkCalendar.objects.create(branch=branch, name="八小时", week=["08:00-16:00"] * 7)
    version = policy(branch, calendar=hours, contact_minutes=60, result_minutes=16 * 60)
    one = accepted(customer=make.reachable(branch))
    assert one.version == version
    assert clock(one, "result").due_at == MONDAY + 2 * DAY  # six hours, eight and two
    for state, at in (("assigned", 1), ("in_progress", 1), ("waiting_customer", 2), ("in_progress", 26)):
        one = step(one, state, MONDAY + at * HOUR)
    assert clock(one, "result").paused_minutes == 8 * 60
    assert clock(one, "result").due_at == MONDAY + 3 * DAY


def test_reopened_it_has_new_clocks_and_the_old_legal_one():
    one = accepted()
    for state, hours in (("assigned", 1), ("in_progress", 2), ("resolved", 5), ("callback_due", 5), ("reopened", 30)):
        one = step(one, state, MONDAY + hours * HOUR)
    assert clock(one, "contact").met_at == MONDAY + 2 * HOUR
    assert clock(one, "result").met_at == MONDAY + 5 * HOUR
    assert clock(one, "callback").due_at == MONDAY + 53 * HOUR
    assert clock(one, "callback").met_at == MONDAY + 30 * HOUR
    assert clock(one, "result", 2).due_at == MONDAY + 102 * HOUR
    legal = clock(one, "legal")
    assert (legal.started_at, legal.met_at) == (MONDAY, None)
    assert Clock.objects.filter(complaint=one, kind="legal").count() == 1


def test_reopened_it_goes_by_the_policy_of_then():
    one = accepted()
    for state, hours in (("assigned", 1), ("in_progress", 2), ("resolved", 5), ("callback_due", 5)):
        one = step(one, state, MONDAY + hours * HOUR)
    version = policy(one.branch)
    one = step(one, "reopened", MONDAY + 6 * HOUR)
    assert clock(one, "result").version is None
    assert clock(one, "result").due_at == MONDAY + 72 * HOUR
    assert clock(one, "result", 2).version == version
    assert clock(one, "result", 2).due_at == MONDAY + 16 * HOUR
    assert Complaint.objects.get(pk=one.pk).version == version


def test_a_merge_that_is_taken_back_never_was():
    one = accepted()
    other = complaining.complaint(one.customer)
    one = step(one, "merged", MONDAY + HOUR, merged_into=other)
    assert clock(one, "result").stopped_at == clock(one, "legal").stopped_at == MONDAY + HOUR
    one = step(one, "accepted", MONDAY + 2 * HOUR, merged_into=None, merged_at=None, merged_from="")
    assert clock(one, "result").stopped_at is None
    assert clock(one, "result").due_at == MONDAY + 72 * HOUR
    assert clock(one, "legal").stopped_at is None


def test_withdrawn_nothing_is_waited_for():
    one = step(accepted(), "withdrawn", MONDAY + HOUR)
    assert all(clock.stopped_at == MONDAY + HOUR and clock.look_at is None for clock in one.clocks.all())


def test_working_days_of_a_province_are_counted_by_the_branchs_calendar():
    customer = make.reachable()
    hours = WorkCalendar.objects.create(branch=customer.branch, name="周一至周五", week=["08:00-16:00"] * 5 + ["", ""])
    customer.branch.work_calendar = hours
    customer.branch.save()
    ComplaintRules.objects.create(
        branch=customer.branch, legal_days=5, warned_day=3, critical_day=4, legal_in="working"
    )
    one = accepted(customer=customer)
    assert clock(one, "legal").due_at == datetime(2026, 3, 9, 16, 0, tzinfo=UTC)  # the end of Monday a week later


def test_following_twice_changes_nothing():
    one = step(accepted(), "assigned", MONDAY + HOUR)
    before = list(Clock.objects.values())
    follow(one, MONDAY + 2 * HOUR)
    assert list(Clock.objects.values()) == before
