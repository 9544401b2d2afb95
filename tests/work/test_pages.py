"""My day, the page of a follow-up, the leaders' list and the promises: what they show, do and refuse."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import make
from work import arranging, attempting
from work.models import FollowUp

pytestmark = pytest.mark.django_db
HX = {"hx-request": "true"}


def at(**shift):
    return timezone.now() + timedelta(**shift)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def browser(hall):
    return make.sign_in("clerk", hall, language="en")


@pytest.fixture
def customer(hall):
    return make.customer(hall, name="李明珠")


def text(answer):
    return answer.content.decode()


def test_my_day_has_what_is_mine_most_urgent_first(browser, customer, hall):
    me, other = browser.person, make.user("clerk", hall)
    late = make.follow_up(customer, me, what="迟到", due_at=at(hours=-3), late_at=at(hours=-2))
    make.follow_up(customer, me, what="现在", due_at=at(minutes=-5), late_at=at(hours=2))
    make.follow_up(customer, me, what="过两天", due_at=at(days=2))
    make.follow_up(customer, None, what="大家的", due_at=at(days=3))
    make.follow_up(customer, other, what="别人的", due_at=at(hours=-1))
    make.follow_up(customer, None, unit=make.unit("hall", hall.branch), what="别厅的", due_at=at(hours=-1))
    shown = text(browser.get("/day/"))
    assert [shown.index(word) for word in ("迟到", "现在", "过两天", "大家的")] == sorted(
        shown.index(word) for word in ("迟到", "现在", "过两天", "大家的")
    )
    assert "别人的" not in shown
    assert "别厅的" not in shown
    assert "2 hours late" in shown
    assert reverse("follow-up", args=[late.pk]) in shown


def test_an_empty_day_says_what_to_expect(browser):
    assert "Nothing waits for you" in text(browser.get("/day/"))


def test_answered_on_the_row_and_taken_back(browser, customer):
    made = make.follow_up(customer, browser.person, due_at=at(hours=-1))
    answer = browser.post(reverse("day-answer", args=[made.pk]), {"answer": "satisfied", "note": "很好"}, headers=HX)
    assert "Undo" in text(answer)
    assert FollowUp.objects.get().state == "done_satisfied"
    assert "Done today" in text(browser.get("/day/"))
    answer = browser.post(reverse("day-undo", args=[made.pk]), headers=HX)
    assert 'value="satisfied"' in text(answer)
    assert FollowUp.objects.get().state == "due"


def test_what_is_refused_stands_on_the_row_with_the_note_kept(browser, customer):
    made = make.follow_up(customer, None, handled_by=browser.person, due_at=at(hours=-1))
    sent = {"answer": "satisfied", "note": "自己的活"}
    answer = browser.post(reverse("day-answer", args=[made.pk]), sent, headers=HX)
    assert answer.status_code == 422
    assert "somebody else has to do it" in text(answer)
    assert "自己的活" in text(answer)
    assert made.attempts.count() == 0


def test_what_is_refused_by_the_form_stands_on_the_row(browser, customer):
    made = make.follow_up(customer, browser.person)
    answer = browser.post(reverse("day-answer", args=[made.pk]), {"answer": "nonsense"}, headers=HX)
    assert answer.status_code == 422
    assert "field-error" in text(answer)


@pytest.mark.parametrize("address", ["/day/", "/day/list/"])
def test_one_row_or_three_take_the_same_number_of_queries(browser, customer, django_assert_max_num_queries, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make.follow_up(customer, browser.person, due_at=at(hours=-1))
    browser.get(address)
    with CaptureQueriesContext(connection) as one:
        browser.get(address)
    for _ in range(2):
        make.follow_up(make.customer(customer.unit), browser.person, due_at=at(hours=-1))
    with CaptureQueriesContext(connection) as three:
        browser.get(address)
    assert len(one) == len(three) <= 20


def test_the_page_shows_history_and_takes_every_action(browser, customer, hall):
    me, colleague = browser.person, make.user("clerk", hall, name="王同事")
    made = make.follow_up(customer, me, what="确认移机")
    page = reverse("follow-up", args=[made.pk])

    def post(name, **said):
        answer = browser.post(reverse(name, args=[made.pk]), said, follow=True)
        assert answer.status_code == 200, text(answer)
        made.refresh_from_db()
        return text(answer)

    assert "确认移机" in text(browser.get(page))
    assert "客户出差" in post("follow-up-note", note="客户出差")
    when = timezone.localtime(at(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert "Moved to" in post("follow-up-move", due_at=when, reason="约好了", version=made.version)
    assert "Tried: No answer" in post("follow-up-attempt", answer="no_answer", note="")
    assert "Handed over: 轮休" in post("follow-up-hand-over", owner=colleague.pk, reason="轮休")
    assert made.owner == colleague


def test_what_was_typed_is_kept_when_it_is_refused(browser, customer):
    made = make.follow_up(customer, browser.person)
    sent = {"due_at": "2020-01-01T10:00", "reason": "写错了", "version": 1}
    answer = browser.post(reverse("follow-up-move", args=[made.pk]), sent)
    assert answer.status_code == 422
    assert "This time has passed." in text(answer)
    assert "写错了" in text(answer)


def test_a_call_with_parts_has_one_answer_for_each(browser, customer):
    lead = make.follow_up(customer, browser.person, what="第一件", due_at=at(hours=-1))
    part = make.follow_up(customer, browser.person, what="第二件", due_at=at(hours=2))
    browser.post(reverse("follow-up-merge", args=[customer.pk]))
    assert "One more in the same call" in text(browser.get("/day/"))
    url = reverse("follow-up-attempt", args=[lead.pk])
    assert "Each part of the call" in text(browser.post(url, {"answer": "satisfied"}))
    browser.post(url, {"answer": "satisfied", f"part_{part.pk}": "neutral"})
    assert [one.state for one in FollowUp.objects.order_by("pk")] == ["done_satisfied", "done_neutral"]


def test_merging_leaves_what_is_a_colleagues_to_them(browser, customer, hall):
    mine, colleague = browser.person, make.user("clerk", hall)
    first, second = make.follow_up(customer, mine), make.follow_up(customer, mine, due_at=at(hours=2))
    theirs = make.follow_up(customer, colleague, due_at=at(minutes=5))
    browser.post(reverse("follow-up-merge", args=[customer.pk]))
    second.refresh_from_db(), theirs.refresh_from_db()
    assert (second.merged_into, theirs.merged_into, theirs.parts.count()) == (first, None, 0)
    arranging.cancel(first, by=mine, reason="客户已来厅")
    arranging.cancel(second, by=mine, reason="客户已来厅")
    assert browser.post(reverse("follow-up-merge", args=[customer.pk])).status_code == 302


def test_of_a_call_beyond_their_customers_an_owner_sees_what_is_theirs(customer, hall):
    far = make.sign_in("community_manager", make.unit("community", hall.branch), language="en")
    mine = make.follow_up(customer, far.person, what="我的回访")
    past = make.follow_up(customer, make.user("clerk", hall), what="别人的回访", merged_into=mine)
    arranging.cancel(past, by=past.owner, reason="客户已来厅")
    shown = text(far.get(reverse("follow-up", args=[mine.pk])))
    assert "我的回访" in shown
    assert "别人的回访" not in shown


def test_leaders_choose_among_the_units_and_people_they_lead(customer, hall):
    leader, other = make.sign_in("duty_manager", hall, language="en"), make.unit("hall", hall.parent)
    here, there = make.user("clerk", hall, name="本厅员工"), make.user("clerk", other, name="别厅员工")
    make.follow_up(customer, there, unit=other)
    shown = text(leader.get("/follow-ups/?which=open"))
    assert f'<option value="{hall.pk}"' in shown
    assert f'<option value="{other.pk}"' not in shown
    assert here.name in shown
    assert there.name not in shown


def test_a_promise_is_planned_from_the_customers_page(browser, customer):
    url = reverse("follow-up-new", args=[customer.pk])
    page = text(browser.get(url))
    assert "How the customer was told" in page
    form = {"key": "00000000-0000-4000-8000-000000000009", "kind": "promise", "what": "周五答复", "priority": 3}
    form |= {"due_at": timezone.localtime(at(days=1)).strftime("%Y-%m-%dT%H:%M"), "told_by": "", "number": ""}
    refused = browser.post(url, form)
    assert (refused.status_code, "Say how the customer was told." in text(refused)) == (422, True)
    for _ in range(2):
        assert browser.post(url, form | {"told_by": "phone"}).status_code == 302
    made = FollowUp.objects.get()
    assert (made.kind, made.owner) == ("promise", browser.person)
    panel = text(browser.get(reverse("customer-panel-follow-ups", args=[customer.pk])))
    assert "周五答复" in panel


def test_leaders_see_late_and_unreached_of_their_units_alone(customer, hall):
    lead = make.sign_in("duty_manager", hall, language="en")
    clerk = make.user("clerk", hall)
    elsewhere = make.unit("hall", hall.branch)
    make.follow_up(customer, clerk, what="晚了", due_at=at(hours=-3), late_at=at(hours=-2))
    make.follow_up(customer, clerk, what="还早")
    make.follow_up(customer, None, unit=elsewhere, what="别厅晚了", due_at=at(hours=-3), late_at=at(hours=-2))
    gone = make.follow_up(customer, clerk, what="找不到")
    FollowUp.objects.filter(pk=gone.pk).update(state="in_progress")
    FollowUp.objects.filter(pk=gone.pk).update(state="unreachable", ended_at=timezone.now())
    late = text(lead.get("/follow-ups/"))
    assert ("晚了" in late, "还早" in late, "别厅晚了" in late) == (True, False, False)
    assert "找不到" in text(lead.get("/follow-ups/?which=unreachable"))
    assert lead.post(reverse("follow-up-try-again", args=[gone.pk])).status_code == 302
    gone.refresh_from_db()
    assert gone.state == "due"


@pytest.mark.practice("A30")
def test_the_rate_of_kept_promises_with_the_numbers_behind_it(customer, hall):
    """Three kept, one broken by a clerk: 75 %; each number leads to its rows."""
    lead = make.sign_in("department_head", hall.parent, language="en")
    clerk = make.user("clerk", hall, name="赵承诺")
    for n in range(3):
        kept = make.follow_up(
            customer, clerk, kind="promise", what=f"守约{n}", due_at=at(minutes=-5), late_at=at(hours=1)
        )
        attempting.attempt(kept, "answered", by=clerk, result="neutral")
    from work import promises

    broken = make.follow_up(customer, clerk, kind="promise", what="失约", due_at=at(hours=-3), late_at=at(hours=-1))
    assert promises.break_late() == 1
    assert promises.break_late() == 0
    attempting.attempt(FollowUp.objects.get(pk=broken.pk), "answered", by=clerk, result="neutral")
    broken.refresh_from_db()
    assert (broken.kept_at, broken.broken_at) == (None, broken.late_at)
    page = text(lead.get("/follow-ups/promises/"))
    assert "75.0 %" in page
    rows = text(lead.get(f"/follow-ups/?which=broken&owner={clerk.pk}"))
    assert ("失约" in rows, "守约" in rows) == (True, False)


def test_only_colleagues_of_the_branch_are_offered_for_handing_over():
    """Also where the unit that owes it is the branch itself."""
    branch = make.branch()
    browser, colleague = make.sign_in("hotline", branch), make.user("hotline", branch, name="同事甲")
    make.user("hotline", make.branch(), name="外人乙")
    made = make.follow_up(make.customer(branch), browser.person)
    shown = text(browser.get(reverse("follow-up", args=[made.pk])))
    assert (colleague.name in shown, "外人乙" in shown) == (True, False)
