"""What a list shows is changed all at once: previewed, and done row by row."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from complaints.bulk_actions import shown
from complaints.models import Complaint
from jobs import runs
from jobs.bulk import asking, lists
from jobs.models import Bulk, BulkRow, Run
from staff import at_once
from staff.models import Posting
from tests import make
from tests.jobs.at_once import DESK, ask, complaints, go, owners, states, undo
from tests.race import together

pytestmark = pytest.mark.django_db


def test_everything_that_matches_is_tried_then_done_and_undone_as_one(desk, hall):
    made = complaints(hall, 12)
    to, before = make.user(DESK, hall.branch), owners(made)
    assert "Do at once: all 12" in desk.get("/bulk/new/complaints/count/").content.decode()
    bulk = ask(desk, "complaints", "give", owner=to.pk, reason="人手")
    page = desk.get(f"/bulk/{bulk.pk}/")
    assert (page.context["stage"], page.context["fit"], len(page.context["examples"])) == ("previewed", 12, 10)
    assert owners(made) == before
    assert not Event.objects.filter(verb="complaint.assigned").exists()
    go(desk, bulk)
    assert set(owners(made)) == {to.pk}
    assert set(states(bulk)) == {"done"}
    assert Event.objects.filter(verb="complaint.assigned", actor=desk.person).count() == 12
    undo(desk, bulk)
    assert owners(made) == before
    assert desk.get(f"/bulk/{bulk.pk}/").context["stage"] == "undone"


def test_the_preview_says_for_each_reason_how_many_are_left_out(desk, hall):
    low, high = complaints(hall, 2), complaints(hall, 3, level=3)
    bulk = ask(desk, "complaints", "raise", level=3, reason="媒体关注")
    page = desk.get(f"/bulk/{bulk.pk}/")
    assert page.context["reasons"] == [("The level is “Major” already.", 3)]
    go(desk, bulk)
    assert {one.level for one in Complaint.objects.filter(pk__in=[each.pk for each in low + high])} == {3}
    assert sorted(states(bulk)) == ["done"] * 2 + ["left_out"] * 3


def test_what_comes_to_the_list_meanwhile_is_not_touched(desk, hall):
    [first] = complaints(hall, 1)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    [later] = complaints(hall, 1)
    go(desk, bulk)
    assert Complaint.objects.get(pk=first.pk).level == 2
    assert Complaint.objects.get(pk=later.pk).level == 1


def test_only_what_the_filter_shows_is_in_the_set(desk, hall):
    [raised] = complaints(hall, 1, level=2)
    complaints(hall, 2)
    bulk = ask(desk, "complaints", "note", "level=2&after=99", text="注意")
    assert list(bulk.rows.values_list("subject_id", flat=True)) == [raised.pk]


def test_the_same_form_sent_twice_is_one(desk, hall):
    complaints(hall)
    told = {"action": "note", "key": str(uuid4()), "text": "请注意"}
    pages = {desk.post("/bulk/new/complaints/", told).headers["Location"] for _n in range(2)}
    assert len(pages) == 1
    runs.work_off()
    bulk = Bulk.objects.get()
    for _n in range(2):
        go(desk, bulk)
    assert set(states(bulk)) == {"done"}
    assert sum(one.notes.count() for one in Complaint.objects.all()) == 3
    assert desk.post("/bulk/new/complaints/", told | {"key": "\0"}).status_code == 302


def test_who_is_not_allowed_so_many_is_told_and_nothing_is_kept(desk, hall, monkeypatch):
    monkeypatch.setitem(at_once.MOST, DESK, 2)
    complaints(hall)
    answer = desk.post("/bulk/new/complaints/", {"action": "note", "key": uuid4(), "text": "x"})
    assert answer.status_code == 422
    assert "More than 2 match" in answer.content.decode()
    assert not Bulk.objects.exists()


def test_full_numbers_of_documents_are_kept_nowhere_in_what_was_asked(desk, hall):
    complaints(hall, 1)
    leader, owner = make.sign_in("duty_manager", hall), make.user("clerk", hall)
    make.follow_up(make.reachable(hall), owner)
    asked = [
        (desk, "complaints", "raise", {"level": 2, "reason": "证件 110101199003078515"}),
        (desk, "complaints", "note", {"text": "证件 110101199003078515"}),
        (leader, "follow-ups", "give", {"owner": "", "reason": "证件 110101199003078515"}),
    ]
    for browser, name, action, told in asked:
        bulk = ask(browser, name, action, "which=open", **told)
        kept = {key: "证件 1101**********8515" if key in ("reason", "text") else str(told[key]) for key in told}
        assert (bulk.told, states(bulk)) == (kept, ["fit"])
        assert "110101199003078515" not in browser.get(f"/bulk/{bulk.pk}/").content.decode()


def test_what_is_missing_stands_by_its_field(desk, hall):
    complaints(hall)
    answer = desk.post("/bulk/new/complaints/", {"action": "give", "key": uuid4(), "reason": "只写了原因"})
    assert answer.status_code == 422
    assert "只写了原因" in answer.content.decode()


def test_reach_is_asked_again_for_each_row_when_it_is_done(desk, hall):
    """Leading a hall, they ask; by the time it is done they lead another one. No row of the first is touched."""
    leader = make.sign_in("duty_manager", hall, language="en")
    made = complaints(hall)
    bulk = ask(leader, "complaints", "raise", level=2, reason="升级")
    assert set(states(bulk)) == {"fit"}
    Posting.objects.filter(user=leader.person).delete()
    make.post(leader.person, "duty_manager", make.unit("hall", parent=hall.branch))
    go(leader, bulk)
    assert set(states(bulk)) == {"refused"}
    assert {one.level for one in Complaint.objects.filter(pk__in=[each.pk for each in made])} == {1}
    page = leader.get(f"/bulk/{bulk.pk}/").content.decode()
    assert not [one for one in made if one.number in page or one.customer.name in page]
    file = b"".join(leader.get(f"/bulk/{bulk.pk}/results/").streaming_content).decode()
    assert not [one for one in made if one.number in file]


def test_who_lost_the_right_does_nothing_any_more(desk, hall):
    complaints(hall)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    Posting.objects.filter(user=desk.person).update(role="clerk")
    go(desk, bulk)
    assert set(bulk.rows.values_list("state", "reason")) == {("refused", "You do not have the right any more.")}


def test_notes_are_never_taken_back(desk, hall):
    complaints(hall, 1)
    bulk = ask(desk, "complaints", "note", text="请注意")
    go(desk, bulk)
    page = desk.get(f"/bulk/{bulk.pk}/")
    assert not page.context["may_undo"]
    undo(desk, bulk)
    assert set(states(bulk)) == {"done"}


def test_a_preview_of_yesterday_is_asked_for_again(desk, hall):
    complaints(hall, 1)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    Bulk.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    go(desk, bulk)
    assert states(bulk) == ["fit"]


def test_what_is_anothers_is_nobody_elses(desk, hall):
    complaints(hall, 1)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    other = make.sign_in(DESK, hall.branch)
    for path in ("", "results/"):
        assert other.get(f"/bulk/{bulk.pk}/{path}").status_code == 404
    for path in ("go/", "undo/", "cancel/"):
        assert other.post(f"/bulk/{bulk.pk}/{path}").status_code == 404
    assert not other.get("/bulk/").context["bulks"]


def test_the_person_concerned_does_nothing_with_it_whatever_the_list_says(desk, hall):
    complaints(hall, 1, person=desk.person)
    [meant] = complaints(hall, 1)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    assert list(bulk.rows.values_list("subject_id", flat=True)) == [meant.pk]
    Complaint.objects.filter(pk=meant.pk).update(person=desk.person)
    go(desk, bulk)
    assert states(bulk) == ["refused"]


def test_drawing_many_rows_asks_no_more_than_drawing_few(desk, hall, django_assert_max_num_queries):
    made = complaints(hall, 12)
    with django_assert_max_num_queries(4):
        assert len(shown(Complaint.objects.filter(pk__in=[one.pk for one in made]), desk.person)) == 12


def test_who_leads_nothing_changes_nothing_at_once(hall):
    clerk = make.sign_in("clerk", hall)
    complaints(hall, 1)
    for path in ("", "count/"):
        assert clerk.get(f"/bulk/new/complaints/{path}").status_code == 403
    assert clerk.post("/bulk/new/complaints/", {"action": "note", "text": "x", "key": uuid4()}).status_code == 403
    assert clerk.get("/bulk/new/nothing/").status_code == 404
    assert "Do at once" not in clerk.get("/complaints/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_over_the_same_rows_do_each_of_them_once():
    hall = make.unit("hall", parent=make.branch())
    made = complaints(hall, 8)
    bulks = [
        ask(make.sign_in(DESK, hall.branch, language="en"), "complaints", "raise", level=2, reason="升级")
        for _n in range(2)
    ]
    for one in bulks:
        asking.go(one, by=one.asked_by)
    keys = [Bulk.objects.get(pk=one.pk).run_id for one in bulks]
    together([lambda key=key: runs.work_off(only=[key]) for key in keys])
    for pk in [one.pk for one in made]:
        found = BulkRow.objects.filter(subject_id=pk, bulk__in=bulks).values_list("state", flat=True)
        assert sorted(found) == ["done", "refused"]
    assert Event.objects.filter(verb="complaint.level_raised").count() == 8


@pytest.mark.django_db(transaction=True)
def test_asked_to_go_by_four_it_goes_once():
    hall = make.unit("hall", parent=make.branch())
    complaints(hall, 2)
    browser = make.sign_in(DESK, hall.branch)
    bulk = ask(browser, "complaints", "note", text="一次")
    together(lambda: asking.go(bulk, by=browser.person).run_id)
    runs.work_off()
    assert Run.objects.filter(job=asking.DO).count() == 1
    assert sum(one.notes.count() for one in Complaint.objects.all()) == 2


def test_the_lists_name_their_actions_once():
    for name in ("complaints", "follow-ups", "customers"):
        of = lists.get(name)
        assert len({one.name for one in of.actions}) == len({one.key for one in of.actions}) == len(of.actions)
    with pytest.raises(LookupError):
        lists.get("nothing")


def test_an_empty_list_is_not_prepared(desk, hall):
    of = lists.get("complaints")
    asked = {"by": desk.person, "rows": Complaint.objects.none(), "query": "", "told": {"text": "x"}, "key": "k"}
    with pytest.raises(ValidationError):
        asking.prepare(of, of.action("note"), **asked)
