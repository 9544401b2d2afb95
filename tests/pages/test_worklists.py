"""What a home page lists: the right rows, in the right order, and nothing out of reach."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from crm import worklists
from staff.rights import Role
from tests import complaining, make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def promise(customer, owner, day, **fields):
    """Due at noon of the day, late an hour later."""
    due_at = NOW + timedelta(days=day)
    return make.follow_up(customer, owner, due_at=due_at, late_at=due_at + timedelta(hours=1), **fields)


def numbers(rows):
    return [row.who.customer.number for row in rows]


@pytest.fixture
def hall():
    return make.unit("hall")


def manager_of(unit):
    return make.user(Role.VIP_MANAGER, unit)


def test_my_promises_come_late_ones_first_and_only_a_week_ahead(hall):
    clerk = make.user(Role.CLERK, hall)
    for day in (3, -2, 0, 8):
        promise(make.customer(hall, number=f"D{day}"), clerk, day)
    rows = worklists.follow_ups(clerk, TODAY, NOW)
    assert numbers(rows) == ["D-2", "D0", "D3"]
    assert [row.tone for row in rows] == ["bad", "warn", "plain"]


def test_promises_kept_or_made_by_others_are_not_mine(hall):
    clerk, other = make.user(Role.CLERK, hall), make.user(Role.CLERK, hall)
    promise(make.customer(hall), clerk, 0, state="done_neutral")
    promise(make.customer(hall), other, 0)
    assert worklists.follow_ups(clerk, TODAY, NOW) == []


def test_a_promise_about_a_customer_out_of_reach_is_not_shown(hall):
    clerk = make.user(Role.CLERK, hall)
    promise(make.customer(make.branch()), clerk, 0)
    assert worklists.follow_ups(clerk, TODAY, NOW) == []


def test_a_guide_sees_promises_masked(hall):
    guide = make.user(Role.GUIDE, hall)
    promise(make.customer(hall, name="张伟明"), guide, 0)
    row = worklists.follow_ups(guide, TODAY, NOW)[0]
    assert row.who.title == "张**"


def test_a_head_sees_the_late_promises_of_the_department_alone():
    department, elsewhere = make.unit("department"), make.unit("department")
    hall = make.unit("hall", department)
    head, clerk = make.user(Role.DEPARTMENT_HEAD, department), make.user(Role.CLERK, hall)
    promise(make.customer(hall, number="LATE"), clerk, -1)
    promise(make.customer(hall, number="TODAY"), clerk, 0)
    promise(make.customer(elsewhere, number="FOREIGN"), make.user(Role.CLERK, elsewhere), -1)
    assert numbers(worklists.overdue_in_reach(head, TODAY, NOW)) == ["LATE"]


def test_contracts_end_in_steps_of_thirty_days_for_my_own_customers(hall):
    me, other = manager_of(hall), manager_of(hall)
    for day in (0, 30, 31, 90, 91, -1):
        make.line(make.customer(hall, number=f"E{day}", manager=me), contract_end=TODAY + timedelta(days=day))
    make.line(make.customer(hall, manager=other), contract_end=TODAY)
    make.line(make.customer(hall, manager=me), contract_end=TODAY, status="off_net")
    steps = worklists.contracts_ending(me, TODAY)
    assert [(step["days"], step["count"], numbers(step["rows"])) for step in steps] == [
        (30, 2, ["E0", "E30"]),
        (60, 1, ["E31"]),
        (90, 1, ["E90"]),
    ]


def test_all_contracts_of_a_step_are_counted_though_only_the_first_are_shown(hall):
    me = manager_of(hall)
    customer = make.customer(hall, manager=me)
    for day in range(worklists.SHOWN_OF_STEP + 3):
        make.line(customer, contract_end=TODAY + timedelta(days=day))
    first, later, last = worklists.contracts_ending(me, TODAY)
    assert (first["count"], len(first["rows"])) == (worklists.SHOWN_OF_STEP + 3, worklists.SHOWN_OF_STEP)
    assert (later["count"], last["count"]) == (0, 0)


@pytest.mark.parametrize(
    ("born", "today", "shown"),
    [
        (date(1980, 11, 23), TODAY, True),
        (date(1980, 12, 7), TODAY, True),
        (date(1980, 12, 8), TODAY, False),
        (date(1980, 11, 22), TODAY, False),
        (date(1980, 1, 2), date(2026, 12, 25), True),
        (date(1980, 2, 29), date(2027, 2, 20), True),
        (date(1980, 2, 29), date(2027, 3, 1), False),
        (date(1980, 2, 29), date(2028, 2, 28), True),
    ],
)
def test_birthdays_of_the_next_two_weeks(hall, born, today, shown):
    me = manager_of(hall)
    make.customer(hall, manager=me, birthday=born)
    make.customer(hall, birthday=born)
    assert len(worklists.birthdays(me, today)) == shown


def test_birthdays_of_those_who_left_are_not_shown(hall):
    me = manager_of(hall)
    make.customer(hall, manager=me, birthday=date(1980, 11, 23), status="left", left_on=date(2026, 1, 1))
    assert worklists.birthdays(me, TODAY) == []


def test_the_29th_of_february_is_kept_on_the_28th_in_other_years(hall):
    me = manager_of(hall)
    make.customer(hall, manager=me, birthday=date(1980, 2, 29))
    assert worklists.birthdays(me, date(2027, 2, 20))[0].due.day == date(2027, 2, 28)
    assert worklists.birthdays(me, date(2028, 2, 20))[0].due.day == date(2028, 2, 29)


def test_who_was_never_spoken_with_comes_before_who_was_long_ago(hall):
    me = manager_of(hall)
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone.get_current_timezone())
    make.customer(hall, number="RECENT", manager=me, last_contact_at=noon + timedelta(days=9))
    make.customer(hall, number="LONG", manager=me, last_contact_at=noon)
    make.customer(hall, number="NEVER", manager=me)
    make.customer(hall, number="OTHER")
    assert numbers(worklists.longest_without_contact(me, TODAY)) == ["NEVER", "LONG", "RECENT"]


def test_contacts_are_counted_where_the_head_answers_for_them():
    department, elsewhere = make.unit("department"), make.unit("department")
    hall = make.unit("hall", department)
    head, clerk = make.user(Role.DEPARTMENT_HEAD, department), make.user(Role.CLERK, hall)
    today = timezone.localdate()
    make.interaction(make.customer(hall), clerk, unit=hall, channel="hall")
    make.interaction(make.customer(hall), clerk, unit=hall, channel="phone")
    make.interaction(make.customer(hall), clerk, unit=hall, channel="hall", at=timezone.now() - timedelta(days=2))
    make.interaction(make.customer(elsewhere), make.user(Role.CLERK, elsewhere), unit=elsewhere)
    counted = worklists.contacts_today(head, today)
    assert counted.units == [(hall, 2)]
    assert sum(n for _channel, n in counted.channels) == 2


def test_my_contacts_of_today_are_mine_and_of_today(hall):
    clerk, other = make.user(Role.CLERK, hall), make.user(Role.CLERK, hall)
    make.interaction(make.customer(hall, number="MINE"), clerk, unit=hall)
    make.interaction(make.customer(hall), clerk, unit=hall, at=timezone.now() - timedelta(days=1))
    make.interaction(make.customer(hall), other, unit=hall)
    assert numbers(worklists.my_contacts(clerk, timezone.localdate())) == ["MINE"]


@pytest.mark.parametrize(
    ("days", "words"), [(-2, "2 days late"), (-1, "1 day late"), (0, "today"), (1, "tomorrow"), (5, "in 5 days")]
)
def test_a_day_is_said_in_words(days, words):
    with translation.override("en"):
        assert worklists.Due(TODAY + timedelta(days=days), TODAY).words == words


@pytest.mark.practice("D13")
def test_a_department_begins_with_what_complaints_ask_of_it(hall):
    department, other = make.unit(parent=hall.branch), make.unit(parent=hall.branch)
    one, head = complaining.complaint(make.customer(hall)), make.user(Role.DEPARTMENT_HEAD, department)
    due = {"任务甲": NOW + timedelta(days=2), "任务乙": NOW + timedelta(days=1)}
    later, sooner = (complaining.task(one, department, due_at=at, what=what) for what, at in due.items())
    assert worklists.complaint_tasks(head, TODAY) == [sooner, later]
    browser = make.sign_in(Role.DEPARTMENT_HEAD, department)
    page = browser.get("/home/more/").content.decode()
    assert page.index("任务乙") < page.index("任务甲")
    assert "任务甲" not in make.sign_in(Role.DEPARTMENT_HEAD, other).get("/home/more/").content.decode()
