"""By which hours a unit works, and who may say so."""

import os
import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.models import Event
from staff.models import CalendarDay, PublicDay, Unit, WorkCalendar
from staff.models.calendars import OFFICE_WEEK
from staff.public_holidays import decreed, known_until, learn, year_to_enter
from staff.unit_calendar import calendar_of
from tests import make
from tests.race import race

pytestmark = pytest.mark.django_db
DAILY = ["09:00-17:00"] * 7


def at(text, zone="+08:00"):
    return datetime.fromisoformat(f"{text}{zone}")


def opens(unit, text):
    """The first open moment from then on, as the unit's clocks show it."""
    calendar = calendar_of(Unit.objects.get(pk=unit.pk))
    return f"{calendar.next_open(at(text)).astimezone(calendar.zone):%Y-%m-%d %H:%M}"


def test_a_unit_has_the_calendar_of_the_nearest_unit_above():
    branch = make.branch()
    hall = make.unit("hall", department := make.unit(parent=branch))
    make.calendar(branch, week=["08:00-18:00"] * 7)
    assert opens(hall, "2026-11-22 06:00") == "2026-11-22 08:00"
    make.calendar(department, week=DAILY)
    assert opens(hall, "2026-11-22 06:00") == "2026-11-22 09:00"
    make.calendar(hall, week=["10:00-20:00"] * 7)
    assert opens(hall, "2026-11-22 06:00") == "2026-11-22 10:00"
    assert opens(branch, "2026-11-22 06:00") == "2026-11-22 08:00"


def test_the_hours_are_those_of_the_units_own_time_zone():
    branch = make.branch()
    make.calendar(branch, week=DAILY)
    west = make.unit(parent=branch, time_zone="Asia/Urumqi")
    assert calendar_of(west).next_open(at("2026-11-23 00:00")) == at("2026-11-23 09:00", "+06:00")


def test_where_nobody_set_one_up_office_hours_of_mainland_china_hold():
    assert opens(make.branch(), "2026-10-01 09:00") == "2026-10-08 08:30"


def test_made_up_days_are_worked_and_bridged_days_are_not():
    """The decree for 2026: Sunday 4 January and Saturday 14 February are worked, Friday 2 January is free."""
    branch = make.branch()
    make.calendar(branch, holidays="CN")
    assert opens(branch, "2026-01-04 09:00") == "2026-01-04 09:00"
    assert opens(branch, "2026-02-14 15:00") == "2026-02-14 15:00"
    assert opens(branch, "2026-01-02 09:00") == "2026-01-04 08:30"
    assert opens(branch, "2026-02-15 09:00") == "2026-02-24 08:30"


def test_a_calendar_may_ignore_public_holidays():
    branch = make.branch()
    make.calendar(branch, week=DAILY)
    assert opens(branch, "2026-10-01 10:00") == "2026-10-01 10:00"


def test_what_is_entered_goes_before_what_is_known():
    branch = make.branch()
    calendar = make.calendar(branch, holidays="CN")
    head = make.user("admin", branch)
    calendar.mark_day(date(2026, 1, 4), by=head, kind="holiday", name="盘点")
    calendar.mark_day(date(2026, 10, 1), by=head, kind="own", windows="10:00-11:00")
    calendar.mark_day(date(2026, 11, 21), by=head, kind="working", weekday=4)
    assert opens(branch, "2026-01-04 09:00") == "2026-01-05 08:30"
    assert opens(branch, "2026-10-01 09:00") == "2026-10-01 10:00"
    assert opens(branch, "2026-11-21 07:00") == "2026-11-21 08:30"


def test_a_change_counts_at_once():
    branch = make.branch()
    calendar = make.calendar(branch)
    admin = make.user("admin", branch)
    assert opens(branch, "2026-11-21 07:00") == "2026-11-23 08:30"
    calendar.describe(by=admin, week=DAILY)
    assert opens(branch, "2026-11-21 07:00") == "2026-11-21 09:00"
    calendar.mark_day(date(2026, 11, 21), by=admin, kind="holiday")
    assert opens(branch, "2026-11-21 07:00") == "2026-11-22 09:00"
    calendar.mark_day(date(2026, 11, 21), by=admin, kind="own", windows="08:00-09:00")
    assert opens(branch, "2026-11-21 07:00") == "2026-11-21 08:00"
    verbs = Event.objects.filter(subject_id=calendar.pk).values_list("verb", flat=True).order_by("pk")
    assert list(verbs) == ["calendar.described", *["calendar.day_marked"] * 2]
    assert CalendarDay.objects.count() == 1


def test_asking_costs_one_query_once_the_calendar_is_known(django_assert_num_queries):
    hall = make.unit("hall")
    make.calendar(hall.branch)
    calendar_of(hall)
    with django_assert_num_queries(1):
        calendar_of(hall)


def test_a_calendar_that_makes_no_sense_is_refused():
    branch = make.branch()
    admin = make.user("admin", branch)
    with pytest.raises(ValidationError, match="later than they begin"):
        WorkCalendar.set_up(by=admin, branch=branch, name="x", week=["18:00-08:00"] * 7)
    with pytest.raises(ValidationError):
        WorkCalendar.set_up(by=admin, branch=branch, name="x", week=["08:00-18:00"])
    calendar = WorkCalendar.set_up(by=admin, branch=branch, name="x", week=OFFICE_WEEK)
    with pytest.raises(ValidationError, match="whose hours"):
        calendar.mark_day(date(2026, 1, 1), by=admin, kind="working")
    with pytest.raises(ValidationError, match="when it is open"):
        calendar.mark_day(date(2026, 1, 1), by=admin, kind="own")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.special_day(calendar, "2026-01-01", kind="own", windows="")


def test_a_unit_keeps_no_calendar_of_another_branch():
    hall, foreign = make.unit("hall"), make.calendar()
    with pytest.raises(ValidationError, match="another branch"):
        hall.describe(by=make.user("admin", hall.branch), work_calendar=foreign)


@pytest.mark.django_db(transaction=True)
def test_one_day_marked_by_several_at_once_is_one_day():
    branch = make.branch()
    calendar, admin = make.calendar(branch), make.user("admin", branch)
    day = date(2026, 12, 24)

    def mark():
        return WorkCalendar.objects.get(pk=calendar.pk).mark_day(day, by=admin, kind="own", windows="09:00-10:00")

    assert len({marked.pk for marked in race(calendar, mark)}) == 1
    assert CalendarDay.objects.get().day == day


def test_days_made_up_are_those_of_the_decree():
    made_up = PublicDay.objects.filter(country="CN", worked=True, day__year=2025).values_list("day", flat=True)
    assert set(made_up) == {date(2025, *day) for day in [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]}


def test_a_release_learns_what_its_library_knows_and_forgets_what_is_no_longer_true():
    known = decreed("CN", range(2026, 2027))
    PublicDay.objects.filter(day__year=2026).delete()
    PublicDay.objects.create(country="CN", day="2026-03-03", worked=False)
    learn()
    learn()
    assert dict(PublicDay.objects.filter(day__year=2026).values_list("day", "worked")) == known


def test_no_process_that_serves_keeps_the_library():
    loads = "import django; django.setup(); import staff.unit_calendar, staff.calendar_admin, sys; "
    asked = f"{loads} print('holidays' in sys.modules)"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "crm.settings"}
    answer = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_from_december_on_the_coming_year_is_asked_for_unless_it_is_known_or_entered():
    known = known_until("CN")
    assert year_to_enter("CN", date(known, 11, 30), set()) is None
    assert year_to_enter("CN", date(known, 12, 1), set()) == known + 1
    assert year_to_enter("CN", date(known, 12, 1), {known + 1}) is None
    assert year_to_enter("CN", date(known + 1, 3, 1), set()) == known + 1
    assert year_to_enter("", date(known, 12, 1), set()) is None


def test_an_administrator_sets_up_a_calendar_with_its_special_days():
    branch = make.branch()
    office = make.sign_in("admin", branch, language="en")
    week = {f"day_{n}": "8:30-12:00，14:00-18:00" for n in range(5)}
    assert office.post("/admin/staff/workcalendar/add/", {"name": "机关", "holidays": "CN"} | week).status_code == 302
    calendar = WorkCalendar.objects.get()
    assert calendar.week == ["08:30-12:00 14:00-18:00"] * 5 + ["", ""]
    day = {"calendar": calendar.pk, "day": "2027-02-20", "kind": "working", "weekday": 0}
    assert office.post("/admin/staff/calendarday/add/", day).status_code == 302
    assert calendar.days.get().weekday == 0
    wrong = office.post(f"/admin/staff/workcalendar/{calendar.pk}/change/", {"name": "机关", "day_0": "18-8"})
    assert "Write hours like" in wrong.content.decode()
    page = office.get("/admin/staff/workcalendar/").content.decode()
    assert "made-up working days" in page
    assert Event.objects.filter(verb="calendar.set_up", actor=office.person).count() == 1


def test_the_hours_of_a_demo_hall_and_of_a_night(django_assert_num_queries):
    branch = make.branch()
    hotline = make.unit("desk", branch)
    make.calendar(hotline, week=["00:00-24:00"] * 7)
    night = at("2026-11-22 02:00")
    assert calendar_of(hotline).add(night, timedelta(hours=30)) == night + timedelta(hours=30)
