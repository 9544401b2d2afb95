"""A complaint that was cut off: kept as it was told so far, and completed later (domain 4.1)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import moving
from complaints.accepting import begun, of_key, owned, take_turns
from complaints.models import Complaint
from complaints.told import emptied, still, told_of
from staff.models import Unit, User


@transaction.atomic
def keep_draft(
    *, by: User, branch: Unit, key: str, at: datetime | None = None, edition: int | None = None, **told
) -> Complaint:
    """The draft of this key with what is known by now; `complaints.accepting.accept` completes it.

    ValidationError by field, and where the complaint of this key is accepted already.
    """
    at, key = at or timezone.now(), str(key)
    take_turns("complaint", branch.pk, key)
    fields = told_of(branch, told, at, whole=False)
    if made := of_key(branch, key):
        return _kept(moving.held(made, edition), by, at, fields)
    draft = begun(branch, key, by, at, fields | owned(by, branch, None, fields.get("person")) | _DRAFT)
    record(draft, "complaint.drafted", by=by, customer=draft.customer_id, number=draft.number)
    return draft


_DRAFT = {"state": Complaint.State.DRAFT}


def _kept(draft, by, at, fields):
    if draft.state != Complaint.State.DRAFT:
        raise ValidationError(_("This complaint is accepted already."), code="move")
    still(fields)
    moving.keep(draft, at, **emptied() | fields | {"received_at": draft.received_at})
    record(draft, "complaint.draft_kept", by=by, customer=draft.customer_id)
    return draft
