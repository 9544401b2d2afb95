"""What was asked of the billing system for a customer's lines, and its answers, on the customer's timeline."""

from dataclasses import dataclass

from audit.models import Event
from billing.models import ServiceRequest
from billing.models.accounts import VIEW
from billing.service_requests.history import PREFIX
from customers.masking import reaches
from customers.timeline import Entry

SOURCE = "billing.service_requests.timeline.entries"
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


def entries(customer, shown, kind, before, limit):
    """Nothing for those who do not see what the customer pays."""
    if kind != "all" or not reaches(shown.user, VIEW, customer):
        return []
    rows = Event.objects.of_customer(customer.pk).filter(verb__in=VERBS).select_related("actor")
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    events = list(rows[:limit])
    found = ServiceRequest.objects.select_related("line").in_bulk({event.subject_id for event in events})
    may_open = reaches(shown.user, "billing.view_dunning", customer)
    return [
        Entry(event.at, SOURCE, str(event.pk), "billing/requests/_timeline.html", _step(event, found, shown, may_open))
        for event in events
    ]


def _step(event, found, shown, may_open):
    request, state = found[event.subject_id], ServiceRequest.State(event.verb.removeprefix(PREFIX))
    reason = request.refused_for if state == ServiceRequest.State.REFUSED else request.reason
    return Step(event, request, shown.number(str(request.line)), state.label, shown.text(reason), may_open)
