"""The jobs of imports: check, commit, and putting away what is no longer needed."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from jobs.registry import job
from jobs.schedule import Daily

from . import checking, committing, keeping
from .intake import CHECK, COMMIT

OUTCOMES = {
    "create": _("New"),
    "update": _("Changed"),
    "unchanged": _("Unchanged"),
    "duplicate": _("Duplicates"),
    "error": _("Errors"),
}


@job(
    CHECK,
    title=_("Check an uploaded file"),
    about=_("Reads an uploaded file and says for every row what it would do."),
    lease=timedelta(minutes=3),
    counts=OUTCOMES,
)
def check_import(run):
    return checking.step(run)


@job(
    COMMIT,
    title=_("Bring in a checked file"),
    about=_("Makes and changes records as the check said, range by range."),
    lease=timedelta(minutes=3),
    counts=OUTCOMES,
)
def commit_import(run):
    return committing.step(run)


@job(
    "customers.put_away_imports",
    title=_("Put away old imports"),
    about=_("Deletes uploaded files and the values read from them some days after their end; outcomes stay."),
    schedule=Daily("03:50"),
    lease=timedelta(minutes=3),
    by_hand=True,
)
def put_away_imports(run):
    return keeping.put_away(run)
