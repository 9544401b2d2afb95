"""Two at once: one wins, the other is told, and nothing is half done."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from complaints import assigning, compensating, delegating, handling, merging
from complaints.handling import waiting
from complaints.models import Compensation, Complaint, StateChange, SubTask
from tests import complaining, make, money
from tests.complaints.test_delegating import asked as asked_task
from tests.complaints.test_delegating import department
from tests.complaints.test_handling import at_work, result
from tests.race import race
from work.models import FollowUp

pytestmark = pytest.mark.django_db(transaction=True)


def refused(results):
    return sum(isinstance(one, ValidationError) for one in results)


def whole(one):
    """The log tells the row: its moves join, and the last one is where it stands."""
    one.refresh_from_db()
    rows = list(StateChange.objects.filter(complaint=one))
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.was == before.then for before, row in itertools.pairwise(rows))
    last = rows[-1]
    assert (last.then, last.owner_id, last.level) == (one.state, one.owner_id, one.level)
    return one


def test_assigned_twice_it_has_one_owner():
    one = at_work("accepted")
    people = [make.user("hotline", one.branch) for _ in range(3)]
    got = race(one, [lambda to=to: assigning.assign(one, to, by=one.owner) for to in people])
    assert refused(got) == 2
    assert whole(one).owner in people


def test_resolved_and_handed_over_at_once():
    one = at_work()
    other, told = make.user("hotline", one.branch), result(one, edition=one.edition)
    got = race(
        one,
        [
            lambda: handling.resolve(one, **told),
            lambda: assigning.hand_over(one, other, by=one.owner, reason="换人", edition=one.edition),
        ],
    )
    assert refused(got) == 1
    whole(one)


def test_resolved_twice_there_is_one_callback():
    one = at_work()
    told = result(one)
    assert refused(race(one, lambda: handling.resolve(one, **told), 3)) == 2
    assert whole(one).state == "callback_due"
    assert FollowUp.objects.filter(about_id=one.pk).count() == 1


def test_closed_and_reopened_at_once():
    one = at_work("callback_due")
    lead, caller, now = make.user("complaint_desk", one.branch), make.user("hotline", one.branch), timezone.now()
    got = race(
        one,
        [
            lambda: handling.close(one, by=caller, at=now, satisfied="satisfied"),
            lambda: handling.reopen(one, by=caller, at=now, reason="没好", owner=lead),
        ],
    )
    one = whole(one)
    # Closed first, it was reopened out of that; reopened first, the close was refused.
    assert one.state == "reopened"
    assert refused(got) == (0 if one.changes.filter(then="closed").exists() else 1)


def test_merged_into_each_other():
    one = at_work()
    other = complaining.complaint(one.customer, one.owner)
    by = one.owner
    got = race(one, [lambda: merging.merge(one, other, by=by), lambda: merging.merge(other, one, by=by)])
    assert refused(got) == 1
    assert Complaint.objects.filter(state="merged").count() == 1
    assert Complaint.objects.filter(merged_into__state="merged").count() == 0


def test_taken_apart_while_the_survivor_is_reopened():
    survivor = at_work("closed")
    one = complaining.complaint(survivor.customer, survivor.owner, state="accepted")
    Complaint.objects.filter(pk=one.pk).update(
        state="merged", ended_at=timezone.now(), merged_into=survivor, merged_at=timezone.now(), merged_from="accepted"
    )
    by, now = survivor.owner, timezone.now()
    got = race(
        survivor,
        [
            lambda: merging.unmerge(one, by=by, reason="两件事"),
            lambda: handling.reopen(survivor, by=by, at=now, reason="又坏了", owner=by),
        ],
    )
    assert refused(got) == 0
    one.refresh_from_db()
    assert (one.state, whole(survivor).state) == ("accepted", "reopened")


def test_merged_while_a_third_is_merged_into_it():
    one = at_work()
    hours = (timezone.now() + timedelta(hours=n) for n in (-1, 1))
    survivor, third = (complaining.complaint(one.customer, one.owner, received_at=at) for at in hours)
    by = one.owner
    got = race(one, [lambda: merging.merge(one, survivor, by=by), lambda: merging.merge(third, one, by=by)])
    assert refused(got) <= 1
    assert Complaint.objects.filter(merged_into__state="merged").count() == 0


def test_the_answer_comes_as_the_waiting_ends():
    one = at_work("waiting_customer")
    by, now = one.owner, timezone.now()
    handled = race(one, [lambda: handling.go_on(one, by=by), lambda: handling.go_on(one, by=by)])
    assert refused(handled) == 1
    whole(one)
    assert waiting.return_late(now) == 0


def test_the_job_leaves_alone_what_somebody_holds():
    one = at_work("waiting_customer")
    from tests.race import held

    with held(one):
        assert waiting.return_late(timezone.now()) == 0
    assert waiting.return_late(timezone.now()) == 1
    whole(one)


def test_two_departments_finish_at_once_and_it_goes_on_once():
    one = at_work()
    desk = make.user("complaint_desk", one.branch)
    (first, one_worker), (second, other_worker) = department(one), department(one)
    tasks = [asked_task(one, first), asked_task(one, second, coordinator=desk)]
    people = [one_worker, other_worker]
    for task, person in zip(tasks, people, strict=True):
        delegating.accept(task, by=person)
    pairs = list(zip(tasks, people, strict=True))
    got = race(one, [lambda task=task, by=by: delegating.finish(task, by=by, result="好") for task, by in pairs])
    assert refused(got) == 0
    assert whole(one).state == "in_progress"
    assert one.changes.filter(was="waiting_department").count() == 1


def test_a_task_is_accepted_by_one():
    one = at_work()
    unit, worker = department(one)
    other = make.user("channel_support", unit)
    task = asked_task(one, unit)
    got = race(one, [lambda by=by: delegating.accept(task, by=by) for by in (worker, other)])
    assert refused(got) == 1
    assert SubTask.objects.get().taken_by in (worker, other)


def test_a_compensation_is_approved_once_and_given_once():
    one = at_work()
    bill = money.bill(money.account(one.customer), "500.00")
    head = make.user("branch_head", one.branch)
    made = compensating.ask(one, bill, Decimal(300), by=one.owner, reason="断网", key="k")
    assert refused(race(bill.account, lambda: compensating.approve(made, by=head), 3)) == 2
    bill.refresh_from_db()
    assert bill.adjusted == -300


def test_two_small_compensations_at_once_keep_the_limit():
    one = at_work()
    bill = money.bill(money.account(one.customer), "500.00")
    by = one.owner
    race(
        bill.account,
        [lambda n=n: compensating.ask(one, bill, Decimal(30), by=by, reason="断网", key=f"k{n}") for n in range(3)],
    )
    assert sorted(Compensation.objects.values_list("state", flat=True)) == ["asked", "asked", "given"]
    bill.refresh_from_db()
    assert bill.adjusted == -30


def test_the_same_form_sent_at_once_gives_once():
    one = at_work()
    bill = money.bill(money.account(one.customer), "500.00")
    by = one.owner
    race(bill.account, lambda: compensating.ask(one, bill, Decimal(30), by=by, reason="断网", key="k"), 3)
    bill.refresh_from_db()
    assert (Compensation.objects.count(), bill.adjusted) == (1, -30)


def test_the_same_contact_and_note_sent_at_once_are_one():
    one = at_work("accepted")
    by = one.owner
    race(one, lambda: handling.contact(one, by=by, key="c", text="已联系"), 3)
    race(one, lambda: handling.note(one, by=by, key="n", text="查"), 3)
    assert whole(one).notes.count() == 2
