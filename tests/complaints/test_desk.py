"""The desk's queue: what is open and within reach, the nearest clock first (peers F 1; A22, D13)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.desk import queue
from complaints.models import Clock, Complaint
from customers.paging import page_of
from staff.rights import RIGHTS, Role
from tests import complaining, make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def desk(hall):
    """Somebody of the complaint desk of the hall's branch."""
    return make.sign_in(Role.COMPLAINT_DESK, make.unit("desk", parent=hall.branch), language="en")


def clock(complaint, hours, kind="result", **fields):
    now = timezone.now()
    return Clock.objects.create(
        complaint=complaint, kind=kind, started_at=now - 9 * HOUR, due_at=now + hours * HOUR, **fields
    )


def complaint(at, hours=None, **fields):
    """Of a customer of the unit `at`; its clock is due in so many hours."""
    made = complaining.complaint(make.customer(at), **fields)
    if hours is not None:
        clock(made, hours)
    return made


def over(at, **fields):
    return complaint(at, **fields | {"state": "withdrawn", "ended_at": timezone.now()})


def listed(browser, **asked):
    """The complaints on the page, in order."""
    answer = browser.get("/complaints/", asked)
    assert answer.status_code == 200
    return [line.complaint for line in answer.context["lines"]]


def due_of(complaint):
    return Complaint.objects.values_list("due_at", flat=True).get(pk=complaint.pk)


def test_a_complaint_is_due_when_the_nearest_of_its_running_clocks_is(hall):
    one = complaint(hall)
    assert due_of(one) is None
    legal, result = clock(one, 300, kind="legal"), clock(one, 5)
    assert due_of(one) == result.due_at
    result.paused_at = timezone.now()
    result.save()
    assert due_of(one) == legal.due_at
    contact = clock(one, -1, kind="contact")
    assert due_of(one) == contact.due_at
    Clock.objects.filter(complaint=one).exclude(pk=legal.pk).update(paused_at=None, met_at=timezone.now())
    assert due_of(one) == legal.due_at
    Clock.objects.filter(complaint=one, met_at=None).update(stopped_at=timezone.now())
    assert due_of(one) is None


def test_the_most_urgent_comes_first_and_what_has_no_clock_last(hall, desk):
    later, none, late, soon = (complaint(hall, hours) for hours in (50, None, -3, 1))
    over(hall)
    assert listed(desk) == [late, soon, later, none]


def test_every_complaint_comes_once_forth_and_back(hall, desk):
    ids = [complaint(hall, hours).pk for hours in (-2, 1, 1, 4, None, None, None)]
    rows, seen, page = queue.waiting(desk.person), [], None
    while page is None or page.following:
        page = page_of(rows, **queue.ORDER, after=page and page.following, size=2)
        seen += [one.pk for one in page.rows]
    back = [one.pk for one in page.rows]
    while page.preceding:
        page = page_of(rows, **queue.ORDER, before=page.preceding, size=2)
        back = [one.pk for one in page.rows] + back
    assert seen == back == ids


def test_late_ones_are_red_in_words_and_shape(hall, desk):
    complaint(hall, -3)
    page = desk.get("/complaints/").content.decode()
    assert "late by 3 h" in page
    assert 'class="tag bad"' in page


def narrowing(hall, person):
    """{what the address asks: fields of the one that fits}."""
    now, branch = timezone.now(), hall.branch
    other, community = make.unit("hall", parent=branch), make.unit("community", parent=hall)
    group, concerned = complaining.category(branch, area="service"), make.user("clerk", hall)
    return {
        "whose=mine": {"owner": person},
        "state=in_progress": {"state": "in_progress"},
        f"category={group.parent_id}": {"category": group},
        f"category={group.pk}": {"category": group},
        "level=3": {"level": 3},
        f"unit={other.pk}": {"unit": other},
        "channel=letter": {"channel": "letter"},
        "product=iot": {"product": "iot"},
        f"area={hall.pk}": {"area_unit": community},
        "repeat=true": {"is_repeat": True},
        "flag=true": {"escalated_at": now},
        "imported=true": {"imported": True},
        f"person={concerned.pk}": {"person": concerned},
        f"incident={(incident := complaining.incident(branch)).pk}": {"incident": incident},
    }


@pytest.mark.parametrize("n", range(14))
def test_each_filter_finds_what_fits_and_nothing_else(hall, desk, n):
    asked, fields = list(narrowing(hall, desk.person).items())[n]
    complaint(hall)
    fits = complaint(hall, **fields)
    over(hall, **fields)
    assert listed(desk, **dict([asked.split("=")])) == [fits]


def test_by_tier_it_is_what_the_customer_was_when_it_was_accepted(hall, desk):
    complaint(hall)
    fits = complaint(hall, tier=make.tier(hall.branch, code="gold", name="金卡"))
    assert listed(desk, tier=fits.tier_id) == [fits]


def test_what_is_due_can_be_asked_for(hall, desk):
    late, soon, _later = (complaint(hall, hours) for hours in (-1, 2, 100))
    assert listed(desk, due="late") == [late]
    assert listed(desk, due="soon") == [soon]


def test_mine_and_those_of_my_units_stand_together(hall):
    clerk = make.sign_in(Role.CLERK, hall)
    other = make.unit("hall", parent=hall.branch)
    mine = complaint(other, 3, owner=clerk.person)
    ours, _theirs = complaint(hall, 2), complaint(other, 1)
    assert listed(clerk, whose="around") == [ours, mine]
    assert listed(clerk, whose="units") == [ours]
    assert listed(clerk, whose="mine") == [mine]


@pytest.mark.parametrize("role", [Role.CLERK, Role.DUTY_MANAGER, Role.VIP_MANAGER, Role.DEPARTMENT_HEAD])
def test_whoever_reaches_little_sees_all_of_it(hall, role):
    who, other = make.sign_in(role, hall), make.unit("hall", parent=hall.branch)
    person = who.person
    for fields in ({"owner": person}, {"first_owner": person}, {"coordinator": person}, {"unit": hall}, {}):
        complaint(other, 1, **fields)
    complaint(other, 2, accepted_unit=hall)
    complaint(hall, unit=other, accepted_unit=other)
    complaining.complaint(make.customer(other, manager=person))
    reached = Complaint.objects.visible_to(person)
    assert {one.pk for one in listed(who)} == set(reached.values_list("pk", flat=True)) != set()


def test_by_its_number_a_complaint_is_found_also_when_it_is_over(hall, desk):
    ended, _other = over(hall), complaint(hall)
    assert listed(desk, number=ended.number, state="accepted") == [ended]
    assert listed(desk, number=over(make.unit("hall")).number) == []


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIP_MANAGER])
def test_where_much_waits_the_same_is_seen(hall, role, monkeypatch):
    monkeypatch.setattr(queue, "BUSY", 2)
    who, other = make.sign_in(role, hall), make.unit("hall", parent=hall.branch)
    seen = [complaint(other, hours, **fields) for hours, fields in enumerate(({"owner": who.person}, {"unit": hall}))]
    complaint(other, 3)
    over(hall)
    seen += [complaint(hall, hours) for hours in (4, 5)] if role == Role.CLERK else []
    reached = set(Complaint.objects.visible_to(who.person).filter(ended_at=None))
    assert set(listed(who)) == set(listed(who, whose="around")) | set(listed(who)) == reached
    assert [one for one in listed(who) if one in seen] == [one for one in seen if one in reached]


def test_another_branch_and_another_hall_stay_hidden(hall, desk):
    clerk = make.sign_in(Role.CLERK, hall)
    complaint(make.unit("hall"), 1)
    beside = complaint(make.unit("hall", parent=hall.branch), 1)
    assert listed(desk) == [beside]
    assert listed(clerk) == []


@pytest.mark.parametrize(
    "asked", [{"state": "x"}, {"unit": "1" * 30}, {"category": "9" * 18}, {"due": "never"}, {"level": "x"}]
)
def test_what_is_not_there_finds_nothing(hall, desk, asked):
    complaint(hall)
    assert listed(desk, **asked) == []


def test_who_complaints_are_about_is_asked_by_leaders_alone(hall, desk):
    folded = {"HX-Target": "further-filters", "HX-Request": "true"}  # comes when it is opened
    for asked in ("", "channel=letter"):
        assert b'name="person"' in desk.get(f"/complaints/?{asked}", headers=folded).content
        clerk = make.sign_in(Role.CLERK, hall).get(f"/complaints/?{asked}", headers=folded).content
        assert b'name="tier"' in clerk
        assert b'name="person"' not in clerk
    assert b'name="tier"' not in desk.get("/complaints/").content
    narrowed = desk.get("/complaints/?channel=letter").content.decode()  # what it asks for; the others are on their way
    assert '<option value="letter" selected>' in narrowed
    assert 'hx-get="/complaints/?channel=letter" hx-trigger="load"' in narrowed
    assert 'name="tier"' not in narrowed


def test_quality_reads_names_and_numbers_masked(hall):
    quality = make.sign_in(Role.QUALITY, hall.branch, language="en")
    customer = make.customer(hall, name="欧阳明月")
    complaining.complaint(customer, words="欧阳明月 13812345678 网速慢")
    page = quality.get("/complaints/").content.decode()
    assert "网速慢" in page
    assert "欧阳明月" not in page
    assert "13812345678" not in page


def test_a_caller_who_is_no_customer_stands_in_the_queue_too(hall, desk):
    clerk = make.user(Role.CLERK, hall)
    of_nobody = {"customer": None, "caller_name": "李四", "caller_number": "13900001111", "tier": None}
    one = complaining.complaint(make.customer(hall), clerk)
    Complaint.objects.filter(pk=one.pk).update(**of_nobody)
    assert "李四" in desk.get("/complaints/").content.decode()


def test_what_a_file_knows_by_its_ticket_alone_says_so_in_the_readers_language(hall):
    one = complaining.complaint(make.customer(hall), make.user(Role.CLERK, hall))
    Complaint.objects.filter(pk=one.pk).update(
        customer=None, caller_number="ticket 338606", caller_name="", tier=None, imported=True
    )
    reader = make.sign_in(Role.COMPLAINT_DESK, make.unit("desk", parent=hall.branch), language="zh-hans")
    for path in ("/complaints/", f"/complaints/{one.pk}/"):
        page = reader.get(path).content.decode()
        assert "工单 338606" in page
        assert "ticket 338606" not in page


def test_more_complaints_cost_no_more_queries(hall, desk):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            desk.get("/complaints/")
        return len(caught)

    complaint(hall, 1)
    queries()
    few = queries()
    for hours in range(5):
        complaint(hall, hours)
    assert queries() == few <= 20


def test_the_page_asks_for_its_rows_alone(hall, desk):
    complaint(hall, 1)
    part = desk.get("/complaints/?due=soon", headers={"HX-Target": "desk-rows", "HX-Request": "true"}).content.decode()
    assert part.count('id="complaint-') == 1
    assert "<html" not in part


def test_from_a_complaint_one_goes_on_to_the_next_of_the_same_list(hall, desk):
    first, other, second = complaint(hall, 1, level=3), complaint(hall, 2), complaint(hall, 3, level=3)
    assert listed(desk, level="3") == [first, second]
    answer = desk.get(f"/complaints/{first.pk}/next/?level=3")
    assert answer.url == f"/complaints/{second.pk}/?next=level%3D3"
    assert desk.get(f"/complaints/{first.pk}/next/").url.startswith(f"/complaints/{other.pk}/")


def test_after_what_left_the_list_comes_its_beginning(hall, desk):
    first, done = complaint(hall, 1), over(hall)
    assert desk.get(f"/complaints/{done.pk}/next/").url.startswith(f"/complaints/{first.pk}/")


def test_after_the_last_one_the_list_begins_again_and_alone_it_says_so(hall, desk):
    first, last = complaint(hall, 1), complaint(hall, 2)
    assert desk.get(f"/complaints/{last.pk}/next/").url.startswith(f"/complaints/{first.pk}/")
    assert desk.get(f"/complaints/{last.pk}/next/?due=late").url == "/complaints/?due=late"


def test_the_page_of_a_complaint_leads_on_also_after_something_was_done(hall, desk):
    one = complaint(hall, 1, level=3)
    assert f"/complaints/{one.pk}/next/" not in desk.get(f"/complaints/{one.pk}/").content.decode()
    kept = f"/complaints/{one.pk}/?next=level%3D3"
    page = desk.get(kept).content.decode()
    assert f'href="/complaints/{one.pk}/next/?level=3"' in page
    assert f'/complaints/{one.pk}/do/note/?next=level%3D3"' in page
    told = {"text": "已看", "key": "00000000-0000-4000-8000-000000000001", "edition": one.edition}
    assert desk.post(f"/complaints/{one.pk}/do/note/?next=level%3D3", told).url == kept


def marked(browser, address, what):
    return [entry["url"] for entry in browser.get(address).context[what]() if entry["current"]]


def test_the_navigation_marks_the_entry_and_the_lists_of_it_stand_together(hall, desk):
    assert marked(desk, "/complaints/", "navigation") == marked(desk, "/complaints/tasks/", "navigation")
    assert marked(desk, "/complaints/tasks/", "page_tabs") == ["/complaints/tasks/"]
    assert marked(desk, "/complaints/new/", "navigation") == ["/complaints/new/"]
    assert 'href="/complaints/incidents/"' in desk.get("/complaints/").content.decode()


def test_who_does_tasks_only_finds_them_in_the_navigation(hall):
    doer = min(RIGHTS["complaints.do_task"].keys() - RIGHTS["complaints.view"].keys())
    shown = make.sign_in(doer, hall).get("/complaints/tasks/").context
    assert "/complaints/tasks/" in {entry["url"] for entry in shown["navigation"]()}
    assert shown["page_tabs"]() == []


def test_home_begins_with_what_is_nearest_of_mine_and_my_unit(hall):
    clerk = make.sign_in(Role.CLERK, hall)
    other = make.unit("hall", parent=hall.branch)
    mine, ours = complaint(other, 3, owner=clerk.person), complaint(hall, 2)
    complaint(other, 1)
    cards = {card["template"]: card["rows"] for card in clerk.get("/").context["cards"]}
    assert [line.complaint for line in cards["home/_complaints.html"]] == [ours, mine]


def test_supervisors_see_counts_and_each_leads_to_exactly_these(hall):
    manager = make.sign_in(Role.DUTY_MANAGER, hall)
    late, soon = complaint(hall, -1), complaint(hall, 1, escalated_at=timezone.now())
    complaint(hall, 90, state="reopened")
    complaint(make.unit("hall", parent=hall.branch), -1)
    cards = {card["template"]: card["rows"] for card in manager.get("/home/more/").context["cards"]}
    rows = cards["home/_complaint_counts.html"]
    assert [one.n for one in rows] == [1, 1, 1, 1, 0]
    for one in rows:
        assert len(listed(manager, **dict([one.query.split("=")]))) == one.n
    assert listed(manager, due="late") == [late]
    assert listed(manager, flag="true") == [soon]


@pytest.mark.parametrize("typed", ["26-000123", " 26－000123 ", "26000123"])
def test_the_search_box_knows_a_complaint_by_the_number_its_customer_was_told(hall, desk, typed):
    one = complaint(hall, number="26-000123")
    page = desk.post("/search/", {"q": typed}).content.decode()
    assert f'data-exact><a href="/complaints/{one.pk}/"' in page
    assert str(one.category) in page


def test_it_finds_no_complaint_by_a_part_of_its_number_nor_one_out_of_reach_or_about_oneself(hall, desk):
    complaint(hall, number="26-000123")
    complaint(make.unit("hall", parent=make.branch()), number="26-000124")
    complaint(hall, number="26-000125", person=desk.person)
    for typed in ("26-00012", "000123", "26-000124", "26-000125"):
        assert "/complaints/" not in desk.post("/search/", {"q": typed}, HTTP_HX_REQUEST="true").content.decode()
