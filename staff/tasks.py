"""What the clockwork does for sign-in."""

from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.registry import job
from jobs.schedule import Daily
from staff import brake

BATCH = 1000


@job(
    "staff.tidy",
    title=_("Clear out old sessions"),
    about=_("Removes sessions that have ended by age, and counts of sign-in attempts that no longer say anything."),
    schedule=Daily("03:50"),
    counts={"sessions": _("Sessions removed"), "counts": _("Counts removed")},
)
def tidy(run):
    """A batch of stale sessions; with the last one the stale counts."""
    stale = Session.objects.filter(expire_date__lt=Now()).order_by("expire_date")
    keys = list(stale.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    removed, _by_model = Session.objects.filter(pk__in=keys).delete()
    more = len(keys) == BATCH
    counts = 0 if more else brake.tidy()
    run.done += removed
    run.counts = {
        "sessions": run.counts.get("sessions", 0) + removed,
        "counts": run.counts.get("counts", 0) + counts,
    }
    return more
