"""Speaking with the customer, and writing down what was found (A23, G02)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import notes, owners
from complaints.guards import begin, in_hand, said
from complaints.models import Complaint, Note
from complaints.models.states import AnswerWay
from complaints.moving import Outdated, held, keep
from staff.models import User


@transaction.atomic
def contact(
    complaint: Complaint, *, by: User, key: str, kind: str = Note.Kind.SPOKE, way: str = AnswerWay.PHONE,
    text: str = "", at: datetime | None = None, edition: int | None = None,
) -> Note:  # fmt: skip
    """Note a contact, or a try; with the first contact of a round the work has begun. The same key is one contact.

    `kind`: "spoke", "told", "heard", or "tried" for one who was not reached, with which nothing has begun.
    """
    at, one = at or timezone.now(), held(complaint)
    if made := notes.of_key(one, key):
        return made
    _as_seen(one, edition)
    in_hand(one, by)
    if kind != Note.Kind.TRIED:
        begin(one, by=by, at=at)
    _touched(one, kind, at)
    record(one, "complaint.contact", by=by, customer=one.customer_id, what=kind, way=way)
    return notes.add(one, kind, by=by, at=at, key=key, way=way, text=text)


@transaction.atomic
def note(complaint: Complaint, *, by: User, text: str, key: str, at: datetime | None = None) -> Note:
    """Keep a remark, also on what is over; the same key is one remark."""
    at, one = at or timezone.now(), held(complaint)
    if made := notes.of_key(one, key):
        return made
    owners.stays_out(one, by)
    text = said("text", text, _("Write the note."))
    keep(one, at)
    return notes.add(one, Note.Kind.NOTE, by=by, at=at, key=key, text=text)


def _touched(one, kind, at):
    reached = {} if kind == Note.Kind.TRIED else {"contacted_at": one.contacted_at or at}
    keep(one, at, **reached)


def _as_seen(one, edition):
    if edition is not None and one.edition != edition:
        raise Outdated
