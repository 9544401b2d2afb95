"""The clockwork of notices and follow-ups. What falls due is also looked for each second (`work.due`)."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every
from work import absence_notices, digests, due, escalating, pool_lines, pools, promises, stalling, stranded
from work.models import Notice

KEPT = timedelta(days=90)
BATCH = 1000


@job(
    "work.digest",
    title=_("Morning digest"),
    about=_("Tells each person, when their unit opens, how much came in while they were off."),
    schedule=Every(minutes=1),
    counts={"people": _("People told")},
)
def digest(run):
    """The digests of up to 200 people."""
    told = digests.tell(clock.now())
    run.count(told, people=told)
    return told > 0


@job(
    "work.tidy_notices",
    title=_("Clear out old notices"),
    about=_("Removes what people have read more than 90 days ago."),
    schedule=Daily("03:57"),
    by_hand=True,
    counts={"notices": _("Notices removed")},
)
def tidy_notices(run):
    """The batch that was read longest ago."""
    old = Notice.objects.filter(read_at__lt=Now() - KEPT).order_by("read_at")
    keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Notice.objects.filter(pk__in=keys).delete()
    run.count(len(keys), notices=len(keys))
    return len(keys) == BATCH


@job(
    "work.due",
    title=_("Let follow-ups fall due"),
    about=_("Rings what is due; beside it each worker looks for itself every second."),
    schedule=Every(minutes=1),
)
def fall_due(run):
    return _batch(run, due.sweep(), due.BATCH)


@job(
    "work.promises",
    title=_("Note broken promises"),
    about=_("A promise whose time has passed is broken; its owner hears of it once."),
    schedule=Every(minutes=1),
)
def break_promises(run):
    return _batch(run, promises.break_late(), promises.BATCH)


@job(
    "work.escalate",
    title=_("Escalate late follow-ups"),
    about=_("Tells the leader, then the department, of what stays late; in working time, each step once."),
    schedule=Every(minutes=1),
)
def escalate(run):
    return _batch(run, escalating.climb(), escalating.BATCH)


@job(
    "work.stalled",
    title=_("Find follow-ups nobody works on"),
    about=_("Alarms where nothing was noted for days."),
    schedule=Every(minutes=15),
)
def find_stalled(run):
    return _batch(run, stalling.alarm(), stalling.BATCH)


@job(
    "work.stranded",
    title=_("Find work of people who cannot do it"),
    about=_("Gives open work of those who are away, have left or lost the right to who can do it; leaders are told."),
    schedule=Every(minutes=5),
    counts={"moved": _("Follow-ups moved"), "deputies": _("Deputies who cannot stand in")},
)
def find_stranded(run):
    """All of one person; after the last of them the absences whose deputy cannot stand in."""
    at = clock.now()
    person = stranded.next_person(run.cursor.get("after", 0), at)
    if person is None:
        run.count(0, deputies=absence_notices.tell_of_unable(at))
        return False
    run.cursor["after"] = person
    moved = stranded.put_right(person, at)
    run.count(moved, moved=moved)
    return True


@job(
    "work.untaken",
    title=_("Find due follow-ups nobody has taken"),
    about=_("Tells the leader of a unit when what its people owe together is due and nobody has taken it for a while."),
    schedule=Every(minutes=1),
)
def find_untaken(run):
    """First what hides a ring: lines of units in which nothing waits, such as of what two people took at once."""
    pool_lines.clear()
    return _batch(run, pools.tell_leaders(), pools.BATCH)


def _batch(run, done, most):
    run.done += done
    return done == most
