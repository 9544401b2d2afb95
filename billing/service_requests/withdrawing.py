"""A request that is not wanted any more, as long as the billing system has not begun with it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record_all
from billing.models import ServiceRequest
from billing.service_requests.locking import lock_requests
from staff.models import User


@transaction.atomic
def withdraw(request: ServiceRequest, *, by: User | None, at: datetime | None = None) -> ServiceRequest:
    """Twice is once; ValidationError for one that the billing system has taken or answered, or that was paid for."""
    [kept] = lock_requests([request.pk])
    if kept.origin == ServiceRequest.Origin.PAID:
        raise ValidationError(_("The customer has paid: the line has to be restored."), code="paid")
    if kept.state != ServiceRequest.State.WITHDRAWN:
        kept.go(ServiceRequest.State.WITHDRAWN, by=by, ended_at=at or timezone.now())
    return kept


def withdraw_all(requests: list[ServiceRequest], *, by: User | None, at: datetime) -> list[ServiceRequest]:
    """The same of those of them (locked) that are only asked for, which it returns; the rest is left alone."""
    asked = [one for one in requests if one.state == ServiceRequest.State.ASKED]
    for one in asked:
        one.state, one.ended_at = ServiceRequest.State.WITHDRAWN, at
    ServiceRequest.objects.bulk_update(asked, ["state", "ended_at"])
    if asked:
        record_all(asked, "service_request.withdrawn", by=by)
    return asked
