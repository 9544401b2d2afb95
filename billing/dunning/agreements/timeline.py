"""What is agreed about arrears, on the customer's timeline."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, OuterRef, Subquery, When
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from billing import money
from billing.models import Exemption, Hold

TEMPLATE = "billing/agreements/_timeline.html"
WORDS = {
    "payment_promise.made": _("Promised to pay %(sum)s by %(last)s"),
    "payment_promise.kept": _("Promise to pay kept"),
    "payment_promise.broken": _("Promise to pay broken"),
    "payment_promise.withdrawn": _("Promise to pay withdrawn: %(reason)s"),
    "dispute.begun": _("Bill %(bill)s disputed: %(reason)s"),
    "dispute.settled": _("Dispute of bill %(bill)s settled: %(outcome)s"),
    "dispute.lapsed": _("Dispute over: its last day has passed"),
    "dunning.stopped": _("Dunning stopped until %(until)s: %(reason)s"),
    "dunning.goes_on": _("Dunning goes on: %(reason)s"),
    "dunning.stop_lapsed": _("Dunning goes on: the last day of the stop has passed"),
    "late_fee.waiver_asked": _("Waiver of %(sum)s late fee asked for: %(reason)s"),
    "late_fee.waiver_refused": _("Waiver of %(sum)s late fee not approved: %(reason)s"),
    "late_fee.waived": _("Late fee of %(sum)s waived: %(reason)s"),
    "exemption.asked": _("Exempt line asked for: %(kind)s"),
    "exemption.approved": _("Exempt line approved: %(kind)s"),
    "exemption.refused": _("Exempt line not approved: %(kind)s"),
    "exemption.ended": _("Exempt line ended: %(kind)s"),
}
VERBS = list(WORDS)
FREE = ("reason", "outcome")  # what people typed
REASON = Subquery(Hold.objects.filter(pk=OuterRef("subject_id")).values("reason")[:1])
SAID_TODAY = {"disputed_for": Case(When(verb="dispute.begun", then=REASON))}  # as the dispute says it by now


@dataclass(frozen=True)
class Step:
    event: Event
    words: str


def steps(events, shown):
    """{id of the event: what is drawn of it}; each with what `SAID_TODAY` adds to it."""
    return {event.pk: Step(event, _words(event, shown)) for event in events}


def _words(event, shown):
    said = dict(event.data)
    if event.disputed_for:
        said["reason"] = event.disputed_for
    said |= {name: shown.text(said.get(name) or "") for name in FREE}
    if "sum" in said:
        said["sum"] = money.said(Decimal(said["sum"]))
    if "kind" in said:
        said["kind"] = Exemption.Kind(said["kind"]).label
    return WORDS[event.verb] % said
