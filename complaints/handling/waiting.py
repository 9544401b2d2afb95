"""Waiting for the customer, with a reason and a limit, and going on (4.1; 2.1 no. 1: the legal clock never waits)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import owners, telling
from complaints.guards import in_hand, no_open_tasks, said
from complaints.models import Complaint
from complaints.models.rules import ComplaintRules
from complaints.models.states import State
from complaints.moving import held, move
from staff.models import User

BATCH = 100


@transaction.atomic
def wait_for_customer(
    complaint: Complaint, *, by: User, what: str, until: datetime | None = None, at: datetime | None = None,
    edition: int | None = None,
) -> Complaint:  # fmt: skip
    """Nothing goes on until the customer answers, for at most `rules.wait_days`."""
    at, one = at or timezone.now(), held(complaint, edition)
    in_hand(one, by)
    days = ComplaintRules.of(one.branch_id).wait_days
    until = until or at + timedelta(days=days)
    if not at < until <= at + timedelta(days=days):
        raise ValidationError({"until": _("It may wait for %(days)s days at most.") % {"days": days}}, code="until")
    what = said("what", what, _("Say what is awaited."))[:300]
    return move(one, State.WAITING_CUSTOMER, by=by, at=at, reason=what, waits_for=what, waits_until=until)


@transaction.atomic
def go_on(
    complaint: Complaint, *, by: User | None, at: datetime | None = None, reason: str = "", edition: int | None = None
) -> Complaint:
    """What was waited for is there, or waited for no longer: back in progress."""
    at, one = at or timezone.now(), held(complaint, edition)
    owners.stays_out(one, by)
    no_open_tasks(one)
    return move(one, State.IN_PROGRESS, by=by, at=at, reason=reason.strip(), waits_for="", waits_until=None)


@transaction.atomic
def return_late(at: datetime) -> int:
    """Those whose customer did not answer in time go on by themselves, a batch; their owners hear of it."""
    late = Complaint.objects.filter(state=State.WAITING_CUSTOMER, waits_until__lte=at).order_by("waits_until")
    rows = list(late.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
    for one in rows:
        move(one, State.IN_PROGRESS, by=None, at=at, waits_for="", waits_until=None)
        telling.ring([one.owner], "goes_on", one, key=one.edition, at=at, urgent=False)
    return len(rows)
