"""What the clockwork does for sign-in."""

from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every
from staff import absences, brake

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
    run.count(removed, sessions=removed, counts=counts)
    return more


@job(
    "staff.absences",
    title=_("Begin and end absences"),
    about=_("Moves work to the deputy when an absence begins, and back when it ends."),
    schedule=Every(minutes=1),
    counts={"begun": _("Begun"), "ended": _("Ended")},
)
def follow_absences(run):
    """One absence that ends, or one that begins: what comes back goes on to the next deputy, not past them."""
    at = clock.now()
    ended = absences.finish_next(at)
    begun = None if ended else absences.begin_next(at)
    run.count(bool(begun or ended), begun=bool(begun), ended=bool(ended))
    return bool(begun or ended)
