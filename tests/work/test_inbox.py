"""The inbox and the bell: what is unread, the newest first, without what the reader may not see."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from work.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make.sign_in("clerk", make.unit("hall"), language="en")


def bell(desk, shown=""):
    answer = desk.get("/inbox/badge/", {"shown": shown})
    found = re.search(r'<span class="count"[^>]*>([^<]+)', answer.content.decode())
    return answer.status_code, found and found[1]


def test_the_bell_counts_what_is_unread_and_rings_by_now(desk):
    soon = timezone.now() + timedelta(hours=1)
    make.notice(desk.person)
    make.notice(desk.person, urgency="ring")
    make.notice(desk.person, urgency="digest")
    make.notice(desk.person, shows_at=soon)
    make.notice(desk.person, read_at=timezone.now())
    make.notice(make.user("clerk", desk.person.branch))
    assert bell(desk) == (200, "2")


def test_a_poll_that_brings_nothing_new_is_empty(desk):
    assert bell(desk, "0") == (204, None)
    make.notice(desk.person)
    assert bell(desk, "0") == (200, "1")
    assert bell(desk, "1") == (204, None)


def test_more_than_99_are_many(desk):
    for _ in range(101):
        make.notice(desk.person)
    assert bell(desk) == (200, "99+")


def test_the_bell_costs_one_query_along_its_index(desk):
    for _ in range(3):
        make.notice(desk.person)
    bell(desk)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        bell(desk)
    asked = [query["sql"] for query in captured if "work_notice" in query["sql"]]
    assert len(asked) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {asked[0]}")
        assert "notice_unread" in str(cursor.fetchall())


def test_an_urgent_notice_is_a_toast_until_it_was_shown(desk):
    notice = make.notice(desk.person, urgency="ring")
    assert notice.words in desk.get("/inbox/badge/").content.decode()
    assert f"/inbox/{notice.pk}/seen/" in desk.get("/").content.decode()
    assert desk.post(f"/inbox/{notice.pk}/seen/").status_code == 204
    assert notice.words not in desk.get("/inbox/badge/").content.decode()
    assert bell(desk) == (200, "1")


def test_the_bell_of_a_page_left_open_does_not_keep_the_session(desk):
    seen = timezone.now().timestamp() - 3600
    session = desk.session
    session["seen_at"] = seen
    session.save()
    desk.get("/inbox/badge/", headers={"By-Itself": "yes"})
    assert desk.session["seen_at"] == seen
    desk.get("/inbox/")
    assert desk.session["seen_at"] > seen


def test_the_inbox_shows_the_newest_first_and_what_was_read_after(desk):
    old, new = (make.notice(desk.person, data=data("老张")), make.notice(desk.person, data=data("小李")))
    read = make.notice(desk.person, data=data("已读"), read_at=timezone.now())
    foreign = make.notice(make.user("clerk", desk.person.branch), data=data("别人"))
    page = desk.get("/inbox/").content.decode()
    assert page.index(new.words) < page.index(old.words) < page.index(read.words)
    assert foreign.words not in page


def data(person):
    return {"person": person, "first": "2026-11-23", "last": "2026-11-27"}


def test_opening_a_notice_reads_it(desk):
    notice = make.notice(desk.person)
    answer = desk.post(f"/inbox/{notice.pk}/read/", {"open": "1"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/profile/absence/")
    notice.refresh_from_db()
    assert notice.read_at
    again = desk.post(f"/inbox/{notice.pk}/read/")
    assert again.headers["Location"] == "/inbox/"


def test_read_all_reads_what_the_page_showed_and_not_what_came_since(desk):
    shown, since = make.notice(desk.person), make.notice(desk.person)
    foreign = make.notice(make.user("clerk", desk.person.branch), pk=shown.pk - 1)
    assert desk.post("/inbox/read/", {"until": shown.pk}).status_code == 302
    assert set(Notice.objects.unread()) == {since, foreign}
    desk.post("/inbox/read/", {"until": "nothing"})
    assert Notice.objects.unread().count() == 2


def test_a_customer_is_shown_as_the_reader_may_see_them():
    hall = make.unit("hall")
    near, far = make.customer(hall, name="王小明"), make.customer(make.unit("hall"), name="李大海")
    for role, name in [("clerk", "王小明"), ("guide", "王**")]:
        desk = make.sign_in(role, hall, language="en")
        seen = make.notice(desk.person, customer_id=near.pk, kind="absence.is_back")
        make.notice(desk.person, customer_id=far.pk)
        page = desk.get("/inbox/").content.decode()
        assert f">{name}<" in page
        assert "李" not in page
        answer = desk.post(f"/inbox/{seen.pk}/read/", {"open": "1"}, headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"]


def test_the_inbox_costs_the_same_with_one_and_with_three(desk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get("/inbox/")
        return len(captured)

    hall = desk.person.postings.get().unit
    make.notice(desk.person, customer_id=make.customer(hall).pk)
    queries()
    one = queries()
    for _ in range(2):
        make.notice(desk.person, customer_id=make.customer(hall).pk)
    assert queries() == one


def test_older_pages_hang_together(desk):
    now = timezone.now()
    for n in range(60):
        make.notice(desk.person, data=data(f"第{n:02}人"), read_at=now)
    first = desk.get("/inbox/").content.decode()
    older = re.search(r"\?before=\d+", first)[0]
    second = desk.get(f"/inbox/{older}").content.decode()
    names = [set(re.findall(r"第\d\d人", page)) for page in (first, second)]
    assert len(names[0]) == 50
    assert names[0] | names[1] == {f"第{n:02}人" for n in range(60)}
    assert not names[0] & names[1]
    assert desk.get("/inbox/?before=x").status_code == 200


# The API


def test_a_program_reads_the_notices_of_its_person_and_marks_them_read():
    hall = make.unit("hall")
    clerk = make.user("clerk", hall)
    program = make.Program(clerk, "notices:read", "notices:write")
    near, far = make.customer(hall), make.customer(make.unit("hall"))
    first = make.notice(clerk, customer_id=near.pk)
    make.notice(clerk, customer_id=far.pk)
    make.notice(clerk, read_at=timezone.now())
    make.notice(make.user("clerk", hall))
    found = program.get("notices/", {"unread": "true"}).json()["results"]
    assert [one["customer"] for one in found] == [None, near.pk]
    assert found[0]["text"] == "You stand in for 张伟 from 2026-11-23 to 2026-11-27."
    assert (
        program.get("notices/", {"unread": "true"}, **{"Accept-Language": "zh-hans"})
        .json()["results"][0]["text"]
        .endswith("由您代理 张伟。")
    )
    assert program.post(f"notices/{first.pk}/read/").json()["read_at"]
    assert len(program.get("notices/").json()["results"]) == 3
    assert program.post(f"notices/{Notice.objects.latest('pk').pk}/read/").status_code == 404


def test_reading_needs_its_scope():
    clerk = make.user("clerk")
    notice = make.notice(clerk)
    assert make.Program(clerk, "notices:read").post(f"notices/{notice.pk}/read/").status_code == 403
    assert make.Program(clerk, "units:read").get("notices/").status_code == 403
