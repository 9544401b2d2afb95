"""What became of a request, step by step."""

from audit.models import Event
from billing.models import ServiceRequest

PREFIX = "service_request."


def history_of(request: ServiceRequest) -> list[tuple[Event, str]]:
    """Each event with the state it led to, in words; the oldest first."""
    rows = Event.objects.filter(
        subject_type=request._meta.label_lower, subject_id=request.pk, verb__startswith=PREFIX
    ).select_related("actor")
    return [(one, ServiceRequest.State(one.verb.removeprefix(PREFIX)).label) for one in rows.order_by("pk")]
