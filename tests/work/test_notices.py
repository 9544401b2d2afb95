"""People are told each thing once, when they work or when it is urgent, and what is settled needs no reading."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import translation

from audit.models import Event
from staff.calendar import WorkingTime
from staff.models import Absence
from staff.windows import parse
from tests import make
from tests.race import together
from work import digests
from work.models import Notice
from work.notices import SETTLES, ring, ring_many, ring_one_less, ring_one_more, settle
from work.quiet import when_to_tell

pytestmark = pytest.mark.django_db
KIND = "absence.is_back"
NOON = datetime(2026, 3, 23, 2, tzinfo=UTC)  # Monday, 10:00 in China
NIGHT = datetime(2026, 3, 23, 14, tzinfo=UTC)  # 22:00
MORNING = datetime(2026, 3, 24, 0, 30, tzinfo=UTC)  # 08:30 of the next day


@pytest.fixture
def clerk():
    hall = make.unit("hall")
    make.calendar(hall)
    return make.user("clerk", hall)


def test_a_thing_is_told_once(clerk):
    for _ in range(2):
        ring(clerk, KIND, key="one", person="张伟")
    assert Notice.objects.get().words == "张伟 is back; you no longer stand in."


def test_the_words_are_in_the_language_of_whoever_reads(clerk):
    ring(clerk, KIND, key="one", person="张伟")
    with translation.override("zh-hans"):
        assert Notice.objects.get().words == "张伟 已回岗，您的代理结束。"


def test_a_kind_that_nobody_declared_is_refused_and_an_old_one_says_nothing(clerk):
    with pytest.raises(LookupError, match="no kind of notice"):
        ring(clerk, "nobody.knows", key="one")
    old = make.notice(clerk, kind="of.an.old.release")
    assert (old.words, old.opens) == ("", "")


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_outside_the_transaction():
    clerk = make.user("clerk")
    with pytest.raises(RuntimeError, match="in the transaction"):
        ring(clerk, KIND, key="one", person="张伟")


@pytest.mark.django_db(transaction=True)
def test_what_is_told_by_several_at_once_is_told_once():
    clerk = make.user("clerk")

    def tell():
        with transaction.atomic():
            ring(clerk, KIND, key="one", person="张伟")

    together(tell)
    assert Notice.objects.count() == 1


def test_many_are_told_by_a_fixed_number_of_statements(clerk, django_assert_num_queries):
    people = [make.user("clerk", clerk.postings.get().unit) for _ in range(20)]
    ring(clerk, KIND, key="warm", person="x")
    with django_assert_num_queries(3):
        ring_many(people, KIND, key="one", person="张伟")
    assert Notice.objects.filter(key="one").count() == 20


def test_nobody_disabled_is_told(clerk):
    clerk.is_active = False
    ring(clerk, KIND, key="one", person="张伟")
    assert not Notice.objects.exists()


def told(urgent=False, at=NOON, kind=KIND):
    ring_to = make.user("clerk", hall := make.unit("hall"))
    make.calendar(hall)
    ring(ring_to, kind, key="one", urgent=urgent, at=at, person="张伟")
    notice = Notice.objects.get(user=ring_to)
    return notice.urgency, notice.shows_at


def test_in_working_time_it_rings_at_once():
    assert told() == ("normal", NOON)


def test_over_lunch_it_rings_when_the_unit_opens_again():
    assert told(at=NOON + timedelta(hours=3)) == ("normal", NOON + timedelta(hours=4))


def test_at_night_it_waits_for_the_mornings_digest():
    assert told(at=NIGHT) == ("digest", MORNING)


def test_over_the_weekend_it_waits_for_monday():
    assert told(at=NOON - timedelta(days=1)) == ("digest", MORNING - timedelta(days=1))


def test_what_is_urgent_rings_at_night():
    assert told(urgent=True, at=NIGHT) == ("ring", NIGHT)


def test_where_work_never_stops_nothing_waits_and_digests_come_at_seven():
    always = WorkingTime("Asia/Shanghai", dict.fromkeys(range(7), parse("00:00-24:00")))
    assert when_to_tell("normal", always, NIGHT) == ("normal", NIGHT)
    seven = datetime(2026, 3, 23, 23, tzinfo=UTC)
    assert when_to_tell("digest", always, NIGHT) == ("digest", seven)
    assert when_to_tell("digest", always, seven - timedelta(hours=1)) == ("digest", seven)


def test_where_nothing_ever_opens_it_is_told_at_once():
    assert when_to_tell("normal", WorkingTime("Asia/Shanghai", {}), NIGHT) == ("normal", NIGHT)


def test_the_morning_brings_one_digest_of_what_is_unread(clerk):
    for n in range(3):
        ring(clerk, KIND, key=str(n), at=NIGHT, person="张伟")
    Notice.objects.filter(key="2").mark_read()
    assert digests.tell(MORNING - timedelta(seconds=1)) == 0
    assert digests.tell(MORNING) == 1
    assert digests.tell(MORNING) == 0
    digest = Notice.objects.get(kind="work.digest")
    assert digest.words == "2 things came in while you were off."
    assert list(Notice.objects.visible_to(clerk).ringing()) == [digest]


@pytest.mark.django_db(transaction=True)
def test_several_clocks_tell_one_digest():
    hall = make.unit("hall")
    make.calendar(hall)
    people = [make.user("clerk", hall) for _ in range(5)]
    for person in people:
        make.notice(person, urgency="digest", shows_at=MORNING)
    together(lambda: digests.tell(MORNING))
    digests.tell(MORNING)
    found = Notice.objects.filter(kind="work.digest")
    assert sorted(found.values_list("user", flat=True)) == sorted(person.pk for person in people)
    assert {notice.data["n"] for notice in found} == {1}


def test_what_is_settled_needs_no_reading(clerk):
    hall = clerk.postings.get().unit
    absence = make.absence(make.user("clerk", hall), clerk)
    other = make.absence(make.user("clerk", hall), clerk)
    ring(clerk, KIND, key="one", subject=absence, person="x")
    ring(clerk, KIND, key="two", subject=other, person="x")
    assert settle(absence, "absence.stands_in") == 0
    assert settle(absence, other_than=clerk) == 0
    assert settle(absence) == 1
    assert list(Notice.objects.unread().values_list("key", flat=True)) == ["two"]
    assert Notice.objects.get(key="one").done_at


# Absences


def enter(by, user, deputy, starts=NOON, **fields):
    times = {"starts": starts, "ends": starts + timedelta(days=3), "at": NOON}
    return Absence.enter(by=by, user=user, deputy=deputy, kind="leave", **times | fields)


def unread(person):
    return [notice.words for notice in Notice.objects.visible_to(person).unread().order_by("pk")]


def test_the_deputy_and_the_person_hear_of_an_absence_once(clerk):
    hall = clerk.postings.get().unit
    deputy, leader = (make.user(role, hall) for role in ("clerk", "duty_manager"))
    absence = enter(leader, clerk, deputy)
    days = "from 2026-03-23 to 2026-03-26"
    assert unread(deputy) == [f"You stand in for {clerk.name} {days}."]
    assert unread(clerk) == [f"{leader.name} entered an absence for you {days}; {deputy.name} stands in."]
    absence.end(by=clerk, at=NOON + timedelta(hours=1))
    assert unread(deputy) == [f"{clerk.name} is back; you no longer stand in."]
    assert unread(clerk) == []


def test_a_deputy_who_is_replaced_and_comes_back_is_told_each_time(clerk):
    hall = clerk.postings.get().unit
    one, two = (make.user("clerk", hall) for _ in range(2))
    absence = enter(clerk, clerk, one, starts=NOON + timedelta(days=1))
    absence.hand_to(two, by=clerk, at=NOON)
    assert (len(unread(one)), len(unread(two))) == (0, 1)
    absence.hand_to(one, by=clerk, at=NOON)
    assert (len(unread(one)), len(unread(two))) == (1, 0)
    absence.end(by=clerk, at=NOON)
    assert (unread(one), unread(two)) == ([], [])
    assert Event.objects.filter(verb="absence.withdrawn").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_one_notice_with_their_number_and_none_when_all_are_taken_back():
    person = make.user("clerk", make.unit("hall"))

    def more():
        with transaction.atomic():
            ring_one_more(person, "complaint.many_owned", key="many", urgent=True, at=NOON)

    together(more, 4)
    told = Notice.objects.get()
    assert (told.words, told.shows_at, told.urgency) == ("4 complaints are yours now.", NOON + SETTLES, "ring")
    Notice.objects.update(read_at=NOON)
    more()
    assert Notice.objects.unread().get().data == {"n": 5}
    for _ in range(6):
        with transaction.atomic():
            ring_one_less(person, key="many")
    assert not Notice.objects.unread().exists()
