"""The clockwork of notices."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every
from work import digests
from work.models import Notice

KEPT = timedelta(days=90)
BATCH = 1000


@job(
    "work.digest",
    title=_("Morning digest"),
    about=_("Tells each person, when their unit opens, how much came in while they were off."),
    schedule=Every(minutes=1),
    counts={"people": _("People told")},
)
def digest(run):
    """The digests of up to 200 people."""
    told = digests.tell(clock.now())
    run.done += told
    run.counts = {"people": run.counts.get("people", 0) + told}
    return told > 0


@job(
    "work.tidy_notices",
    title=_("Clear out old notices"),
    about=_("Removes what people have read more than 90 days ago."),
    schedule=Daily("03:57"),
    by_hand=True,
    counts={"notices": _("Notices removed")},
)
def tidy_notices(run):
    """The batch that was read longest ago."""
    old = Notice.objects.filter(read_at__lt=Now() - KEPT).order_by("read_at")
    keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Notice.objects.filter(pk__in=keys).delete()
    run.done += len(keys)
    run.counts = {"notices": run.counts.get("notices", 0) + len(keys)}
    return len(keys) == BATCH
