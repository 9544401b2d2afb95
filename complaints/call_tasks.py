"""The clockwork of callbacks, surveys and suggestions."""

from django.utils.translation import gettext_lazy as _

from complaints import calls_over, suggesting, surveying
from jobs import clock
from jobs.registry import job
from jobs.schedule import Every


@job(
    "complaints.surveys",
    title=_("Survey after complaints"),
    about=_("Asks customers by message how their complaint was dealt with, or writes down why they are not asked."),
    schedule=Every(minutes=10),
    counts={"cases": _("Cases looked at")},
)
def survey(run):
    return _batch(run, surveying.sweep(clock.now()), surveying.BATCH, "cases")


@job(
    "complaints.late_suggestions",
    title=_("Find suggestions without an answer"),
    about=_("Tells who decides, once, when the time for an answer is over."),
    schedule=Every(minutes=15),
    counts={"told": _("Suggestions told of")},
)
def late_suggestions(run):
    return _batch(run, suggesting.ring_late(clock.now()), suggesting.BATCH, "told")


@job(
    "complaints.calls_over",
    title=_("Drop callbacks nobody waits for"),
    about=_("Cancels the callbacks of complaints that went on without them."),
    schedule=Every(minutes=5),
    counts={"calls": _("Callbacks dropped")},
)
def drop_calls(run):
    return _batch(run, calls_over.drop(clock.now()), calls_over.BATCH, "calls")


def _batch(run, n, most, name):
    run.count(n, **{name: n})
    return n == most
