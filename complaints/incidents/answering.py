"""When an incident is over, every complaint under it is answered and called back, one after the other (4.1; E 8)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from complaints import answering, delegating, owners, telling
from complaints.guards import begin, nothing_undecided
from complaints.handling.resolving import answered
from complaints.models import Complaint, Incident
from complaints.models.states import IN_HAND, WAITING, AnswerWay, State
from complaints.moving import held, move

BATCH = 20


def waiting(incident: Incident):
    """What stands under it and still wants an answer, in the order of the job."""
    return Complaint.objects.filter(incident=incident, state__in=IN_HAND).order_by("pk")


def answer_batch(incident: Incident, after: int, at: datetime) -> tuple[list[int], int, int]:
    """(ids looked at, answered, left): what must not be answered so, as when a compensation is undecided, stays with
    its owner, who hears of it.
    """
    ids = list(waiting(incident).filter(pk__gt=after).values_list("pk", flat=True)[:BATCH])
    done = left = 0
    for one in Complaint.objects.filter(pk__in=ids).order_by("pk"):
        try:
            with transaction.atomic():
                done += answer(one, incident, at)
        except ValidationError as error:
            left += 1
            said = {"reason": str(error.messages[0]), "key": incident.pk, "at": at}
            telling.ring([one.owner], "incident_left", one, **said)
    return ids, done, left


def answer(complaint: Complaint, incident: Incident, at: datetime) -> bool:
    """Answered with what ended the incident, whatever it waited for; False where it is answered or gone already."""
    one, by = held(complaint), incident.ended_by
    if one.incident_id != incident.pk or not one.in_hand:
        return False
    owners.stays_out(one, by)
    nothing_undecided(one)
    way = way_of(one)
    answering.check(one, way)
    begin(one, by=by, at=at)
    delegating.cancel_all(one, by=by, at=at)
    if one.state in WAITING:
        move(one, State.IN_PROGRESS, by=by, at=at, waits_for="", waits_until=None)
    told = {"cause": incident.cause, "liability": incident.liability, "measure": incident.measure, "answered_by": way}
    told["answer"] = incident.answer_for(one.customer.language if one.customer else "")
    reason = _("Incident over: %(incident)s") % {"incident": incident.title}
    answered(one, State.RESOLVED, by=by, at=at, reason=reason, **told)
    return True


def way_of(complaint: Complaint) -> str:
    """In writing where there is a customer: by e-mail who asked for it, else by SMS; the callback follows by phone."""
    if complaint.customer_id is None:
        return AnswerWay.PHONE
    return AnswerWay.EMAIL if complaint.answer_by == AnswerWay.EMAIL else AnswerWay.SMS
