"""The clockwork of the counter."""

from django.utils.translation import gettext_lazy as _

from billing.counter import left_open
from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily


@job(
    "billing.left_open",
    title=_("Find tills that were not counted"),
    about=_("Tells the clerk and the duty manager of shifts that were left open on another day."),
    schedule=Daily("06:05"),
    counts={"shifts": _("Shifts left open")},
)
def find_left_open(run):
    """A batch of shifts, in the order of their ids."""
    told = left_open.tell(run.cursor.get("after", 0), clock.now())
    run.cursor["after"] = told[-1] if told else 0
    run.count(len(told), shifts=len(told))
    return len(told) == left_open.BATCH
