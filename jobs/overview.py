"""What the pages show of the jobs, read in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from jobs import clock, registry
from jobs.models import Run, Slot, Switch

RUNS_SHOWN = 50
SKIPPED_SHOWN = 10


@dataclass(frozen=True)
class Line:
    """One job as the list shows it."""

    job: registry.Job
    paused: bool
    next_at: datetime | None
    last: Run | None


def lines(user) -> list[Line]:
    """Every job with its last run that `user` may see and its next slot."""
    latest = Run.objects.visible_to(user).filter(job=OuterRef("job")).order_by("-id").values("pk")[:1]
    switches = {switch.job: switch for switch in Switch.objects.visible_to(user).annotate(last=Subquery(latest))}
    last = Run.objects.visible_to(user).in_bulk([s.last for s in switches.values() if s.last])
    now = clock.now()
    return [_line(job, switches.get(job.name), last, now) for job in registry.jobs().values()]


def _line(job, switch, last, now):
    paused = bool(switch and switch.paused)
    next_at = job.schedule.next(now) if job.schedule and not paused else None
    return Line(job, paused, next_at, last.get(switch.last) if switch else None)


def runs_of(job, user, before=None):
    """A page of the job's runs, newest first, and the id to go on from (None on the last page)."""
    found = Run.objects.visible_to(user).filter(job=job.name).select_related("asked_by", "slot").order_by("-id")
    if before:
        found = found.filter(id__lt=before)
    page = list(found[: RUNS_SHOWN + 1])
    more = page[RUNS_SHOWN - 1].pk if len(page) > RUNS_SHOWN else None
    return page[:RUNS_SHOWN], more


def skipped_slots(job, user):
    return Slot.objects.visible_to(user).filter(job=job.name, run=None).order_by("-slot_at")[:SKIPPED_SHOWN]
