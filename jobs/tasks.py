"""The doorbell's two tasks, and the jobs that keep the clockwork itself in order."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from door import once
from jobs import clock, pendulum
from jobs.bulk import asking, carrying_out, clearing
from jobs.models import Run, Slot
from jobs.registry import job
from jobs.schedule import Daily, Every

KEPT = timedelta(days=90)
BATCH = 500


@shared_task(name="jobs.look", acks_late=True, ignore_result=True, expires=60)
def look():
    """Work off what is due. A repeat, or a second worker, finds nothing left."""
    pendulum.turn()


@shared_task(name="jobs.tick", acks_late=True, ignore_result=True, expires=60)
def tick():
    """Lay out the slots and work off what is due; rung by any number of beats, or none."""
    pendulum.turn()


@job(
    "jobs.pulse",
    title=_("Pulse"),
    about=_("Beats once a minute to prove that scheduled work gets done."),
    schedule=Every(minutes=1),
    may_pause=False,
)
def pulse(run):
    run.done = run.total = 1
    return False


@job(
    "jobs.prune",
    title=_("Clear out old runs"),
    about=_("Removes scheduled runs that ended more than 90 days ago. What a person asked for is kept."),
    schedule=Daily("03:40"),
    by_hand=True,
    counts={"slots": _("Slots removed"), "runs": _("Runs removed")},
)
def prune(run):
    """A batch of old slots with their runs. Runs that failed for good wait for a person and stay."""
    ended = Q(run=None) | Q(run__state__in=[Run.State.DONE, Run.State.CANCELLED])
    old = Slot.objects.filter(ended, slot_at__lt=Now() - KEPT).order_by("id")
    rows = list(old.select_for_update(of=("self",), skip_locked=True).values_list("id", "run_id")[:BATCH])
    Slot.objects.filter(pk__in=[slot for slot, _ in rows]).delete()
    removed, _by_model = Run.objects.filter(pk__in=[made for _, made in rows if made]).delete()
    run.count(len(rows), slots=len(rows), runs=removed)
    return len(rows) == BATCH


@job(
    "jobs.forget_answers",
    title=_("Clear out old answers"),
    about=_("Removes what the API keeps for a day to answer a repeated request the same way."),
    schedule=Every(minutes=15),
    counts={"answers": _("Answers removed")},
)
def forget_answers(run):
    """A batch of answers that are older than a day."""
    removed = once.forget(BATCH)
    run.count(removed, answers=removed)
    return removed == BATCH


@job(
    "jobs.prune_bulks",
    title=_("Clear out old changes to many"),
    about=_("Removes what became of each row of a change to many a month after it was asked for."),
    schedule=Daily("03:50"),
    by_hand=True,
    counts={"rows": _("Rows removed"), "bulks": _("Changes removed")},
)
def prune_bulks(run):
    rows, bulks = clearing.clear(clock.now())
    run.count(rows + bulks, rows=rows, bulks=bulks)
    return rows + bulks > 0


@job(
    asking.CHECK,
    title=_("Preview of a change to many"),
    about=_("Tries what somebody wants to do with a whole list, row by row, and takes it back again."),
    counts={"fit": pgettext_lazy("bulk", "Can be done"), "left_out": pgettext_lazy("bulk", "Left out")},
)
def bulk_check(run):
    return carrying_out.check(run)


@job(
    asking.DO,
    title=_("Change to many"),
    about=_("Does with each row what was previewed, in a transaction of its own."),
    counts={"changed": pgettext_lazy("bulk", "Done"), "refused": pgettext_lazy("bulk", "Refused")},
)
def bulk(run):
    return carrying_out.do_next(run)


@job(
    asking.UNDO,
    title=_("Undo a change to many"),
    about=_("Takes back, row by row, what nobody has changed since."),
    counts={"undone": pgettext_lazy("bulk", "Undone"), "stays": pgettext_lazy("bulk", "Not undone")},
)
def bulk_undo(run):
    return carrying_out.undo_next(run)
