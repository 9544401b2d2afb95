"""What was asked of the billing system for a customer's lines, and its answers, on the customer's timeline."""

from dataclasses import dataclass

from audit.models import Event
from billing.models import ServiceRequest
from billing.service_requests.history import PREFIX
from customers.masking import reaches

TEMPLATE = "billing/requests/_timeline.html"
VERBS = [f"{PREFIX}{state}" for state in ServiceRequest.State]


@dataclass(frozen=True)
class Step:
    """One step of a request; `may_open` says whether its page is within the reader's reach."""

    event: Event
    request: ServiceRequest
    number: str
    state: str
    reason: str
    may_open: bool


def steps(events, shown):
    """{id of the event: what is drawn of it}. One query."""
    found = ServiceRequest.objects.select_related("line").in_bulk({event.subject_id for event in events})
    may_open = reaches(shown.user, "billing.view_dunning", shown.customer)
    return {event.pk: _step(event, found, shown, may_open) for event in events}


def _step(event, found, shown, may_open):
    request, state = found[event.subject_id], ServiceRequest.State(event.verb.removeprefix(PREFIX))
    reason = request.refused_for if state == ServiceRequest.State.REFUSED else request.reason
    return Step(event, request, shown.number(str(request.line)), state.label, shown.text(reason), may_open)
