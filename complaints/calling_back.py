"""The callback that every answer to a complaint owes the customer: when, whose, and who may not do it (A23)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from complaints import callers
from complaints.models import Complaint, ComplaintRules
from complaints.models.states import Level, State
from staff.models import User
from work import owing
from work.models import FollowUp
from work.models.states import Kind, Origin, Priority

ABOUT = Complaint._meta.label_lower


def owe_callback(complaint: Complaint, *, by: User | None, at: datetime) -> FollowUp | None:
    """The callback of this round of a complaint that the caller holds; asked for twice, it is one.

    None for a caller who is no customer: they are called back from the complaint's own page.
    """
    if complaint.customer_id is None:
        return None
    with translation.override(complaint.customer.language):
        what = _("Call back about complaint %(number)s") % {"number": complaint.number}
    return owing.owe(
        complaint.customer,
        Kind.CALLBACK,
        what,
        key=key_of(complaint),
        due_at=at,
        late_at=at + timedelta(hours=ComplaintRules.of(complaint.branch_id).callback_hours),
        by=by,
        unit=callers.unit_for(complaint),
        about=complaint,
        handled_by=complaint.resolved_by or by,
        keeps_time=True,
        number=complaint.caller_number,
        hours_from=complaint.hours_from,
        hours_to=complaint.hours_to,
        priority=Priority.NORMAL if complaint.level == Level.GENERAL else Priority.HIGH,
        origin=Origin.RULE,
    )


def round_of(complaint: Complaint) -> int:
    """1, and one more with every reopening."""
    return complaint.reopened + 1


def key_of(complaint: Complaint) -> str:
    return f"complaint:{complaint.pk}:{round_of(complaint)}"


def complaint_of(follow_up: FollowUp) -> Complaint | None:
    """The complaint that a callback asks about; None for any other follow-up."""
    if follow_up.about_type != ABOUT or follow_up.kind != Kind.CALLBACK:
        return None
    return Complaint.objects.select_related("customer", "category").get(pk=follow_up.about_id)


def callback_of(complaint: Complaint) -> FollowUp | None:
    """That of the present round."""
    return FollowUp.objects.filter(key=key_of(complaint)).first()


def guard(follow_up: FollowUp, deed: str, *, by: User):
    """Refuse what must not be done with a complaint's callback (settings.FOLLOW_UP_GUARDS)."""
    complaint = complaint_of(follow_up)
    if complaint is None:
        return
    if deed == "work":
        callers.refuse_party(complaint, by)
    elif deed == "cancel" and complaint.state == State.CALLBACK_DUE and follow_up.key == key_of(complaint):
        raise ValidationError(_("A complaint is closed by its callback alone: this one cannot be cancelled."))
    elif deed == "undo" and complaint.state != State.CALLBACK_DUE:
        said = _("The complaint went on with this answer: reopen complaint %(number)s where the answer was wrong.")
        raise ValidationError(said % {"number": complaint.number}, code="went_on")
