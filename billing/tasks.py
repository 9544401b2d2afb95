"""The clockwork of billing facts."""

from datetime import timedelta

import structlog
from django.utils.translation import gettext_lazy as _

from billing import checking, newcomers, weighing
from billing.counter import tasks as counter  # noqa: F401  declares its jobs
from billing.dunning import tasks as dunning  # noqa: F401  declares its jobs
from billing.models import Account
from billing.service_requests import tasks as service_requests  # noqa: F401  the same
from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every

log = structlog.get_logger(__name__)
RANGE = 5000  # accounts checked in one step


@job(
    "billing.weigh",
    title=_("Find unusually high bills"),
    about=_("Weighs new bills against the months before; somebody speaks with the customer."),
    schedule=Every(minutes=10),
    by_hand=True,
    counts={"bills": _("Bills weighed"), "shocks": _("Unusually high")},
)
def weigh(run):
    weighed, shocks = weighing.weigh(clock.now())
    run.count(weighed, bills=weighed, shocks=shocks)
    return weighed == weighing.BATCH


@job(
    "billing.newcomers",
    title=_("Remind new customers of their first bill"),
    about=_("Plans for each new customer one reminder of when and how to pay."),
    schedule=Daily("06:40"),
    lease=timedelta(minutes=2),
    by_hand=True,
    counts={"planned": _("Reminders planned")},
)
def remind_newcomers(run):
    last, planned = newcomers.plan_some(run.cursor.get("after", 0), clock.now())
    run.cursor = {"after": last}
    run.count(planned, planned=planned)
    return last is not None


@job(
    "billing.verify",
    title=_("Check the sums of accounts"),
    about=_("Recomputes what is owed, paid and used from the single rows; a difference is written to the log."),
    schedule=Daily("03:23"),
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={"accounts": _("Accounts checked"), "differences": _("Differences")},
)
def verify(run):
    """The next range of accounts."""
    after = run.cursor.get("after", 0)
    here = list(Account.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:RANGE])
    if not here:
        return False
    found = checking.differences(after, here[-1])
    for what, key, kept, computed in found:
        log.error("billing.difference", what=what, id=key, kept=str(kept), computed=str(computed))
    run.cursor = {"after": here[-1]}
    run.count(len(here), accounts=len(here), differences=len(found))
    return len(here) == RANGE
