"""What a unit's people owe together rings those who can take it, and their leader when nobody does."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from jobs.models import Run
from staff.models import Absence, User
from tests import make
from tests.race import race, together
from work import arranging, attempting, deputies, due, merging, pool_lines, pools, stranded
from work.models import FollowUp, FollowUpRules, Notice
from work.notice_kinds import UNTAKEN
from work.tasks import find_untaken

pytestmark = pytest.mark.django_db


def at(**shift):
    return timezone.now() + timedelta(**shift)


@pytest.fixture
def hall():
    department = make.unit("department")
    make.calendar(department.branch, week=["00:00-24:00"] * 7)
    return make.unit("hall", department, name="中心营业厅")


@pytest.fixture
def clerks(hall):
    return [make.user("clerk", hall) for _ in range(2)]


@pytest.fixture
def leader(hall):
    return make.user("branch_head", hall.branch)


@pytest.fixture
def customer(hall):
    return make.customer(hall)


def ripe(customer, owner=None, **fields):
    return make.follow_up(customer, owner, due_at=at(seconds=-1), **fields)


def old(**fields):
    """All that is due has been so for 20 minutes."""
    FollowUp.objects.update(notified_at=at(minutes=-20), **fields)


def told(*people):
    return [[notice.kind.removeprefix("follow_up.") for notice in person.notices.unread()] for person in people]


def test_everybody_of_the_unit_who_can_take_it_hears_of_it(customer, clerks, leader, hall):
    others = [make.user("finance", hall), make.user("clerk", make.unit("hall", hall.parent))]
    away = make.user("clerk", hall)
    make.absence(away, clerks[0], starts=at(hours=-1))
    ripe(customer)
    due.turn()
    assert told(*clerks) == [["pool"], ["pool"]]
    assert told(*others, away, leader) == [[]] * 4
    notice = clerks[0].notices.get()
    assert (notice.words, notice.opens) == ("Due now in 中心营业厅: somebody has to take it.", "/day/")


def test_whoever_did_the_work_does_not_hear_of_its_check(customer, clerks):
    ripe(customer, handled_by=clerks[0])
    due.turn()
    assert told(*clerks) == [[], ["pool"]]


def test_nobody_has_two_lines_for_one_unit_until_they_have_read_one(customer, clerks):
    for _ in range(2):
        ripe(customer)
        due.turn()
    assert told(clerks[0]) == [["pool"]]
    clerks[0].notices.all().mark_read()
    ripe(customer)
    due.turn()
    assert told(clerks[0]) == [["pool"]]


def test_what_is_urgent_rings_at_any_hour(customer, clerks):
    ripe(customer)
    ripe(customer, priority=1)
    due.turn()
    assert [notice.urgency for notice in clerks[0].notices.all()] == ["ring"]


@pytest.mark.parametrize("who", ["clerk", "leader"])
def test_what_is_urgent_rings_while_an_older_quiet_line_is_unread_and_takes_its_place(customer, clerks, leader, who):
    person = {"clerk": clerks[0], "leader": leader}[who]
    for priority in (3, 1, 1, 3):
        ripe(customer, priority=priority)
        due.turn()
        old()
        pools.tell_leaders()
    assert [notice.urgency for notice in person.notices.order_by("pk")] == ["normal", "ring"]
    assert [notice.urgency for notice in person.notices.unread()] == ["ring"]


@pytest.mark.parametrize(("counted", "unread"), [(None, ["digest"]), (at(minutes=-1), ["normal"])])
def test_a_line_of_a_digest_that_is_over_calls_nobody(customer, clerks, hall, counted, unread):
    subject = {"subject_type": "staff.unit", "subject_id": hall.pk, "kind": "follow_up.pool"}
    make.notice(clerks[0], urgency="digest", told_at=counted, **subject)
    ripe(customer)
    due.turn()
    assert [notice.urgency for notice in clerks[0].notices.unread()] == unread


def test_hundreds_in_a_pool_cost_as_many_queries_as_one(customer, clerks, django_assert_max_num_queries):
    for _ in range(300):
        ripe(customer)
    with django_assert_max_num_queries(15):
        due.sweep()
    assert Notice.objects.count() == 2


# The leader.


def test_the_leader_hears_once_what_nobody_has_taken_in_time(customer, clerks, leader, hall):
    for _ in range(3):
        ripe(customer)
    due.turn()
    assert pools.tell_leaders() == 0
    old()
    assert [pools.tell_leaders() for _ in range(2)] == [3, 0]
    notice = leader.notices.get()
    assert notice.words == "Nobody has taken what is due in 中心营业厅."
    assert notice.opens == f"/follow-ups/?which=nobodys&unit={hall.pk}"


def test_each_branch_says_how_long(customer, leader):
    FollowUpRules.objects.create(branch=customer.branch, pool_minutes=30)
    ripe(customer)
    due.turn()
    old()
    assert pools.tell_leaders() == 0
    FollowUpRules.objects.update(pool_minutes=19)
    assert pools.tell_leaders() == 1


def test_one_that_falls_due_again_is_told_again(customer, leader):
    made = ripe(customer)
    due.turn()
    old(untaken_at=at(minutes=-5))
    made.refresh_from_db()
    arranging.reschedule(made, at(minutes=5), by=leader, version=made.version)
    FollowUp.objects.update(due_at=at(seconds=-1))
    due.turn()
    old()
    assert pools.tell_leaders() == 1


def test_what_somebody_has_taken_is_told_to_nobody_and_its_lines_are_settled(customer, clerks, leader):
    made, another = ripe(customer), ripe(customer)
    due.turn()
    old()
    pools.tell_leaders()
    assert told(*clerks, leader) == [["pool"], ["pool"], ["untaken"]]
    arranging.take_over(made, by=clerks[0])
    assert told(*clerks, leader) == [["pool"], ["pool"], ["untaken"]]  # there is another
    attempting.attempt(another, "answered", by=clerks[1], result="satisfied")
    assert told(*clerks, leader) == [[], [], []]
    assert pools.tell_leaders() == 0


def test_what_is_cancelled_needs_no_reading(customer, clerks, leader):
    made = ripe(customer)
    due.turn()
    arranging.cancel(made, by=leader, reason="客户已来厅办理")
    assert told(*clerks) == [[], []]


def test_what_has_an_owner_or_is_part_of_another_call_is_not_the_pools(customer, clerks, leader):
    lead = make.follow_up(customer, clerks[0], due_at=at(seconds=-1))
    ripe(customer, merged_into=lead)
    due.turn()
    old()
    assert told(clerks[1], leader) == [[], []]
    assert pools.tell_leaders() == 0


# What no longer waits leaves no line.


def put_off(made, clerk, leader):
    attempting.attempt(made, "call_later", by=clerk, call_at=at(days=1))


def moved(made, clerk, leader):
    arranging.reschedule(made, at(days=1), by=leader, version=made.version)


def lent_on(made, clerk, leader):
    FollowUp.objects.update(for_owner=leader)
    make.absence(leader, clerk, starts=at(hours=-1), begun_at=at())
    deputies.follow(Absence.objects.get())


def given_back(made, clerk, leader):
    FollowUp.objects.update(for_owner=clerk)
    deputies.follow(make.absence(clerk, leader, starts=at(days=-3), days=1, begun_at=at(), ended_at=at()))


def found_to_be_back(made, clerk, leader):
    FollowUp.objects.update(for_owner=clerk)
    stranded.put_right(clerk.pk, at())


@pytest.mark.parametrize("gone", [put_off, moved, lent_on, given_back, found_to_be_back])
def test_what_is_put_off_or_has_an_owner_again_leaves_no_line(customer, clerks, leader, gone):
    made = ripe(customer)
    due.turn()
    old()
    pools.tell_leaders()
    made.refresh_from_db()
    gone(made, clerks[0], leader)
    assert told(*clerks, leader) == [[], [], []]


def test_lines_of_what_was_merged_into_another_call_go_within_a_minute_and_others_stay(customer, clerks, leader, hall):
    made, other = ripe(customer), ripe(make.customer(make.unit("hall", hall.parent)))
    clerk = make.user("clerk", other.unit)
    due.turn()
    merging.merge([make.follow_up(customer, clerks[0], due_at=at(hours=-1)), made], by=leader)
    find_untaken(Run(job="work.untaken"))
    assert told(*clerks, clerk) == [[], [], ["pool"]]


# What was somebody's and is the unit's again.


def handed_back(made, clerk, leader):
    arranging.hand_over(made, None, by=leader, reason="今天没有时间")


def lent_to_nobody(made, clerk, leader):
    agent = make.user("agent", made.unit)
    Absence.enter(by=clerk, user=clerk, deputy=agent, kind="leave", starts=at(hours=-1), ends=at(days=2))


def stranded_with_one_who_left(made, clerk, leader):
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    stranded.put_right(clerk.pk, at())


def tried_again(made, clerk, leader):
    FollowUp.objects.update(state="in_progress", owner=None)
    FollowUp.objects.update(state="unreachable", ended_at=at())
    arranging.try_again(made, by=leader)


def taken_back(made, clerk, leader):
    FollowUp.objects.update(owner=None)
    attempting.attempt(made, "answered", by=clerk, result="satisfied")
    attempting.undo(made, by=clerk)


@pytest.mark.parametrize("back", [handed_back, lent_to_nobody, stranded_with_one_who_left, tried_again, taken_back])
def test_what_comes_back_to_the_unit_rings_its_people_and_later_the_leader(customer, clerks, leader, back):
    made = ripe(customer, clerks[0])
    due.turn()
    old(untaken_at=at(minutes=-5))
    back(made, clerks[0], leader)
    made.refresh_from_db()
    assert made.owner is None
    assert told(clerks[1]) == [["pool"]]
    assert pools.tell_leaders() == 0, "they have as long as with what falls due"
    old()
    assert pools.tell_leaders() == 1
    assert "untaken" in told(leader)[0]


def test_what_is_not_due_yet_rings_when_it_is(customer, clerks, leader):
    made = make.follow_up(customer, clerks[0])
    arranging.hand_over(made, None, by=leader, reason="今天没有时间")
    made.refresh_from_db()
    assert made.notified_at is None
    assert told(*clerks) == [[], []]


# Several at once.


@pytest.mark.django_db(transaction=True)
def test_several_sweeps_tell_the_leader_once(customer, leader):
    for _ in range(30):
        ripe(customer)
    due.turn()
    old()
    assert sum(together(pools.tell_leaders, 4)) == 30
    assert told(leader) == [["untaken"]]


@pytest.mark.django_db(transaction=True)
def test_two_parts_of_a_units_work_told_at_once_leave_one_line(customer, leader, hall):
    ripe(customer), ripe(customer)
    due.turn()
    old()
    parts = [[one] for one in FollowUp.objects.select_related("unit")]

    @transaction.atomic
    def tell(part):
        pool_lines.ring(UNTAKEN.name, [(leader, one) for one in part])

    race(hall, [partial(tell, part) for part in parts])
    assert told(leader) == [["untaken"]]


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_as_the_leader_is_told_is_taken(customer, clerks, leader):
    made = ripe(customer)
    due.turn()
    old()
    got = together([pools.tell_leaders, lambda: arranging.take_over(FollowUp.objects.get(pk=made.pk), by=clerks[0])])
    made.refresh_from_db()
    assert made.owner == clerks[0]
    assert got[0] in (0, 1)


@pytest.mark.django_db(transaction=True)
def test_the_last_two_taken_at_once_leave_no_line(customer, clerks):
    rows = [ripe(customer) for _ in clerks]
    due.turn()
    together([lambda one=one, by=by: arranging.take_over(one, by=by) for one, by in zip(rows, clerks, strict=True)])
    find_untaken(Run(job="work.untaken"))
    assert told(*clerks) == [[], []]
