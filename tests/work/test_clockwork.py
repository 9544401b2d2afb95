"""What falls due, climbs the ladder, breaks or falls silent, each once, however many look."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from staff.models import Absence
from staff.rights import Role
from tests import make
from tests.race import together
from work import arranging, attempting, due, escalating, merging, promises, stalling
from work.models import Escalation, FollowUp, FollowUpRules, Notice
from work.owing import owe

pytestmark = pytest.mark.django_db


def at(**shift):
    return timezone.now() + timedelta(**shift)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


@pytest.fixture
def customer(hall):
    return make.customer(hall)


def events(verb):
    return Event.objects.filter(verb=f"follow_up.{verb}").count()


# Falling due.


def test_what_is_ripe_falls_due_and_nothing_else(customer, clerk):
    ripe = make.follow_up(customer, clerk, due_at=at(seconds=-1))
    early = make.follow_up(customer, clerk, due_at=at(minutes=1))
    assert due.turn() == 1
    ripe.refresh_from_db(), early.refresh_from_db()
    assert (ripe.state, early.state) == ("due", "planned")
    assert timedelta(0) <= ripe.notified_at - ripe.due_at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_hundreds_fall_due_once_under_several_sweeps(customer, clerk):
    for n in range(1200):
        make.follow_up(customer, clerk, due_at=at(seconds=-n))
    swept = together(due.turn, 4)
    assert sum(swept) == FollowUp.objects.filter(state="due").count() == events("due") == 1200
    assert due.turn() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_cancelled_as_it_falls_due_does_not_come_back(customer, clerk):
    made = make.follow_up(customer, clerk, due_at=at(seconds=-1))
    got = together([due.turn, lambda: arranging.cancel(FollowUp.objects.get(pk=made.pk), by=clerk, reason="x")])
    made.refresh_from_db()
    assert (made.state, got[0]) in {("cancelled", 0), ("cancelled", 1)}
    assert due.turn() == 0


def test_one_that_is_moved_rings_again_at_its_new_time(customer, clerk):
    made = make.follow_up(customer, clerk, due_at=at(seconds=-1))
    due.turn()
    made.refresh_from_db()
    arranging.reschedule(made, at(minutes=5), by=clerk, version=made.version)
    assert due.turn() == 0
    FollowUp.objects.filter(pk=made.pk).update(due_at=at(seconds=-1))
    assert due.turn() == 1
    assert events("due") == 2


# The ladder.


@pytest.fixture
def leaders(hall):
    make.user(Role.DUTY_MANAGER, make.unit("hall", hall.parent))  # of another hall
    return (
        make.user(Role.DUTY_MANAGER, hall),
        make.user(Role.DEPARTMENT_HEAD, hall.parent),
        make.user(Role.BRANCH_HEAD, hall.branch),
    )


@pytest.fixture
def open_always(hall):
    return make.calendar(hall.branch, week=["00:00-24:00"] * 7)


@pytest.fixture
def closed_now(hall):
    week = [""] * 7
    week[(timezone.localdate().weekday() + 3) % 7] = "08:00-18:00"
    return make.calendar(hall.branch, week=week)


def test_each_step_is_climbed_once_to_the_nearest_leader(customer, clerk, leaders, open_always):
    late = at(hours=-20)
    made = make.follow_up(customer, clerk, due_at=late, late_at=late)
    for _ in range(5):
        escalating.climb()
    steps = Escalation.objects.filter(follow_up=made).values_list("step", "to")
    assert list(steps) == [(n, leader.pk) for n, leader in enumerate(leaders, 1)]
    assert events("escalated") == 3


def test_what_is_done_or_not_late_enough_stays_down(customer, clerk, leaders, open_always):
    done = make.follow_up(customer, clerk, due_at=at(hours=-20), late_at=at(hours=-20))
    attempting.attempt(done, "answered", by=clerk, result="satisfied")
    make.follow_up(customer, clerk, due_at=at(minutes=-20), late_at=at(minutes=-20))
    escalating.climb()
    assert not Escalation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_tell_once(customer, clerk, leaders, open_always):
    make.follow_up(customer, clerk, due_at=at(hours=-1), late_at=at(hours=-1))
    together(escalating.climb, 4)
    assert Escalation.objects.count() == events("escalated") == 1


def test_outside_working_time_only_what_is_urgent_climbs(customer, clerk, leaders, closed_now):
    late = at(days=-30)
    make.follow_up(customer, clerk, due_at=late, late_at=late)
    urgent = make.follow_up(customer, clerk, due_at=late, late_at=late, priority=1)
    escalating.climb()
    assert list(Escalation.objects.values_list("follow_up", flat=True)) == [urgent.pk]
    looked = FollowUp.objects.exclude(pk=urgent.pk).get()
    assert looked.escalate_at > timezone.now()


def test_a_unit_that_is_never_open_counts_every_minute_and_stops_nobody(customer, clerk, leaders, open_always):
    closed = make.unit("hall", customer.unit.parent)
    make.calendar(closed, week=[""] * 7)
    late = at(hours=-1)
    there = make.follow_up(customer, None, unit=closed, due_at=at(hours=-2), late_at=at(hours=-2))
    here = make.follow_up(customer, clerk, due_at=late, late_at=late)
    escalating.climb()
    assert set(Escalation.objects.values_list("follow_up", "step")) == {(there.pk, 1), (here.pk, 1)}
    there.refresh_from_db()
    assert there.escalate_at == there.late_at + timedelta(minutes=240)


# Silence (C20).


@pytest.mark.practice("C20")
def test_what_nobody_notes_for_days_alarms_once_until_it_is_noted(customer, clerk):
    silent = make.follow_up(customer, clerk, due_at=at(days=-5), late_at=at(days=-4), noted_at=at(days=-4))
    make.follow_up(customer, clerk, due_at=at(days=-5), late_at=at(days=-4), noted_at=at(days=-1))
    make.follow_up(customer, clerk, due_at=at(days=9), noted_at=at(days=-20))  # its time has not come
    due.turn()
    assert (stalling.alarm(), stalling.alarm()) == (1, 0)
    silent.refresh_from_db()
    assert silent.stalled_at
    arranging.note(silent, "已联系装维，周三上门", by=clerk)
    assert (silent.stalled_at, silent.notes.get().by) == (None, clerk)


def test_each_branch_says_how_long_silence_may_last(customer, clerk):
    FollowUpRules.objects.create(branch=customer.branch, stall_days=10)
    make.follow_up(customer, clerk, state="due", due_at=at(days=-5), late_at=at(days=-4), noted_at=at(days=-4))
    assert stalling.alarm() == 0


# Promises.


@pytest.mark.django_db(transaction=True)
def test_a_promise_breaks_once_and_one_kept_in_time_never(customer, clerk):
    for n in range(3):
        make.follow_up(customer, clerk, kind="promise", due_at=at(hours=-n - 2), late_at=at(hours=-n - 1))
    kept = make.follow_up(customer, clerk, kind="promise", due_at=at(hours=-2), late_at=at(minutes=5))
    attempting.attempt(kept, "answered", by=clerk, result="neutral")
    assert sum(together(promises.break_late, 4)) == events("broken") == 3
    assert FollowUp.objects.filter(broken_at__isnull=False).count() == 3


# One call instead of several (amendment 2).


def wished(customer, clerk, key, due_at, **told):
    return owe(customer, "callback", key, key=key, due_at=due_at, by=None, owner=clerk, origin="rule", **told)


def test_a_rule_joins_a_call_that_is_planned_anyway(customer, clerk):
    first = wished(customer, clerk, "新装", at(days=1))
    second = wished(customer, clerk, "满意度", at(days=5))
    second.refresh_from_db()
    assert (second.merged_into, second.due_at) == (first, first.due_at)
    attempting.attempt(first, "answered", by=clerk, result="satisfied", answers={second.pk: "dissatisfied"})
    second.refresh_from_db()
    assert (first.state, second.state) == ("done_satisfied", "remedy_open")


def test_a_complaint_callback_keeps_its_own_time(customer, clerk):
    first = wished(customer, clerk, "新装", at(days=1))
    complaint = wished(customer, clerk, "投诉", at(days=2), keeps_time=True)
    assert (complaint.merged_into, complaint.due_at > first.due_at) == (None, True)
    with pytest.raises(ValidationError, match="keeps its own time"):
        merging.merge([first, complaint], by=clerk)


def test_the_distance_to_the_last_call_is_kept(customer, clerk):
    first = wished(customer, clerk, "新装", at(hours=1))
    attempting.attempt(first, "answered", by=clerk, result="satisfied")
    second = wished(customer, clerk, "满意度", at(days=2))
    assert second.due_at == first.ended_at + timedelta(days=7)


def test_a_call_is_not_led_by_whom_one_part_checks(customer, clerk, hall):
    wished(customer, clerk, "新装", at(days=1))
    colleague = make.user("clerk", hall)
    checks = wished(customer, colleague, "复核", at(days=3), handled_by=clerk)
    assert checks.merged_into is None


@pytest.mark.django_db(transaction=True)
def test_two_rules_at_the_same_moment_make_one_call(customer, clerk):
    made = together([lambda n=n: wished(customer, clerk, f"规则{n}", at(days=1, seconds=n)) for n in range(4)])
    leads = FollowUp.objects.filter(pk__in=[one.pk for one in made], merged_into=None)
    assert leads.get().due_at == min(one.due_at for one in made)
    assert FollowUp.objects.exclude(merged_into=None).exclude(merged_into__merged_into=None).count() == 0


# Who is rung, and who stands in.


def notices(person):
    return list(Notice.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


def away(person, deputy, **fields):
    fields = {"starts": at(hours=-1), "ends": at(days=2), "kind": "leave"} | fields
    return Absence.enter(by=person, user=person, deputy=deputy, **fields)


@pytest.fixture
def colleague(hall):
    return make.user("clerk", hall)


def test_the_owner_is_rung_once_when_it_falls_due(customer, clerk, open_always):
    made = make.follow_up(customer, clerk, due_at=at(seconds=-1), priority=2)
    make.follow_up(customer, None, due_at=at(seconds=-1))
    due.turn(), due.turn()
    told = Notice.objects.get(kind="follow_up.due")
    assert (told.user, told.subject_id, told.urgency, told.words) == (clerk, made.pk, "ring", "Due now: Callback")


def test_a_leader_is_told_of_the_first_and_then_that_there_are_more(customer, clerk, leaders, open_always):
    for _ in range(4):
        make.follow_up(customer, clerk, due_at=at(hours=-1), late_at=at(hours=-1))
    escalating.climb()
    assert notices(leaders[0]) == ["follow_up.escalated", "follow_up.more_late"]


def test_open_work_moves_to_the_deputy_and_comes_back(customer, clerk, colleague, hall):
    waiting, done, checked = (
        make.follow_up(customer, clerk),
        make.follow_up(customer, clerk),
        make.follow_up(customer, clerk, handled_by=colleague),
    )
    absence = away(clerk, colleague)
    for one in (waiting, done, checked):
        one.refresh_from_db()
    assert (waiting.owner, waiting.for_owner, checked.owner) == (colleague, clerk, None)
    attempting.attempt(done, "answered", by=colleague, result="satisfied")
    third = make.user("clerk", hall)
    absence.hand_to(third, by=clerk)
    waiting.refresh_from_db()
    assert (waiting.owner, waiting.for_owner) == (third, clerk)
    absence.end(by=clerk)
    for one in (waiting, done, checked):
        one.refresh_from_db()
    assert [(one.owner, one.for_owner) for one in (waiting, checked)] == [(clerk, None)] * 2
    assert (done.owner, done.ended_by) == (colleague, colleague)


def test_what_is_new_while_somebody_is_away_is_the_deputys(customer, clerk, colleague, open_always):
    away(clerk, colleague)
    made = owe(customer, "visit", "上门", key="x", due_at=at(seconds=-1), by=colleague, owner=clerk)
    assert (made.owner, made.for_owner) == (colleague, clerk)
    due.turn()
    assert notices(colleague)[-1] == "follow_up.due"
    assert "follow_up.due" not in notices(clerk)
    with pytest.raises(ValidationError, match="is away"):
        arranging.hand_over(make.follow_up(customer, colleague), clerk, by=colleague, reason="x")


def test_another_absence_entered_meanwhile_gives_nothing_back(customer, clerk, colleague):
    made = make.follow_up(customer, clerk)
    away(clerk, colleague)
    away(clerk, colleague, starts=at(days=9), ends=at(days=10))
    made.refresh_from_db()
    assert made.owner == colleague


@pytest.mark.django_db(transaction=True)
def test_finished_as_the_absence_begins_it_is_finished_once(customer, clerk, colleague):
    made = make.follow_up(customer, clerk)

    def finish():
        attempting.attempt(FollowUp.objects.get(pk=made.pk), "answered", by=clerk, result="satisfied")

    together([finish, lambda: away(clerk, colleague)])
    made.refresh_from_db()
    assert made.state == "done_satisfied"
    assert made.ended_by == clerk


@pytest.mark.practice("D11")
def test_an_analysis_makes_a_proactive_service_and_hears_what_came_of_it(customer, clerk):
    """Through the door that programs use: made from a finding, done by a person, the result read back."""
    analyst = make.Program(clerk)
    wish = {"customer": customer.pk, "kind": "proactive", "what": "账单突增 3 倍", "origin": "analysis"}
    made = analyst.post("follow-ups/", wish | {"due_at": at(hours=1).isoformat()}).json()
    attempting.attempt(FollowUp.objects.get(), "answered", by=clerk, result="satisfied", note="已说明漫游费")
    heard = analyst.get(f"follow-ups/{made['id']}/").json()
    assert (heard["origin"], heard["state"]) == ("analysis", "done_satisfied")
    assert heard["attempts"][0]["note"] == "已说明漫游费"


def test_own_work_is_refused_through_the_api_too(customer, clerk, colleague):
    made = make.follow_up(customer, colleague, handled_by=clerk)
    answer = make.Program(clerk).post(f"follow-ups/{made.pk}/attempt/", {"outcome": "answered", "result": "satisfied"})
    assert answer.status_code in {400, 409, 422}
    assert made.attempts.count() == 0
