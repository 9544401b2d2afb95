"""What happened to a customer's money and, because of it, to their lines, on their timeline: one query for all parts.

A part names its VERBS and its TEMPLATE; its `steps(events, customer, shown)` gives what the template needs, each with
its `event`.
"""

from audit.models import Event
from billing.counter import timeline as counter
from billing.models.accounts import VIEW
from billing.service_requests import timeline as service_requests
from customers.masking import reaches
from customers.timeline import Entry

SOURCE = "billing.timeline.entries"
PARTS = (counter, service_requests)


def entries(customer, shown, kind, before, limit):
    """Nothing for those who do not see what the customer pays."""
    if kind != "all" or not reaches(shown.user, VIEW, customer):
        return []
    verbs = [verb for part in PARTS for verb in part.VERBS]
    rows = Event.objects.of_customer(customer.pk).filter(verb__in=verbs).select_related("actor")
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    events = list(rows[:limit])
    return [entry for part in PARTS for entry in _drawn(part, events, customer, shown)]


def _drawn(part, events, customer, shown):
    own = [event for event in events if event.verb in part.VERBS]
    steps = part.steps(own, customer, shown) if own else []
    return [Entry(step.event.at, SOURCE, str(step.event.pk), part.TEMPLATE, step) for step in steps]
