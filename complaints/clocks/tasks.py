"""The clockwork of complaints."""

from datetime import timedelta

import structlog
from django.utils.translation import gettext_lazy as _

from complaints.appeals import reminding
from complaints.clocks import checking, climbing
from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every

log = structlog.get_logger()


@job(
    "complaints.ladder",
    title=_("Escalate complaints"),
    about=_("Tells owners and leaders of what nears its time or is late; each step of a clock once."),
    schedule=Every(minutes=1),
    counts={"complaints": _("Complaints looked at")},
)
def ladder(run):
    looked_at = climbing.climb()
    run.count(looked_at, complaints=looked_at)
    return looked_at == climbing.BATCH


@job(
    "complaints.verify",
    title=_("Check the clocks of complaints"),
    about=_("Works out all clocks of open complaints anew; a difference is put right and written to the log."),
    schedule=Daily("03:33"),
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={
        "complaints": _("Complaints looked at"),
        "moved": _("Clocks of changed hours or rules"),
        "differences": _("Differences"),
    },
)
def verify(run):
    """The next range of open complaints."""
    here = checking.next_range(run.cursor.get("after", 0))
    if not here:
        return False
    found = checking.check(here)
    for complaint, which, fields, moved in found:
        tell = log.info if moved else log.error
        tell("complaints.clock_differs", id=complaint, clock=which, fields=fields)
    moved = sum(moved for *_rest, moved in found)
    run.cursor = {"after": here[-1]}
    run.count(len(here), complaints=len(here), moved=moved, differences=len(found) - moved)
    return len(here) == checking.RANGE


@job(
    "complaints.appeals",
    title=_("Remind of appeals"),
    about=_("Tells owners and the head of the branch a day before the regulator decides or answers."),
    schedule=Every(minutes=15),
)
def remind_of_appeals(run):
    run.cursor["after"], found = reminding.remind(run.cursor.get("after", 0), clock.now())
    run.done += found
    return found == reminding.BATCH
