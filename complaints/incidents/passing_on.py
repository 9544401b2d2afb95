"""Who complained of an incident hears by message when customers are told something new of it (batch; peers E 8).

Whoever was sent the number of a complaint that is under it and in hand is told each new text once, however many
complaints they have there.
"""

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from complaints.acknowledging import in_our_words
from complaints.incidents.answering import waiting
from complaints.incidents.belonging import hold_open
from complaints.models import Complaint, Incident, IncidentUpdate
from complaints.moving import hold
from jobs import runs
from outreach import queueing
from outreach.models import Message
from outreach.texts import Whole
from staff.models import User

TELLS, TEMPLATE = "complaints.pass_on", "complaint_incident"
BATCH = 20
ABOUT = Complaint._meta.label_lower
NEVER_WENT = (Message.State.FAILED, Message.State.EXPIRED, Message.State.CANCELLED, Message.State.WITHHELD)


def ask(update: IncidentUpdate, *, by: User):
    """A job tells the customers of what is new; of one text there is one."""
    incident = update.incident
    params = {"incident": incident.pk, "n": update.n}
    return runs.ask(TELLS, key=f"{TELLS}:{update.pk}", params=params, by=by, branch_id=incident.branch_id)


def pass_on(update: IncidentUpdate, after: int) -> tuple[list[int], int]:
    """(ids of complaints looked at, messages that were queued); none where it is over, or said otherwise by now."""
    if not _holds_still(update):
        return [], 0
    ids = list(waiting(update.incident).filter(pk__gt=after).values_list("pk", flat=True)[:BATCH])
    held = [one for one in hold(ids).values() if one.incident_id == update.incident_id and one.in_hand]
    known = _told(held)
    return ids, sum(_tell(one, update) for one in held if one.pk in known)


def _holds_still(update):
    """The incident goes on until this transaction ends, and customers are told no newer text; a time is no text."""
    try:
        hold_open(update.incident)
    except ValidationError:
        return False
    newer = update.incident.updates.filter(n__gt=update.n)
    return not newer.exclude(text=update.text, text_en=update.text_en).exists()


def _told(complaints):
    """Ids of those about which their customer was sent anything."""
    rows = Message.objects.filter(about_type=ABOUT, about_id__in=[one.pk for one in complaints if one.customer_id])
    return set(rows.exclude(state__in=NEVER_WENT).values_list("about_id", flat=True))


def _tell(complaint, update):
    key = f"incident:{update.incident_id}:{update.n}:{complaint.customer_id}"
    if Message.objects.filter(key=key).exists():
        return False
    customer, told = complaint.customer, {"key": key, "by": update.by, "about": complaint}
    said = {"ticket": complaint.number, "text": Whole(update.text_for(customer.language))}
    try:
        queueing.queue(customer, TEMPLATE, **told, **said)
    except ValidationError as error:  # none in use, or one that gets too long
        with translation.override(customer.language):
            words = _("About your complaint %(ticket)s: %(text)s") % said
        in_our_words(customer, words, error, told)
    return True


def update_of(incident: Incident, n: int) -> IncidentUpdate:
    return incident.updates.select_related("incident", "by").get(n=n)
