"""What the billing system answers. Twice is once; a line changes when its request is confirmed, never before."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.dunning.stages import line_answered
from billing.dunning.tries import give_up
from billing.models import ServiceRequest
from billing.service_requests import ringing
from billing.service_requests.effects import STANDING, take_effect
from billing.service_requests.locking import lock_lines, lock_requests
from billing.service_requests.withdrawing import withdraw_all
from customers.models import Line
from staff.models import User
from work import notices

Origin, State = ServiceRequest.Origin, ServiceRequest.State


@transaction.atomic
def accept(request: ServiceRequest, *, by: User | None = None, at: datetime | None = None) -> ServiceRequest:
    """The billing system is carrying it out. ValidationError for one that was refused or withdrawn."""
    [kept] = lock_requests([request.pk])
    if kept.state not in (State.ACCEPTED, State.CONFIRMED):
        kept.go(State.ACCEPTED, by=by, accepted_at=at or timezone.now())
    return kept


@transaction.atomic
def confirm(request: ServiceRequest, *, by: User | None = None, at: datetime | None = None) -> ServiceRequest:
    """It is done: the line follows, unless something asked for later is done already.

    ValidationError for one that was refused or withdrawn, and for a change to a plan that the line cannot have.
    """
    [kept], at = lock_requests([request.pk]), at or timezone.now()
    if kept.state == State.CONFIRMED:
        return kept
    kept.line = lock_lines([kept.line_id])[kept.line_id]
    overtaken = _is_overtaken(kept, at)
    said = {"overtaken": True} if overtaken else {}
    kept.go(State.CONFIRMED, by=by, ended_at=at, details=kept.details | said, data=said)
    notices.settle(kept)
    if not overtaken:
        take_effect(kept, at, by=by)
        line_answered(kept, at)
    return kept


@transaction.atomic
def refuse(
    request: ServiceRequest, *, reason: str, by: User | None = None, at: datetime | None = None
) -> ServiceRequest:
    """The billing system will not do it. ValidationError without a reason, and for one that is done or withdrawn."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")}, code="reason")
    [kept] = lock_requests([request.pk])
    if kept.state == State.REFUSED:
        return kept
    at = at or timezone.now()
    kept.go(State.REFUSED, by=by, ended_at=at, refused_for=reason.strip()[:300])
    notices.settle(kept)
    if kept.action == ServiceRequest.Action.RESTORE:
        ringing.ring_refused(kept)
    elif kept.action in ServiceRequest.STOPS:
        _leave_what_waited(kept, at, by)
        if kept.case_id and not kept.case.ended_for:
            ringing.ring_refused(kept)
            give_up(kept, at)
    return kept


def _leave_what_waited(stop, at, by):
    """A restoration that waited behind the stop has nothing to bring back."""
    waiting = stop.line.service_requests.filter(action=ServiceRequest.Action.RESTORE, state=State.ASKED)
    waiting = lock_requests(waiting.values_list("pk", flat=True))
    line = lock_lines([stop.line_id])[stop.line_id]
    under_way = line.service_requests.filter(state=State.ACCEPTED, action__in=ServiceRequest.STOPS)
    if line.status == Line.Status.ACTIVE and not under_way.exists():
        withdraw_all(waiting, by=by, at=at)


def _is_overtaken(request, at):
    """Whether the line stands as something newer left it; of what the billing system did by itself its time tells."""
    done = request.line.service_requests.filter(state=State.CONFIRMED, action__in=STANDING)
    if request.action not in STANDING:
        return False
    if request.origin == Origin.BILLING:
        return done.filter(ended_at__gt=at).exists()
    return done.filter(pk__gt=request.pk).exists()
