"""What was paid and agreed, on the customer's timeline: one query for all of it."""

from audit.models import Event
from billing.counter import timeline as counter
from billing.dunning.agreements import timeline as agreements
from billing.models.accounts import VIEW
from billing.service_requests import timeline as requests
from customers.masking import reaches
from customers.timeline import Entry

SOURCE = "billing.timeline.entries"
# Each has its VERBS, the TEMPLATE they are drawn with, and `steps(events, shown)`.
PARTS = {verb: part for part in (counter, agreements, requests) for verb in part.VERBS}


def entries(customer, shown, kind, before, limit):
    """Nothing for those who do not see what the customer pays."""
    if kind != "all" or not reaches(shown.user, VIEW, customer):
        return []
    rows = Event.objects.of_customer(customer.pk).filter(verb__in=PARTS).select_related("actor")
    rows = rows.annotate(**agreements.SAID_TODAY)
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    events = list(rows[:limit])
    steps = {}
    for part in {PARTS[event.verb] for event in events}:
        steps |= part.steps([event for event in events if PARTS[event.verb] is part], shown)
    return [Entry(event.at, SOURCE, str(event.pk), PARTS[event.verb].TEMPLATE, steps[event.pk]) for event in events]
