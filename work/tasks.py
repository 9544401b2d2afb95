"""The clockwork of follow-ups. What falls due is looked for beside it, each second (`work.due`)."""

from django.utils.translation import gettext_lazy as _

from jobs.registry import job
from jobs.schedule import Every
from work import due, escalating, promises, stalling


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


def _batch(run, done, most):
    run.done += done
    return done == most
