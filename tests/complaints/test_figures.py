"""Figures of complaints: each number is the list behind it, and nobody counts what they may not see."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import connection
from django.template.defaultfilters import floatformat
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from complaints.figures.catalogue import FIGURES
from complaints.figures.dimensions import DIMENSIONS
from complaints.figures.sets import behind
from complaints.models import CallbackAnswer, Clock
from staff.rights import Role
from tests import complaining, make

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGE, LIST = "/complaints/figures/", "/complaints/figures/list/"


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def head(hall):
    """Heads the branch, reads English."""
    return make.sign_in(Role.BRANCH_HEAD, hall.branch, language="en")


def complaint(at, *, days=10, took=None, due=48, **fields):
    """Received so many days ago by a customer of the unit; answered after so many hours, due after `due`."""
    received = NOW - days * DAY
    answered = received + took * HOUR if took is not None else None
    told = {"resolved_at": answered, "answer": "好"} if answered else {}
    made = complaining.complaint(make.customer(at), received_at=received, **told | fields)
    hours = {"contact": (1 if answered else None, 4), "result": (took, due), "legal": (took, 360)}
    for kind, (met, until) in hours.items():
        ends = {"met_at": received + met * HOUR} if met is not None else {}
        ends |= {"stopped_at": received} if made.state == "withdrawn" else {}
        Clock.objects.create(complaint=made, kind=kind, started_at=received, due_at=received + until * HOUR, **ends)
    return made


def closed(at, **fields):
    return complaint(at, **{"took": 20, "state": "closed", "ended_at": NOW, "satisfied": "satisfied"} | fields)


def called(one, **said):
    fields = {"round": 1, "at": NOW, "by": one.owner, "solved": True, "result": 9} | said
    return CallbackAnswer.objects.create(complaint=one, **fields)


def a_month_of(hall):
    """One of each that a figure tells apart."""
    called(closed(hall, took=10, product="mobile", on_spot=True))
    called(closed(hall, took=30, satisfied="neutral"), result=7)
    first = closed(hall, took=70, satisfied="unreached", product="broadband")
    again = complaint(hall, days=6, category=first.category, is_repeat=True, repeats=first)
    complaint(hall, took=50, state="reopened", reopened=1, satisfied="dissatisfied", escalated_at=NOW)
    complaining.appeal(complaint(hall, days=25, person=make.user("clerk", hall)))
    complaint(hall, state="withdrawn", ended_at=NOW, channel="hotline")
    closed(hall, imported=True)
    complaint(hall, state="draft")
    complaint(hall, days=40)
    return first, again


def cells(page):
    return {str(cell.label): cell.words for cell in page.context["cells"]}


def addresses(page):
    """(number, address) of every figure and cell on the page."""
    found = re.findall(r'<a href="([^"]+)" data-n="(\d+)"', page.content.decode())
    return [(int(n), unescape(url)) for url, n in found]


def links(page):
    """The same with what each address asks for."""
    return [(n, dict(parse_qsl(url.partition("?")[2]))) for n, url in addresses(page)]


def listed(browser, url):
    page = browser.get(url)
    assert page.status_code == 200, url
    return int(re.search(r'data-count="(\d+)"', page.content.decode())[1])


def test_every_figure_says_what_it_is(hall, head):
    a_month_of(hall)
    assert cells(head.get(PAGE)) == {
        "Complaints": "7",
        "Per 10,000 customers": "7,000.0",
        "Not over yet": "3",
        "First contact, median": "1.0 h",
        "First contact in time": "66.7 %",
        "Answered in time": "33.3 %",
        "Within the days of the law": "80.0 %",
        "Resolution time, median": "30.0 h",
        "Resolution time, fastest 80 %": "70.0 h",
        "Resolution time, fastest 95 %": "70.0 h",
        "Settled on the spot": "14.3 %",
        "Solved at first (FCR)": "50.0 %",
        "Reopened": "25.0 %",
        "Repeated": "14.3 %",
        "Escalated": "14.3 %",
        "Reached in the callback": "50.0 %",
        "Satisfied": "33.3 %",
        "Appeals per million customers": "100,000.0",
    }


def test_each_number_is_that_of_the_list_behind_it(hall, head):
    a_month_of(hall)
    seen = set()
    for by, dimension in DIMENSIONS.items():
        page = head.get(PAGE, {"by": by})
        told, filtering = links(page), page.context["filter"]
        assert len(told) > 2 * len(FIGURES)
        for n, asked in told:
            if str(asked) in seen:
                continue
            seen.add(str(asked))
            row = dimension.row(asked.pop("row")) if "row" in asked else None
            assert asked.pop("by", by) == by
            assert behind(filtering.rows, filtering.asked, asked.pop("figure"), row).count() == n
            assert asked == filtering.said
    assert [listed(head, url) for _n, url in addresses(page)[:12]] == [n for n, _url in addresses(page)[:12]]


def test_what_narrows_the_figures_narrows_their_lists(hall, head):
    first, _again = a_month_of(hall)
    for asked in ({"category": first.category_id, "product": "broadband"}, {"imported": "true", "unit": hall.pk}):
        page = head.get(PAGE, asked | {"first": NOW.date() - 60 * DAY, "last": NOW.date()})
        n, url = addresses(page)[0]
        assert listed(head, url) == n == (1 if "product" in asked else 9)


def test_days_that_are_none_are_refused_with_a_reason(hall, head):
    for asked in ({"first": "2026-11-20", "last": "2026-11-01"}, {"first": "yesterday"}, {"unit": "7777777"}):
        assert head.get(PAGE, asked).status_code == head.get(LIST, asked | {"figure": "open"}).status_code == 422
    for asked in ({"first": "0900-01-01"}, {"last": "9999-12-31"}):
        page = head.get(PAGE, asked)
        assert (page.status_code, list(page.context["filter"].form.errors)) == (422, list(asked))
        assert head.get(LIST, asked | {"figure": "open"}).status_code == 422
    assert head.get(PAGE, {"first": "2000-01-01", "last": "2100-12-31"}).status_code == 200
    assert head.get(LIST, {"figure": "nonsense"}).status_code == 404
    assert head.get(LIST, {"figure": "open", "by": "class", "row": "x'"}).status_code == 200
    complaint(hall)
    for by, row in (("channel", "\0"), ("area", "\0"), ("product", "nonsense"), ("owner", "\0")):
        assert listed(head, f"{LIST}?{urlencode({'figure': 'open', 'by': by, 'row': row})}") == 0


def test_whoever_leads_a_hall_sees_the_figures_of_that_hall(hall):
    complaint(hall)
    complaint(make.unit("hall", parent=hall.branch))
    complaint(make.unit("hall"))
    leader = make.sign_in(Role.DUTY_MANAGER, hall, language="en")
    page = leader.get(PAGE, {"by": "accepted"})
    assert cells(page)["Complaints"] == "1"
    assert [row.name for row in page.context["rows"]] == [str(hall)]
    assert cells(make.sign_in(Role.QUALITY, hall.branch, language="en").get(PAGE))["Complaints"] == "2"
    assert make.sign_in(Role.CLERK, hall).get(PAGE).status_code == 403


def test_who_is_complained_of_is_split_for_those_who_lead_alone(hall):
    clerk = make.user("clerk", hall)
    complaint(hall, person=clerk)
    quality = make.sign_in(Role.QUALITY, hall.branch)
    assert clerk.name not in quality.get(PAGE, {"by": "person"}).content.decode()
    assert quality.get(LIST, {"figure": "received", "by": "person", "row": clerk.pk}).status_code == 404
    assert clerk.name in make.sign_in(Role.BRANCH_HEAD, hall.branch).get(PAGE, {"by": "person"}).content.decode()


@pytest.mark.parametrize("by", ["owner", "person"])
def test_of_people_whoever_leads_a_hall_sees_those_of_that_hall_alone(hall, by):
    mine, other = make.user("clerk", hall), make.user("clerk", make.unit("hall", parent=hall.branch))
    for person in (mine, other):
        made = complaint(hall)
        type(made).objects.filter(pk=made.pk).update(**{by: person})
    leader = make.sign_in(Role.DUTY_MANAGER, hall)
    assert [row.name for row in leader.get(PAGE, {"by": by}).context["rows"]] == [str(mine)]
    asked = [f"{LIST}?{urlencode({'figure': 'received', 'by': by, 'row': person.pk})}" for person in (mine, other)]
    assert [listed(leader, url) for url in asked] == [1, 0]
    assert other.name not in leader.get(asked[1]).content.decode()


@pytest.mark.practice("D15")
def test_a_unit_without_complaints_at_normal_traffic_is_told_to_check_recording(hall, head):
    silent, new, dying = (make.unit("hall", parent=hall.branch) for _ in range(3))
    for unit, now, before in ((hall, 20, 0), (silent, 32, 60), (new, 8, 0), (dying, 30, 65)):
        visitor, clerk = make.customer(unit), make.user("clerk", unit)
        for n in range(now + before):
            make.interaction(visitor, clerk, at=NOW - (DAY if n < now else 40 * DAY))
    complaint(hall)
    complaint(hall)
    assert head.get(PAGE).context["quiet"] == []  # by the rate of all, none could be chance
    for _ in range(10):
        complaint(hall)
    page = head.get(PAGE)
    assert [one.unit for one in page.context["quiet"]] == [silent]
    assert "Check recording" in page.content.decode()


@pytest.mark.practice("G09")
def test_the_silent_dissatisfied_are_estimated_and_called_a_rule_of_thumb(hall, head):
    for _ in range(29):
        complaint(hall)
    page = head.get(PAGE)
    assert page.context["thumb"].silent == 725
    assert "rule of thumb" in page.content.decode()


@pytest.mark.practice("G08")
def test_the_rules_of_thumb_are_changed_by_whoever_sets_policies(hall, head):
    form = head.get(PAGE + "rules-of-thumb/").context["form"]
    told = {name: form[name].value() for name in form.fields}
    assert head.post(PAGE + "rules-of-thumb/", told | {"silent_share": "0"}).status_code == 422
    assert head.post(PAGE + "rules-of-thumb/", told | {"silent_share": "5", "told_on": "11"}).status_code == 302
    complaint(hall)
    thumb = head.get(PAGE).context["thumb"]
    assert (thumb.silent, thumb.told, thumb.rules.loyal_share) == (20, 220, 95)
    assert make.sign_in(Role.QUALITY, hall.branch).get(PAGE + "rules-of-thumb/").status_code == 403


def test_a_split_costs_as_many_questions_with_one_row_as_with_many(hall, head):
    def asked():
        with CaptureQueriesContext(connection) as found:
            assert head.get(PAGE, {"by": "class"}).status_code == 200
        return len(found)

    called(closed(hall))
    asked()
    once = asked()
    a_month_of(hall)
    assert asked() == once <= 40


def test_in_chinese_every_word_is_chinese_and_numbers_stand_in_threes(hall):
    person = make.sign_in(Role.BRANCH_HEAD, hall.branch, language="zh-hans")
    complaint(hall)
    page = person.get(PAGE, {"by": "product"}).text
    assert "未填写" in page
    assert "Not said" not in page
    with translation.override("zh-hans"):
        assert floatformat(55600, "0g") == "55,600"


def test_imported_ones_are_left_out_until_asked_for_and_the_form_says_so(hall, head):
    closed(hall, imported=True)
    page = head.get(PAGE)
    ((_name, _label, offered),) = [one for one in page.context["filter"].selections if one[0] == "imported"]
    assert offered == [("", "No", True), ("true", "Yes", False)]
    assert addresses(page)[0][0] == 0
    assert addresses(head.get(PAGE, {"imported": "true"}))[0][0] == 1
