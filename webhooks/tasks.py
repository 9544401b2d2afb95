"""The clockwork of webhooks. What sends is beside it: threads of each worker (settings.WORKER_TURNS)."""

from datetime import timedelta

from celery import shared_task
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs import pendulum
from jobs.registry import job
from jobs.schedule import Daily
from webhooks.models import Attempt, Delivery

KEPT = timedelta(days=30)
BATCH = 1000


@shared_task(name="webhooks.look", acks_late=True, ignore_result=True, expires=60)
def look():
    """Wake the senders of this process: a call must not hold up who waits for a task."""
    pendulum.wake("webhooks.sending")


@job(
    "webhooks.prune",
    title=_("Clear out old deliveries"),
    about=_("Removes what was told to other systems more than 30 days ago, with its log; what never arrived as well."),
    schedule=Daily("03:55"),
    by_hand=True,
    counts={"deliveries": _("Deliveries removed")},
)
def prune(run):
    """The oldest batch, as far as it is old enough; ids and times grow together."""
    oldest = Delivery.objects.order_by("pk").values_list("pk", flat=True)[:BATCH]
    old = Delivery.objects.filter(pk__in=list(oldest), created_at__lt=Now() - KEPT)
    keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Attempt.objects.filter(delivery__in=keys).delete()
    Delivery.objects.filter(pk__in=keys).delete()
    run.count(len(keys), deliveries=len(keys))
    return len(keys) == BATCH
