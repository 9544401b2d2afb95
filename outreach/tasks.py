"""The clockwork of messages. What sends is beside it: threads of each worker (settings.WORKER_TURNS)."""

from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs import pendulum
from jobs.registry import job
from jobs.schedule import Daily, Every
from outreach import greetings, inbound, waves
from outreach.gateways.smpp import joining
from outreach.models import Decision, DeliveryReport, Inbound, Message
from outreach.moving import move

log = structlog.get_logger(__name__)
BATCH = 500
REPORTS_KEPT = timedelta(days=180)
STALE = timedelta(minutes=1)
LATE = """
    SELECT id, state FROM outreach_message
    WHERE state IN ('planned', 'held') AND not_after IS NOT NULL AND not_after <= statement_timestamp()
    ORDER BY not_after LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
"""


@shared_task(name="outreach.look", acks_late=True, ignore_result=True, expires=60)
def look():
    """Wake the senders of this process: a call must not hold up who waits for a task."""
    pendulum.wake("outreach.sending")


@job(
    "outreach.expire",
    title=_("End messages that are too late"),
    about=_("Messages whose time has passed before they could be sent are not sent any more."),
    schedule=Every(minutes=10),
    counts={"messages": _("Messages too late")},
)
def expire(run):
    """One batch. Senders do so too with what they come across; this finds what nobody may send."""
    expired = {"then": Message.State.EXPIRED, "what": Decision.What.EXPIRED, "reason": "too_late"}
    many = move(LATE, {"most": BATCH}, **expired)
    return _counted(run, "messages", many)


@job(
    "outreach.understand",
    title=_("Understand replies"),
    about=_("Replies that were kept but not looked at, because something went down in between."),
    schedule=Every(minutes=5),
    counts={"replies": _("Replies understood")},
)
def understand(run):
    """One at a time, the oldest first; one that cannot be understood is left to the next run. First of all what came in
    parts, of which some never came.
    """
    if whole := joining.join_left():
        run.cursor["joined"] = whole.pk  # a step forward, also where it cannot be understood
        _counted(run, "replies", _understood(whole.pk))
        return True
    left = Inbound.objects.filter(handled_at=None, received_at__lt=Now() - STALE, pk__gt=run.cursor.get("after", 0))
    found = left.order_by("pk").select_for_update(skip_locked=True, of=["self"])
    pk = found.values_list("pk", flat=True).first()
    if pk:
        run.cursor["after"] = pk
        _counted(run, "replies", _understood(pk))
    return pk is not None


def _understood(pk) -> int:
    """How many: 0 or 1."""
    try:
        with transaction.atomic():
            inbound.handle(pk)
    except Exception as error:
        log.error("inbound.failed", inbound=pk, error=type(error).__name__)
        return 0
    return 1


@job(
    "outreach.follow",
    title=_("Follow a decision about a set"),
    about=_("The messages of a large set are held, released or cancelled, as has been decided about the set."),
    counts={"messages": _("Messages")},
)
def follow(run):
    """One batch of the wave `run.params["wave"]`."""
    many = waves.follow(run.params["wave"])
    _counted(run, "messages", many)
    return many == waves.BATCH


@job(
    "outreach.greet",
    title=_("Send greetings"),
    about=_("Birthday and holiday greetings of the day (H35), for branches that have a template for them."),
    schedule=Daily("06:30"),
    counts={"customers": _("Customers greeted")},
)
def greet(run):
    """The next customers of one greeting; the day is the one on which the run began."""
    day = run.cursor.setdefault("day", timezone.now().isoformat())
    due, place = greetings.of_day(datetime.fromisoformat(day)), run.cursor.get("greeting", 0)
    if place >= len(due):
        return False
    many, after = greetings.greet(due[place], run.cursor.get("after", 0), BATCH)
    run.cursor |= {"greeting": place if after else place + 1, "after": after or 0}
    _counted(run, "customers", many)
    return True


@job(
    "outreach.prune",
    title=_("Clear out old delivery reports"),
    about=_("Removes delivery reports after 180 days; the messages stay."),
    schedule=Daily("04:05"),
    by_hand=True,
    counts={"reports": _("Reports removed")},
)
def prune(run):
    """The oldest batch, as far as it is old enough."""
    oldest = DeliveryReport.objects.order_by("pk").values_list("pk", flat=True)[:BATCH]
    many, _each = DeliveryReport.objects.filter(pk__in=list(oldest), received_at__lt=Now() - REPORTS_KEPT).delete()
    return _counted(run, "reports", many)


def _counted(run, what, many):
    """Whether a whole batch was done, so that there may be more."""
    run.count(many, **{what: many})
    return many == BATCH
