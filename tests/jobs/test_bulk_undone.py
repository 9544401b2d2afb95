"""What was done with a whole list is taken back as one, told of as one, and kept for a month."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from complaints import assigning, handling
from complaints.models import Complaint, ComplaintRules
from customers.models import Customer
from jobs import claims, runs
from jobs.bulk import asking, carrying_out, clearing
from jobs.models import Bulk, Run
from jobs.models.bulk import KEPT
from tests import complaining, make
from tests.jobs.at_once import DESK, ask, complaints, go, owners, states, undo
from tests.race import race, wait_until_blocked
from work.models import FollowUp, Notice

pytestmark = pytest.mark.django_db


def test_undo_leaves_what_somebody_changed_since_and_says_which(desk, hall):
    made = complaints(hall)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    go(desk, bulk)
    handling.note(made[1], by=desk.person, text="客户来电", key="k")
    undo(desk, bulk)
    assert [one.level for one in Complaint.objects.order_by("pk")] == [1, 2, 1]
    assert list(bulk.rows.filter(state="stays").values_list("subject_id", "reason")) == [
        (made[1].pk, "It was changed since.")
    ]


def test_class_and_level_go_back_together(desk, hall):
    made = complaints(hall, 2)
    heavy = complaining.category(hall.branch, level=3)
    bulk = ask(desk, "complaints", "class", category=heavy.pk)
    go(desk, bulk)
    assert set(Complaint.objects.values_list("category", "level")) == {(heavy.pk, 3)}
    undo(desk, bulk)
    assert set(Complaint.objects.values_list("category", "level")) == {(made[0].category_id, 1)}


def test_cancelled_half_way_the_rest_is_untouched_and_can_be_done_and_undone_later(desk, hall):
    made = complaints(hall)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    desk.post(f"/bulk/{bulk.pk}/go/")
    runs.step(claims.claim())
    assert desk.post(f"/bulk/{bulk.pk}/cancel/").status_code == 302
    Run.objects.filter(job=asking.DO).update(next_at=timezone.now() - timedelta(minutes=1))
    runs.work_off()
    assert states(bulk) == ["done", "fit", "fit"]
    page = desk.get(f"/bulk/{bulk.pk}/")
    assert page.context["may_undo"]
    assert page.context["may_go_on"]
    go(desk, bulk)
    assert states(bulk) == ["done", "done", "done"]
    desk.post(f"/bulk/{bulk.pk}/undo/")
    runs.step(claims.claim())
    desk.post(f"/bulk/{bulk.pk}/cancel/")
    Run.objects.filter(job=asking.UNDO).update(next_at=timezone.now() - timedelta(minutes=1))
    runs.work_off()
    assert states(bulk) == ["done", "done", "undone"]
    undo(desk, bulk)
    assert {one.level for one in Complaint.objects.filter(pk__in=[each.pk for each in made])} == {1}


def test_given_up_and_undone_it_does_no_more_when_it_is_tried_again(desk, hall):
    complaints(hall)
    bulk = ask(desk, "complaints", "raise", level=2, reason="升级")
    desk.post(f"/bulk/{bulk.pk}/go/")
    runs.step(run := claims.claim())
    claims.close(run, Run.State.DEAD, "trouble")
    undo(desk, bulk)
    assert states(bulk) == ["undone", "fit", "fit"]
    Run.objects.get(pk=run.pk).retry(by=desk.person)
    runs.work_off()
    assert states(bulk) == ["undone", "fit", "fit"]
    assert Run.objects.get(pk=run.pk).state == Run.State.DONE


def test_follow_ups_are_handed_over_and_moved_and_come_back(hall):
    leader = make.sign_in("duty_manager", hall, language="en")
    clerk, to = make.user("clerk", hall), make.user("clerk", hall)
    made = [make.follow_up(make.reachable(hall), owner) for owner in (clerk, None, to)]
    bulk = ask(leader, "follow-ups", "give", "which=open", owner=to.pk, reason="病假")
    assert states(bulk) == ["fit", "fit", "left_out"]
    go(leader, bulk)
    assert set(FollowUp.objects.values_list("owner", flat=True)) == {to.pk}
    undo(leader, bulk)
    assert list(FollowUp.objects.order_by("pk").values_list("owner", "handed_over")) == [
        (clerk.pk, 0), (None, 0), (to.pk, 0)
    ]  # fmt: skip
    soon = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    bulk = ask(leader, "follow-ups", "time", "which=open", due_at=soon)
    go(leader, bulk)
    assert not FollowUp.objects.filter(due_at__lt=timezone.now() + timedelta(days=1)).exists()
    undo(leader, bulk)
    assert [one.due_at for one in FollowUp.objects.order_by("pk")] == [one.due_at for one in made]
    assert [one.late_at for one in FollowUp.objects.order_by("pk")] == [one.late_at for one in made]


def test_customers_get_another_account_manager_and_go_back(hall):
    head = make.sign_in("branch_head", hall.branch, language="en")
    first, second = (make.user("vip_manager", hall.branch) for _n in range(2))
    made = [make.customer(hall) for _n in range(3)]
    today = timezone.localdate()
    made[0].assign_manager(first, on=today - timedelta(days=5), by=None, today=today - timedelta(days=5))
    made[1].assign_manager(second, on=today, by=None)
    told = {"manager": second.pk, "on": today.isoformat()}
    bulk = ask(head, "customers", "manager", **told)
    assert sorted(states(bulk)) == ["fit", "fit", "left_out"]
    go(head, bulk)
    assert set(Customer.objects.filter(pk__in=[one.pk for one in made]).values_list("manager", flat=True)) == {
        second.pk
    }
    undo(head, bulk)
    managers = Customer.objects.filter(pk__in=[one.pk for one in made]).order_by("pk").values_list("manager", flat=True)
    assert list(managers) == [first.pk, second.pk, None]
    bulk = ask(head, "customers", "lock", locked="1")
    go(head, bulk)
    assert Customer.objects.filter(locked_high_value=True).count() == 3
    undo(head, bulk)
    assert not Customer.objects.filter(locked_high_value=True).exists()


def test_a_customer_who_was_released_today_is_nobodys_again(hall):
    head = make.sign_in("branch_head", hall.branch, language="en")
    first, second = (make.user("vip_manager", hall.branch) for _n in range(2))
    one, today = make.customer(hall), timezone.localdate()
    one.assign_manager(first, on=today - timedelta(days=5), by=None, today=today - timedelta(days=5))
    for manager in ("", second.pk):
        go(head, bulk := ask(head, "customers", "manager", manager=manager, on=today.isoformat()))
    undo(head, bulk)
    one.refresh_from_db()
    assert (states(bulk), one.manager, one.assignments.on(today).first()) == (["undone"], None, None)
    assert one.assignments.get().valid_to == today


@pytest.mark.django_db(transaction=True)
def test_what_a_colleague_does_at_this_moment_is_what_undoing_goes_back_to():
    hall = make.unit("hall", parent=make.branch())
    desk, first, second, third = (make.user(DESK, hall.branch) for _n in range(4))
    [one] = complaints(hall, 1)
    assigning.assign(one, first, by=desk)
    browser = make.sign_in(DESK, hall.branch, language="en")
    bulk = ask(browser, "complaints", "give", owner=third.pk, reason="人手")
    run = asking.go(bulk, by=browser.person).run_id

    def carry_out():
        wait_until_blocked(1)  # the colleague stands in line first
        runs.work_off(only=[run])

    race(one, [lambda: assigning.hand_over(one, second, by=desk, reason="更熟悉") and None, carry_out])
    assert (states(bulk), owners([one])) == (["done"], [third.pk])
    undo(browser, bulk)
    assert owners([one]) == [second.pk]


def test_who_gets_many_hears_once_with_their_number_and_so_does_who_gets_them_back(desk, hall):
    made = complaints(hall, 4)
    to, had = make.user(DESK, hall.branch), made[0].owner
    bulk = ask(desk, "complaints", "give", owner=to.pk, reason="人手")
    assert not Notice.objects.exists()
    go(desk, bulk)
    told = Notice.objects.get()
    assert (told.user, told.words, told.opens) == (to, "4 complaints are yours now.", "/complaints/?whose=mine")
    assert told.shows_at > timezone.now(), "it waits for the last of them"
    handling.note(made[1], by=to, text="客户来电", key="k")
    undo(desk, bulk)
    assert {one.user: one.words for one in Notice.objects.all()} == {
        to: "1 complaint is yours now.", had: "3 complaints are yours now."
    }  # fmt: skip
    go(desk, ask(desk, "complaints", "note", text="请注意"))
    assert Notice.objects.count() == 2, "a note rings nobody"


def test_who_had_one_all_along_is_told_of_the_others_alone_and_so_they_are_undone(desk, hall):
    to, made = make.user(DESK, hall.branch), complaints(hall, 2)
    Complaint.objects.filter(pk=made[0].pk).update(owner=to)
    bulk = ask(desk, "complaints", "give", owner=to.pk, reason="人手")
    go(desk, bulk)
    assert Notice.objects.get().words == "1 complaint is yours now."
    handling.note(made[1], by=to, text="客户来电", key="k")
    undo(desk, bulk)
    assert states(bulk) == ["undone", "stays"]
    told = Notice.objects.get()
    assert (told.words, told.done_at) == ("1 complaint is yours now.", None), "the other is theirs"


def test_what_the_version_before_did_is_undone_too_and_told_one_by_one(desk, hall):
    made, to = complaints(hall, 2), make.user(DESK, hall.branch)
    bulk = ask(desk, "complaints", "give", owner=to.pk, reason="人手")
    go(desk, bulk)
    for row in bulk.rows.all():
        row.kept.pop("many")
        row.save(update_fields=["kept"])
    undo(desk, bulk)
    assert (states(bulk), owners(made)) == (["undone"] * 2, [made[0].owner_id] * 2)
    assert Notice.objects.filter(kind="complaint.owned", user=made[0].owner).count() == 2


def test_many_that_were_passed_around_ring_once_at_who_leads(desk, hall):
    ComplaintRules.objects.create(branch=hall.branch, transfers=0)
    complaints(hall, 3, state="assigned")
    go(desk, ask(desk, "complaints", "give", owner=make.user(DESK, hall.branch).pk, reason="人手"))
    told = Notice.objects.get(kind="complaint.many_passed_around")
    assert told.words == "3 complaints were handed over more often than they should be."


def test_after_a_month_it_is_not_undone_any_more_and_its_rows_go(desk, hall, monkeypatch):
    monkeypatch.setattr(clearing, "BATCH", 2)
    complaints(hall)
    bulk, waits = (ask(desk, "complaints", "raise", level=level, reason="升级") for level in (2, 3))
    go(desk, bulk)
    page = desk.get(f"/bulk/{bulk.pk}/")
    assert page.context["may_undo"]
    assert page.content.decode().count(f"{timezone.localtime(bulk.kept_until):%Y-%m-%d}") == 2
    asking.go(waits, by=desk.person)
    Bulk.objects.update(asked_at=F("asked_at") - KEPT)
    assert desk.post(f"/bulk/{bulk.pk}/undo/").status_code == 302
    bulk.refresh_from_db()
    assert (bulk.undo_run, states(bulk)) == (None, ["done"] * 3)
    assert not desk.get(f"/bulk/{bulk.pk}/").context["may_undo"]
    run = bulk.run
    assert [clearing.clear(timezone.now()) for _n in range(3)] == [(2, 0), (1, 1), (0, 0)]
    assert desk.get(f"/bulk/{bulk.pk}/").status_code == 404
    assert list(Bulk.objects.all()) == [waits], "what goes on stays"
    assert not carrying_out.do_next(run), "tried again, the run finds nothing left"
