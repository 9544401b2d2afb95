"""Telling the customer the answer in the way that was chosen; what is told in writing goes out by the outbox."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.models.states import AnswerWay
from outreach.kinds import Channel
from outreach.queueing import queue_free
from staff.models import User

WRITTEN = {AnswerWay.SMS: Channel.SMS, AnswerWay.EMAIL: Channel.EMAIL}


def check(complaint: Complaint, way: str):
    """ValidationError where nobody can be answered in this way."""
    if way not in AnswerWay:
        raise ValidationError({"answered_by": _("Say how the customer was told.")}, code="required")
    if way in WRITTEN and complaint.customer_id is None:
        refusal = _("Messages go to customers only; a caller is answered by phone or in person.")
        raise ValidationError({"answered_by": refusal}, code="caller")


def send(complaint: Complaint, *, by: User):
    """Owe the customer the answer as a message, once a round; told by word of mouth, there is nothing to send."""
    if channel := WRITTEN.get(complaint.answered_by):
        subject = _("Your complaint %(number)s") % {"number": complaint.number}
        key = f"complaint answer {complaint.pk}:{complaint.reopened}"
        told = {"subject": subject} if channel == Channel.EMAIL else {}
        queue_free(complaint.customer, complaint.answer, key=key, by=by, channel=channel, about=complaint, **told)
