"""Restorations that take too long, and requests without an answer: people hear of each, once (domain 2.1 no. 8)."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.models import ServiceRequest
from billing.service_requests.people import told_of, who_dun
from staff.models import Unit
from work import notices

BATCH = 100
UNANSWERED = timedelta(hours=1)
KINDS = ("restore.due", "restore.late", "restore.law")


@transaction.atomic
def ring_clocks(at: datetime) -> int:
    """Tell of a batch of restorations whose next moment has passed; how many there were.

    `told` says how many of the three moments were told of; after an outage all that have passed are.
    """
    passed = Q(told=0, due_at__lte=at) | Q(told=1, late_at__lte=at) | Q(told=2, law_at__lte=at)
    requests = _taken(ServiceRequest.objects.unanswered().filter(passed, due_at__lte=at))
    for request in requests:
        moments = (request.due_at, request.late_at, request.law_at)
        for level in range(request.told, sum(moment <= at for moment in moments)):
            _ring(request, level, at)
            request.told = level + 1
    ServiceRequest.objects.bulk_update(requests, ["told"])
    return len(requests)


@transaction.atomic
def ring_unanswered(at: datetime) -> int:
    """Tell of a batch of other requests that wait for an hour, those of a branch together; how many there were."""
    rows = ServiceRequest.objects.unanswered().filter(due_at=None, told=0, asked_at__lte=at - UNANSWERED)
    requests = _taken(rows)
    by_branch = defaultdict(list)
    for request in requests:
        request.told = 1
        by_branch[request.branch_id].append(request)
    for branch in Unit.objects.filter(pk__in=by_branch):
        _ring_branch(branch, by_branch[branch.pk], at)
    ServiceRequest.objects.bulk_update(requests, ["told"])
    return len(requests)


def ring_refused(request: ServiceRequest):
    """A restoration was refused, or a stop that its case goes on from: who duns has to look at once."""
    customer = request.account.customer
    about = {"reason": request.refused_for}
    kind = "restore.refused" if request.action == ServiceRequest.Action.RESTORE else "stop.refused"
    key = f"{kind}:{request.pk}"
    told = who_dun(customer.unit)
    notices.ring_many(told, kind, key=key, subject=request, customer=customer, urgent=True, **about)


def _taken(rows):
    """A batch, locked; what somebody answers just now is left alone."""
    rows = rows.select_related("account__customer__unit", "line").order_by("pk")
    return list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])


def _ring(request, level, at):
    kind, customer = KINDS[level], request.account.customer
    since = f"{timezone.localtime(request.asked_at):%Y-%m-%d %H:%M}"
    key = f"{kind}:{request.pk}"
    told = told_of(customer.unit, level)
    notices.ring_many(told, kind, key=key, subject=request, customer=customer, urgent=True, at=at, since=since)


def _ring_branch(branch, requests, at):
    first = requests[0]
    about = {"n": len(requests), "since": f"{timezone.localtime(first.asked_at):%Y-%m-%d %H:%M}"}
    key = f"request.unanswered:{first.pk}"
    notices.ring_many(who_dun(branch), "request.unanswered", key=key, subject=first, at=at, **about)
