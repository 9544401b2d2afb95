"""What was accepted and not touched for some minutes goes by itself to whoever is to handle it (D13, 4.1)."""

from datetime import datetime, timedelta

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from complaints import assigning
from complaints.models import Complaint, ComplaintRules
from complaints.models.states import State

log = structlog.get_logger()
BATCH = 50
MINUTE = timedelta(minutes=1)
USUAL = ComplaintRules._meta.get_field("dispatch_minutes").default


def untouched(at: datetime):
    """Accepted and untouched for the minutes of the branch's rules; where these are 0, nothing goes by itself."""
    minutes = ComplaintRules.objects.filter(branch=OuterRef("branch")).values("dispatch_minutes")
    rows = Complaint.objects.filter(state=State.ACCEPTED, imported=False, touched_at__lte=at - MINUTE)
    rows = rows.annotate(minutes=Coalesce(Subquery(minutes), Value(USUAL)))
    length = ExpressionWrapper(F("minutes") * Value(MINUTE), output_field=DurationField())
    return rows.filter(minutes__gt=0, touched_at__lte=Value(at) - length)


@transaction.atomic
def dispatch(after: int, at: datetime) -> tuple[int, int]:
    """A batch of those behind the id `after`: (the last id looked at, 0 when that was all; how many went).

    What somebody holds at this moment is theirs; the row that is held is asked again whether nobody has touched it.
    """
    rows = untouched(at).filter(pk__gt=after).order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
    went = sum(_send(one, at) for one in found)
    return found[-1].pk if len(found) == BATCH else 0, went


def _send(one, at) -> bool:
    """False where nobody can have it: it stays with who accepted it, and is told of as untouched in time."""
    try:
        with transaction.atomic():
            assigning.dispatch(one, by=None, at=at)
    except ValidationError as error:
        log.warning("complaints.not_dispatched", id=one.pk, code=getattr(error, "code", ""))
        return False
    return True
