"""Whom a complaint is about, and what is known before the first word: from the customer's page, a call, a contact."""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from complaints.accepting import RIGHT, drafts_of
from complaints.models.states import AnswerWay, Channel
from customers.callers import callers
from customers.masking import Shown
from customers.models import Customer, Interaction
from customers.views.lookup import customer_of
from customers.views.pop import number_of
from customers.visits import USUAL_CHANNEL
from staff.models import User
from staff.scope import postings_of

KEPT = (
    "key", "edition", "category", "words", "wanted", "caller_number", "caller_name", "on_behalf", "channel",
    "answer_by", "hours_from", "hours_to", "received_at", "place", "major", "person", "line", "bill", "incident",
)  # fmt: skip
ON_THE_SPOT = ("level", "settled", "cause", "measure", "answer", "confirmed")


@dataclass
class Subject:
    """`start`: {field of the form: value} to begin with."""

    customer: Customer | None = None
    shown: Shown | None = None
    interaction: Interaction | None = None
    start: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self):
        """Where its form is sent."""
        return reverse("customer-complaint", args=[self.customer.pk]) if self.customer else reverse("complaint-new")

    def told(self):
        return {"customer": self.customer, "interaction": self.interaction}


def subject_of(request, customer: int | None = None) -> Subject:
    """By the customer of the address, and the visit, call or draft that is named; 404 for what is out of reach."""
    sent = request.POST if request.method == "POST" else request.GET
    if sent.get("draft"):
        return _of_draft(request, _id(sent["draft"]))
    subject = Subject(start=_usual(request.user) | {"caller_number": number_of(request, sent.get("call", ""))})
    if customer:
        subject.customer, subject.shown = customer_of(request, customer, right=RIGHT)
        subject.start["caller_number"] = ""
    if customer and sent.get("visit"):
        _begin_with(subject, request.user, _id(sent["visit"]))
    return subject


def carry(subject: Subject, typed, user: User):
    """Begin the customer's form with what was typed about a caller, but for a number that is the customer's own."""
    kept = {name: typed[name] for name in (*KEPT, *ON_THE_SPOT) if typed.get(name)}
    known = callers(kept.get("caller_number", "")[:64], user)
    if any(one.customer == subject.customer for one in known):
        kept.pop("caller_number")
    if not _is_id(kept.get("category", "")):
        kept.pop("category", None)
    subject.start |= kept


def _id(text):
    if not _is_id(text):
        raise Http404
    return int(text)


def _is_id(text):
    return text.isascii() and text.isdigit() and len(text) < 19


def _usual(user):
    """By which door it comes to this person, as a rule."""
    found = next((USUAL_CHANNEL.get(posting.role) for posting in postings_of(user)), None)
    return {"channel": found or Channel.HALL, "answer_by": AnswerWay.PHONE}


def _begin_with(subject, user, pk):
    """What was said in a contact a moment ago."""
    rows = Interaction.objects.visible_to(user).filter(customer=subject.customer).prefetch_related("items__line")
    visit = get_object_or_404(rows, pk=pk)
    said = [visit.note, *(item.detail for item in visit.items.all())]
    line = next((item.line_id for item in visit.items.all() if item.line_id), None)
    subject.interaction = visit
    subject.start |= {"words": "\n".join(filter(None, said)), "line": line}
    if visit.channel in Channel.values:
        subject.start["channel"] = visit.channel


def _of_draft(request, pk):
    """Whoever began a draft completes it."""
    draft = get_object_or_404(drafts_of(request.user), pk=pk)
    subject = Subject(interaction=draft.interaction, start={name: getattr(draft, name) for name in KEPT})
    if draft.customer_id:
        subject.customer, subject.shown = customer_of(request, draft.customer_id, right=RIGHT)
    return subject
