"""Payments at the counter and their reversals on the customer's timeline."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from audit.models import Event
from billing.models import Account, Receipt
from billing.models.accounts import VIEW
from customers.masking import reaches
from customers.timeline import Entry

SOURCE = "billing.counter.timeline.entries"
WORDS = {
    "payment.taken": _("Paid ¥%(amount)s: %(way)s"),
    "payment.reversed": _("Payment of ¥%(amount)s taken back: %(reason)s"),
}


@dataclass(frozen=True)
class Step:
    """One thing that happened to a payment; `receipt` is None for one that was not taken at a counter."""

    event: Event
    receipt: Receipt | None
    words: str


def entries(customer, shown, kind, before, limit):
    """Nothing for those who do not see what the customer pays."""
    if kind != "all" or not reaches(shown.user, VIEW, customer):
        return []
    rows = Event.objects.of_customer(customer.pk).filter(verb__in=WORDS).select_related("actor")
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    events = list(rows[:limit])
    receipts = Receipt.objects.filter(payment__in=[event.subject_id for event in events]).select_related("payment")
    by_payment = {receipt.payment_id: receipt for receipt in receipts}
    return [
        Entry(event.at, SOURCE, str(event.pk), "billing/counter/_timeline.html", _step(event, by_payment, shown))
        for event in events
    ]


def _step(event, receipts, shown):
    data = event.data | {"reason": shown.text(event.data.get("reason", ""))}
    if "way" in data:
        data["way"] = Account.Way(data["way"]).label
    return Step(event, receipts.get(event.subject_id), WORDS[event.verb] % data)
