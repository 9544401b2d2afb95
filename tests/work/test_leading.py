"""Leaders' lists: what is open whole, what has ended of a period."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from work.filters import of_these, usual_begin
from work.models import FollowUp

pytestmark = pytest.mark.django_db
ENDED = ["unreachable", "kept", "broken", "done"]


def noon(days_ago):
    day = timezone.localdate() - timedelta(days=days_ago)
    return timezone.make_aware(datetime.combine(day, time(12)))


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture(params=["branch_head", "duty_manager"])
def desk(request, hall):
    return make.sign_in(request.param, hall.branch if request.param == "branch_head" else hall, language="en")


def ended(which, late_at, clerk, hall):
    """One of the list `which`, late at that moment."""
    state = {"unreachable": "unreachable", "broken": "due"}.get(which, "done_neutral")
    fields = {"kept_at": late_at} if which == "kept" else {"broken_at": late_at} if which == "broken" else {}
    fields |= {"state": state, "ended_at": None if state == "due" else timezone.now()}
    made = make.follow_up(make.customer(hall), clerk, kind="promise", due_at=late_at, late_at=late_at, **fields)
    return made.pk


def listed(desk, **asked):
    page = desk.get("/follow-ups/", asked).content.decode()
    return {int(pk) for pk in re.findall(r"/follow-ups/(\d+)/", page)}


@pytest.mark.parametrize("which", ENDED)
def test_what_has_ended_is_listed_for_the_last_thirty_days_unless_asked_otherwise(desk, clerk, hall, which):
    new, border, old = (ended(which, noon(days), clerk, hall) for days in (1, 30, 31))
    assert listed(desk, which=which) == {new, border}
    assert listed(desk, which=which, late_from=str(noon(40).date())) == {new, border, old}
    assert listed(desk, which=which, late_to=str(noon(20).date())) == {border, old}
    assert listed(desk, which=which, late_from=str(noon(30).date()), late_to=str(noon(30).date())) == {border}


def test_the_period_stands_in_the_form(desk):
    page = desk.get("/follow-ups/", {"which": "done"}).content.decode()
    assert f'value="{timezone.localdate() - timedelta(days=30)}"' in page
    assert f'value="{timezone.localdate() - timedelta(days=30)}"' not in desk.get("/follow-ups/").content.decode()


def test_what_is_open_is_listed_however_old(desk, clerk, hall):
    made = make.follow_up(make.customer(hall), clerk, due_at=noon(400), late_at=noon(400))
    assert listed(desk) == listed(desk, which="open") == {made.pk}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-01", "x"])
def test_days_that_nobody_means_are_no_fault(desk, day):
    for name in ("late_from", "late_to"):
        assert desk.get("/follow-ups/", {"which": "done", name: day}).status_code == 200


@pytest.mark.parametrize("which", ENDED)
def test_an_index_serves_the_period_of_a_branch(clerk, hall, which):
    """Among few rows any index would do, so the plan is one of the branch and its period alone."""
    rows = FollowUp.objects.filter(branch=hall.branch, late_at__gte=noon(30)).order_by("late_at", "pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = of_these(rows, which, timezone.now())[:26].explain()
    assert "follow_up_judged" in plan
    assert "late_at >=" in plan.split("Index Cond:")[1].splitlines()[0]


@pytest.mark.parametrize("which", ENDED)
def test_the_page_asks_for_the_branch_and_the_period(desk, clerk, hall, which):
    ended(which, noon(1), clerk, hall)
    with CaptureQueriesContext(connection) as captured:
        desk.get("/follow-ups/", {"which": which})
    [asked] = [query["sql"] for query in captured if "LIMIT 26" in query["sql"] and "work_followup" in query["sql"]]
    assert f'"work_followup"."branch_id" IN ({hall.branch_id})' in asked
    assert '"work_followup"."late_at" >= ' in asked


def test_the_usual_period_of_a_day_that_is_none_ends_today():
    assert usual_begin("0001-01-02") == usual_begin("x") == usual_begin(None)
    assert usual_begin("2026-03-31") == str(date(2026, 3, 1))
