"""Complaints on the customer's timeline: that there was one and how it went; its words stay on its own page."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import Event
from complaints.models import Complaint
from complaints.models.complaints import KNOW
from complaints.models.states import State
from customers.masking import reaches
from customers.timeline import Entry

SOURCE, TEMPLATE = "complaints.timeline.entries", "complaints/_timeline.html"
WORDS = {
    "complaint.drafted": _("Begun, not complete"),
    "complaint.accepted": pgettext_lazy("timeline", "Complaint accepted"),
    "complaint.imported": _("Complaint brought in by a file"),
    "complaint.moved": "%(state)s",
}


@dataclass(frozen=True)
class Step:
    """One thing that happened to a complaint."""

    event: Event
    complaint: Complaint
    words: str


def entries(customer, shown, kind, before, limit):
    """Nothing for those who may not know of complaints. Two queries."""
    if kind != "all" or not reaches(shown.user, KNOW, customer):
        return []
    rows = Event.objects.of_customer(customer.pk).filter(verb__in=WORDS).select_related("actor")
    rows = rows.exclude(verb="complaint.moved", data__from=State.DRAFT)
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    rows = rows.exclude(subject_id__in=Complaint.objects.filter(person=shown.user.pk, customer=customer).values("pk"))
    events = list(rows[:limit])
    concerned = Complaint.objects.select_related("category").in_bulk([event.subject_id for event in events])
    steps = [Step(event, concerned[event.subject_id], _words(event)) for event in events]
    return [Entry(step.event.at, SOURCE, str(step.event.pk), TEMPLATE, step) for step in steps]


def _words(event):
    to = event.data.get("to")
    return WORDS[event.verb] % {"state": State(to).label if to else ""}
