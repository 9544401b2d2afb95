"""The clockwork of what waits, is silent or late, and of the disputes that follow complaints."""

from django.utils.translation import gettext_lazy as _

from complaints import dispatching, disputing, left_files, silence
from complaints.handling import waiting
from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every


@job(
    "complaints.waiting",
    title=_("End waiting for customers"),
    about=_("Complaints whose customer did not answer in time go on by themselves; their owners hear of it."),
    schedule=Every(minutes=1),
)
def end_waiting(run):
    return _batch(run, waiting.return_late(clock.now()), waiting.BATCH)


@job(
    "complaints.untouched",
    title=_("Find complaints nobody touches"),
    about=_("Rings where nothing was done for some working hours, each silence once."),
    schedule=Every(minutes=15),
)
def find_untouched(run):
    run.cursor["after"], rung = silence.look(run.cursor.get("after", 0), clock.now())
    run.done += rung
    return run.cursor["after"] > 0


@job(
    "complaints.late_tasks",
    title=_("Find late tasks of departments"),
    about=_("A task of a complaint that is late rings once, at who has the complaint and who coordinates it."),
    schedule=Every(minutes=1),
)
def find_late_tasks(run):
    return _batch(run, silence.ring_late_tasks(clock.now()), silence.BATCH)


@job(
    "complaints.disputes",
    title=_("Let disputes follow complaints"),
    about=_("The dispute of a bill ends with the complaint about it, and begins again when that is reopened."),
    schedule=Every(minutes=1),
)
def follow_disputes(run):
    """One complaint a step: each holds an account for itself."""
    found = disputing.follow_one(clock.now(), run.cursor)
    run.done += found
    return found


@job(
    "complaints.dispatch",
    title=_("Dispatch complaints nobody has touched"),
    about=_("What was accepted and not touched for some minutes goes to the unit that handles it."),
    schedule=Every(minutes=1),
)
def dispatch(run):
    run.cursor["after"], went = dispatching.dispatch(run.cursor.get("after", 0), clock.now())
    run.done += went
    return run.cursor["after"] > 0


@job(
    "complaints.left_files",
    title=_("Clear out files that no complaint names"),
    about=_("Removes what was written for a complaint more than a day ago and never kept with it."),
    schedule=Daily("04:15"),
    by_hand=True,
    counts={"files": _("Files removed")},
)
def sweep_files(run):
    """One folder a step."""
    run.cursor["after"], removed = left_files.sweep(run.cursor.get("after", ""), clock.now())
    run.count(removed, files=removed)
    return run.cursor["after"] != ""


def _batch(run, done, most):
    run.done += done
    return done == most
