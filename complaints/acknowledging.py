"""The customer is told at once under which number their complaint stands, and until when it is answered; and that it
rests, when they take it back (4.1)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from django.core.exceptions import ValidationError
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from complaints.models import Clock, Complaint, ComplaintRules
from outreach import queueing
from outreach.models import Message
from staff.models import User

log = structlog.get_logger()
TEMPLATE, WITHDRAWN = "complaint_accepted", "complaint_withdrawn"


def acknowledge(complaint: Complaint, *, by: User | None) -> Message | None:
    """The message with the number, once; None for a caller who is no customer, or where the branch has no such text.

    A text that cannot be filled in or sent gives way to the product's own: nothing here stops an acceptance.
    """
    customer = complaint.customer
    if customer is None:
        return None
    with translation.override(customer.language):
        values = {"ticket": complaint.number, "answer_by": _promised(complaint)}
        words = _("We have your complaint %(ticket)s and answer by %(answer_by)s.") % values
    told = {"key": f"complaint:{complaint.pk}:accepted", "by": by, "about": complaint}
    try:
        return queueing.queue(customer, TEMPLATE, **told, **values)
    except ValidationError as error:
        if getattr(error, "code", "") == "template":
            return None  # a branch without the text accepts complaints all the same
        return in_our_words(customer, words, error, told | {"any_time": True})


def tell_withdrawn(complaint: Complaint, *, by: User) -> Message | None:
    """The message that it was taken back, once; without a text of the branch, the product's own."""
    customer = complaint.customer
    if customer is None:
        return None
    with translation.override(customer.language):
        values = {"ticket": complaint.number}
        words = _("You took back your complaint %(ticket)s. If it troubles you again, please tell us.") % values
    told = {"key": f"complaint:{complaint.pk}:withdrawn", "by": by, "about": complaint}
    try:
        return queueing.queue(customer, WITHDRAWN, **told, **values)
    except ValidationError as error:
        return in_our_words(customer, words, error, told)


def in_our_words(customer, words, error, told) -> Message:
    """The product's own text, where that of the branch is missing or was refused with `error`."""
    if getattr(error, "code", "") != "template":
        log.warning("complaints.text_unusable", code=getattr(error, "code", ""), branch=customer.branch_id)
    return queueing.queue_free(customer, words, **told)


def _promised(complaint):
    """The day of the clock for the result, else the last day the law allows."""
    clock = Clock.objects.filter(complaint=complaint, kind=Clock.Kind.RESULT, round=1)
    due = clock.values_list("due_at", flat=True).first() or _by_law(complaint)
    day = timezone.localdate(due, ZoneInfo(complaint.branch.time_zone))
    return formats.date_format(day, "MONTH_DAY_FORMAT")


def _by_law(complaint):
    return complaint.received_at + timedelta(days=ComplaintRules.of(complaint.branch_id).legal_days)
