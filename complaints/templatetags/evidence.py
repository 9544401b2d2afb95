"""Names and values of a bundle of evidence in words."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

register = template.Library()
NAMES = {
    "number": gettext_lazy("number"),
    "customer": gettext_lazy("customer"),
    "customer_number": gettext_lazy("customer number"),
    "channel": gettext_lazy("channel"),
    "received_at": gettext_lazy("received"),
    "accepted_at": gettext_lazy("accepted"),
    "category": gettext_lazy("class"),
    "level": pgettext_lazy("complaint", "level"),
    "words": gettext_lazy("in the customer's words"),
    "wanted": gettext_lazy("what they want"),
    "place": gettext_lazy("place"),
    "state": gettext_lazy("state"),
    "first_owner": gettext_lazy("accepted by"),
    "owner": gettext_lazy("owner"),
    "transfers": gettext_lazy("handed over, times"),
    "reopened": gettext_lazy("reopened, times"),
    "contacted_at": gettext_lazy("first contact"),
    "resolved_at": gettext_lazy("answered"),
    "ended_at": gettext_lazy("ended"),
    "cause": gettext_lazy("root cause"),
    "liability": gettext_lazy("whose doing"),
    "loss_stopped": gettext_lazy("what limits the loss meanwhile"),
    "measure": gettext_lazy("what was done"),
    "answer": gettext_lazy("what the customer was told"),
    "answered_by": gettext_lazy("told"),
    "satisfied": gettext_lazy("satisfied"),
    "clock": gettext_lazy("clock"),
    "round": gettext_lazy("round"),
    "started_at": gettext_lazy("began"),
    "due_at": gettext_lazy("due"),
    "met_at": gettext_lazy("done"),
    "stopped_at": gettext_lazy("stopped"),
    "paused_minutes": gettext_lazy("minutes waited for the customer"),
    "at": gettext_lazy("time"),
    "was": gettext_lazy("from"),
    "then": gettext_lazy("to"),
    "by": gettext_lazy("by"),
    "reason": gettext_lazy("reason"),
    "kind": gettext_lazy("kind"),
    "text": gettext_lazy("text"),
    "unit": gettext_lazy("unit"),
    "what": gettext_lazy("what is to be done"),
    "made_at": gettext_lazy("made"),
    "result": gettext_lazy("result"),
    "to": gettext_lazy("sent to"),
    "outcome": gettext_lazy("outcome"),
    "note": gettext_lazy("note"),
    "solved": gettext_lazy("solved"),
    "attitude": gettext_lazy("attitude"),
    "speed": gettext_lazy("speed"),
    "expectation": gettext_lazy("what was expected"),
    "experience": gettext_lazy("what was experienced"),
    "recommends": gettext_lazy("would recommend us"),
    "comment": gettext_lazy("in their words"),
    "amount": gettext_lazy("amount"),
    "name": gettext_lazy("name"),
    "size": gettext_lazy("bytes"),
    "authority": gettext_lazy("authority"),
    "reference": gettext_lazy("its reference"),
    "decide_by": gettext_lazy("the regulator decides until"),
    "answer_by": gettext_lazy("the regulator answers until"),
}


@register.filter
def part(name):
    return NAMES.get(name, name)


@register.filter
def told(value):
    """Moments by the clock of the branch in force; nothing for nothing."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return "" if value is None else value
