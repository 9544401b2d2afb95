"""The clockwork of requests to the billing system."""

from django.utils.translation import gettext_lazy as _

from billing.service_requests import releasing, ringing
from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every


@job(
    "billing.restorations",
    title=_("Watch requests to the billing system"),
    about=_("Tells people of lines that are not restored in time, and of requests without an answer."),
    schedule=Every(minutes=1),
    counts={"late": _("Restorations told of"), "unanswered": _("Without an answer")},
)
def watch(run):
    late, unanswered = ringing.ring_clocks(clock.now()), ringing.ring_unanswered(clock.now())
    run.count(late + unanswered, late=late, unanswered=unanswered)
    return ringing.BATCH in (late, unanswered)


@job(
    "billing.release_numbers",
    title=_("Release kept numbers"),
    about=_("Numbers of cancelled lines that were kept long enough are free again."),
    schedule=Daily("01:40"),
    by_hand=True,
    counts={"numbers": _("Numbers released")},
)
def release(run):
    released = releasing.release_some(clock.now())
    run.count(released, numbers=released)
    return released == releasing.BATCH
