"""What nears its time or is late is heard of, each step once (4.1, 2.1 no. 1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Event
from complaints.clocks import checking, climbing
from complaints.clocks.books import Books
from complaints.clocks.following import follow
from complaints.models import Clock, Complaint, Escalated, StateChange
from tests import complaining, make
from tests.complaints.test_clocks import HOUR, MONDAY, accepted, policy, step
from tests.race import held, together
from work.models import Notice

DAY = timedelta(days=1)


def steps(complaint, kind="result"):
    return list(Escalated.objects.filter(complaint=complaint, clock__kind=kind).values_list("step", flat=True))


def told(person):
    return list(Notice.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def one(db):
    """Accepted on Monday; its unit has a duty manager and its branch a head."""
    customer = make.reachable()
    made = accepted(customer=customer)
    made.leader = make.user("duty_manager", made.unit)
    made.head = make.user("branch_head", made.branch)
    return made


def sweep(at):
    return climbing.climb(at)


def test_before_the_first_warning_nothing_happens(one):
    assert sweep(MONDAY + 11 * HOUR) == 0


def test_the_owner_is_warned_and_nobody_else(one):
    sweep(MONDAY + 12 * HOUR)
    assert steps(one, "contact") == ["50 %"]
    assert told(one.owner) == ["complaint.near"]
    assert told(one.leader) == []
    assert Complaint.objects.get(pk=one.pk).escalated_at is None


def test_a_late_result_goes_to_the_leader_and_raises_the_level(one):
    contacted(one)
    sweep(MONDAY + 72 * HOUR)
    after = Complaint.objects.get(pk=one.pk)
    assert steps(one) == ["50 %", "75 %", "step 3", "90 %", "step 4"]
    assert (after.level, after.escalated_at) == (2, MONDAY + 72 * HOUR)
    assert Escalated.objects.get(complaint=one, step="step 4").raised_to == 2
    assert "complaint.late" in told(one.leader)
    last = StateChange.objects.filter(complaint=one).latest("n")
    assert (last.was, last.then, last.level) == (after.state, after.state, 2)
    assert Event.objects.filter(verb="complaint.escalated", subject_id=one.pk).count() == 1


def contacted(complaint):
    step(complaint, "assigned", MONDAY + HOUR)
    return step(complaint, "in_progress", MONDAY + HOUR)


def test_at_twice_the_time_the_head_of_the_branch_hears(one):
    contacted(one)
    sweep(MONDAY + 144 * HOUR)
    assert "step 5" in steps(one)
    assert told(one.head)


def test_the_law_is_heard_of_whatever_the_policy_says(one):
    policy(one.branch, contact_minutes=60 * 24 * 40, result_minutes=60 * 24 * 40, warnings=[])
    other = accepted(customer=one.customer)
    legal = Clock.objects.get(complaint=other, kind="legal")
    begins = legal.due_at - 16 * DAY
    for day, wanted in ((10, ["warning"]), (13, ["warning", "critical"]), (15, ["warning", "critical", "last day"])):
        sweep(begins + day * DAY)
        assert steps(other, "legal") == wanted
    sweep(legal.due_at)
    assert steps(other, "legal") == ["warning", "critical", "last day", "over"]
    assert steps(other) == []
    assert Notice.objects.filter(user=one.head, kind="complaint.legal", subject_id=other.pk).count() == 4
    assert Notice.objects.filter(user=one.head, data__step="critical").first().urgency == "ring"


def test_reopening_does_not_begin_the_law_anew(one):
    contacted(one)
    sweep(MONDAY + 11 * DAY)
    assert steps(one, "legal") == ["warning"]
    for n, state in enumerate(("resolved", "callback_due", "reopened")):
        step(Complaint.objects.get(pk=one.pk), state, MONDAY + (12 * DAY) + n * HOUR)
    sweep(MONDAY + 14 * DAY)
    assert steps(one, "legal") == ["warning", "critical"]


def test_it_is_never_raised_above_the_highest_level_and_never_lowered(one):
    Complaint.objects.filter(pk=one.pk).update(level=3)
    contacted(Complaint.objects.get(pk=one.pk))
    sweep(MONDAY + 30 * DAY)
    assert Complaint.objects.get(pk=one.pk).level == 3
    assert Escalated.objects.get(complaint=one, step="step 4").raised_to is None


def test_while_the_customer_is_waited_for_nothing_but_the_law_climbs(one):
    contacted(one)
    step(Complaint.objects.get(pk=one.pk), "waiting_customer", MONDAY + 2 * HOUR)
    sweep(MONDAY + 9 * DAY)
    assert steps(one) == []
    sweep(MONDAY + 11 * DAY)
    assert steps(one, "legal") == ["warning"]


def test_the_person_concerned_hears_nothing_of_it(one):
    Complaint.objects.filter(pk=one.pk).update(person=one.leader)
    contacted(Complaint.objects.get(pk=one.pk))
    sweep(MONDAY + 72 * HOUR)
    assert told(one.leader) == []
    assert told(one.head)


def test_several_of_one_person_are_one_notice(db):
    unit = make.unit()
    by = make.user("clerk", unit)
    for _n in range(3):
        accepted(customer=make.reachable(unit), by=by)
    sweep(MONDAY + 12 * HOUR)
    [notice] = Notice.objects.filter(user=by)
    assert (notice.kind, notice.data["n"]) == ("complaint.several_near", 3)


def test_many_are_climbed_with_as_many_questions_as_few(db):
    assert questions(2) == questions(7)


def questions(n):
    """How many a sweep over so many late complaints of a unit asks."""
    unit = make.unit()
    leader = make.user("duty_manager", unit)
    late = [accepted(customer=make.reachable(unit), by=make.user("clerk", unit)) for _n in range(n)]
    with CaptureQueriesContext(connection) as asked:
        sweep(MONDAY + 80 * HOUR)
    assert {Complaint.objects.get(pk=one.pk).level for one in late} == {2}
    assert told(leader)
    return len(asked)


@pytest.mark.parametrize("beats", [[1, 1, 1], [200, 400], [80] * 5])
def test_each_step_is_climbed_once_however_the_beat_goes(one, beats):
    for hours in beats:
        sweep(MONDAY + hours * HOUR)
    sweep(MONDAY + 60 * DAY)
    sweep(MONDAY)  # the clock jumps back
    sweep(MONDAY + 60 * DAY)
    assert sorted(steps(one, "contact")) == ["50 %", "75 %", "90 %", "step 1", "step 2"]
    assert len(steps(one)) == 6
    assert len(steps(one, "legal")) == 4
    assert Complaint.objects.get(pk=one.pk).level == 2
    assert not Clock.objects.filter(complaint=one, look_at__isnull=False).exists()


MOVED = {
    "accepted": ["assigned"], "assigned": ["in_progress"], "in_progress": ["waiting_customer", "resolved"],
    "waiting_customer": ["in_progress"], "resolved": ["callback_due"], "callback_due": ["reopened"],
    "reopened": ["assigned"],
}  # fmt: skip
# Time goes on, or jumps back and far ahead, with 0 to 5 beats at that moment; in between somebody does something.
HAPPENS = st.lists(st.tuples(st.integers(-60, 120), st.integers(0, 5), st.booleans(), st.booleans()), max_size=8)


@pytest.mark.practice("B43")
@pytest.mark.django_db
def test_whatever_the_clock_and_the_beats_do_each_step_of_each_clock_is_climbed_once():
    """None before its time, none twice, none left out; levels only rise; people hear of a step once."""

    customer = make.reachable()
    by, of = make.user("duty_manager", customer.unit), complaining.category(customer.branch)
    make.user("branch_head", customer.branch)

    @settings(max_examples=8 if settings().max_examples <= 1000 else 300, deadline=None)
    @given(HAPPENS)
    def hold_true(happens):
        with transaction.atomic():
            _live(accepted(customer=customer, by=by, category=of), happens)
            transaction.set_rollback(True)

    hold_true()


def _live(one, happens):
    now, level = MONDAY, one.level
    for hours, beats, moves, other_way in happens:
        now += hours * HOUR
        one = Complaint.objects.get(pk=one.pk)
        last = StateChange.objects.filter(complaint=one).latest("n").at
        if moves and now >= last:
            one = step(one, MOVED[one.state][other_way % len(MOVED[one.state])], now)
        for _beat in range(beats):
            sweep(now)
        one = Complaint.objects.get(pk=one.pk)
        assert one.level >= level
        level = one.level
        due = {(told.kind, told.round, name): at for told in Books([one]).told(one) for name, at in told.ladder}
        fresh = Escalated.objects.filter(complaint=one, at=now).values_list("clock__kind", "clock__round", "step")
        assert all(due[key] <= now for key in fresh)
    for _beat in range(2):
        sweep(max(now, MONDAY) + 200 * DAY)
    for told in Books([one]).told(Complaint.objects.get(pk=one.pk)):
        kept = Escalated.objects.filter(complaint=one, clock__kind=told.kind, clock__round=told.round)
        names = list(kept.values_list("step", flat=True))
        assert len(names) == len(set(names))
        assert told.stands or set(names) == {name for name, _moment in told.ladder}
    notices = Notice.objects.exclude(kind__startswith="complaint.several").values_list("user", "key")
    assert len(notices) == len(set(notices))


@pytest.mark.parametrize("runners", [2, 5])
@pytest.mark.django_db(transaction=True)
def test_beats_side_by_side_climb_each_step_once(runners):
    made = [accepted() for _n in range(3)]
    together(lambda: sweep(MONDAY + 80 * HOUR), runners)
    sweep(MONDAY + 80 * HOUR)
    for one in made:
        assert len(steps(one)) == len(set(steps(one))) == 5
        assert Complaint.objects.get(pk=one.pk).level == 2


@pytest.mark.django_db(transaction=True)
def test_what_a_person_holds_is_left_for_the_next_time():
    one = accepted()
    with held(one):
        assert sweep(MONDAY + 12 * HOUR) == 0
    assert sweep(MONDAY + 12 * HOUR) == 1


@pytest.mark.django_db
def test_what_the_regulator_sends_and_who_is_locked_is_flagged_from_the_start():
    leader = None
    for fields in ({"channel": "regulator"}, {"major": True}, {"level": 3}):
        one = complaining.complaint(**fields)
        leader = make.user("duty_manager", one.unit)
        follow(one, MONDAY)
        assert Complaint.objects.get(pk=one.pk).escalated_at == MONDAY
        assert told(leader) == ["complaint.flagged"]
    one = complaining.complaint(make.reachable(locked_high_value=True))
    follow(one, MONDAY)
    assert Complaint.objects.get(pk=one.pk).escalated_at == MONDAY


@pytest.mark.django_db
def test_five_of_a_class_on_one_day_are_a_batch():
    customer = make.reachable()
    desk = make.user("complaint_desk", customer.branch)
    of = complaining.category(customer.branch)
    noon = datetime(2026, 3, 2, 4, tzinfo=UTC)
    made = [accepted(noon, customer=customer, category=of) for _n in range(4)]
    assert not Complaint.objects.filter(escalated_at__isnull=False).exists()
    for _n in range(2):
        accepted(noon, customer=customer, category=of)
    assert Complaint.objects.filter(category=of, escalated_at__isnull=False).count() == 6
    assert told(desk) == ["complaint.batch"]
    assert made[0].category == of


@pytest.mark.django_db
def test_the_nightly_check_finds_no_difference_and_mends_what_somebody_broke():
    one = accepted()
    assert checking.check(checking.next_range(0)) == []
    Clock.objects.filter(complaint=one, kind="result").update(due_at=MONDAY)
    [(key, clock, fields, moved)] = checking.check([one.pk])
    assert (key, clock, fields, moved) == (one.pk, "result 1", ["due_at"], False)
    assert checking.check([one.pk]) == []


@pytest.mark.django_db
def test_hours_that_were_changed_move_clocks_without_a_fault():
    branch = make.branch()
    hours = make.calendar(branch)
    policy(branch, calendar=hours, contact_minutes=60, result_minutes=6000)
    one = accepted(customer=make.reachable(branch))
    hours.describe(by=make.user(at=branch), week=["00:00-24:00"] * 7)
    assert {moved for *_rest, moved in checking.check([one.pk])} == {True}
    assert checking.check([one.pk]) == []
