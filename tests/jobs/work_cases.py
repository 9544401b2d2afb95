"""Cases of the jobs that ring, remind and escalate."""

from datetime import timedelta

from django.utils import timezone

from audit.models import Event
from tests import make
from tests.jobs.case import case
from work.models import FollowUp, Notice


@case("work.digest")
def digest():
    """More people than one step, each with something due, something read and something of tomorrow."""
    branch, now = make.branch(), timezone.now()
    for _ in range(205):
        person = make.user(at=branch)
        for shows_at, fields in [(now, {}), (now, {"read_at": now}), (now + timedelta(days=1), {})]:
            make.notice(person, urgency="digest", shows_at=shows_at, **fields)

    def state():
        told = Notice.objects.filter(kind="work.digest", data__n=1)
        return told.count(), told.values("user").distinct().count(), Notice.objects.filter(told_at=None).count()

    return {}, state


@case("work.tidy_notices")
def tidy_notices():
    """More than one batch read long ago, one read of late, and one that nobody has read."""
    person, long_ago = make.user(), timezone.now() - timedelta(days=91)
    old = [Notice(user=person, kind="work.digest", key=str(n), data={"n": 1}, read_at=long_ago) for n in range(1100)]
    Notice.objects.bulk_create(old)
    make.notice(person, key="late", read_at=timezone.now())
    make.notice(person, key="unread", created_at=long_ago)
    return {}, lambda: sorted(Notice.objects.values_list("key", flat=True))


def owed(count, **fields):
    """Follow-ups of one clerk in a branch that is always open."""
    hall = make.unit("hall", make.unit("department"))
    make.calendar(hall.branch, week=["00:00-24:00"] * 7)
    clerk, customer = make.user("clerk", hall), make.customer(hall)
    make.user("duty_manager", hall)
    return [make.follow_up(customer, clerk, **fields) for _ in range(count)]


def follow_ups_say(*fields):
    def state():
        told = Event.objects.filter(verb__startswith="follow_up.").order_by("subject_id", "verb")
        rows = FollowUp.objects.order_by("pk").values_list(*fields)
        return list(rows), list(told.values_list("verb", flat=True)), Notice.objects.count()

    return state


@case("work.due")
def fall_due():
    """More than a batch that is ripe, and one that is not."""
    ripe = timezone.now() - timedelta(minutes=1)
    owed(510, due_at=ripe)
    owed(1)
    return {}, follow_ups_say("state")


@case("work.promises")
def promises():
    past = timezone.now() - timedelta(hours=2)
    owed(510, kind="promise", due_at=past, late_at=past)
    owed(1, kind="promise")
    return {}, follow_ups_say("kind", "state")


@case("work.escalate")
def escalate():
    """More than a batch that is late enough for the first step."""
    past = timezone.now() - timedelta(hours=1)
    owed(205, due_at=past, late_at=past)
    owed(1)
    return {}, follow_ups_say("level")


@case("work.stalled")
def stalled():
    past = timezone.now() - timedelta(days=9)
    owed(205, state="due", due_at=past, late_at=past, noted_at=past)
    owed(1)
    return {}, follow_ups_say("state")


@case("work.stranded")
def stranded():
    """Work of one who has left, of one who is away, of one who is back, and of one who is there."""
    rows = owed(4)
    gone, away, back = (make.user("clerk", rows[0].unit) for _ in range(3))
    gone.postings.update(valid_to=timezone.localdate())
    there = rows[3].owner
    make.absence(away, there, starts=timezone.now() - timedelta(days=1))
    make.absence(make.user("clerk", rows[0].unit), gone)
    for one, fields in zip(rows, [{"owner": gone}, {"owner": away}, {"for_owner": back}], strict=False):
        FollowUp.objects.filter(pk=one.pk).update(**fields)
    return {}, follow_ups_say("state", "version")


@case("work.untaken")
def untaken():
    """More than a batch that nobody has taken for an hour, and one that fell due just now."""
    past = timezone.now() - timedelta(hours=1)
    rows = owed(511, state="due", due_at=past, notified_at=past)
    FollowUp.objects.update(owner=None)
    FollowUp.objects.filter(pk=rows[0].pk).update(notified_at=timezone.now())

    def state():
        return FollowUp.objects.filter(untaken_at=None).count(), Notice.objects.count()

    return {}, state
