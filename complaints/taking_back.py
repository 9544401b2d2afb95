"""Taking back what was done with many complaints at once, as far as the log lets it.

The log is never shortened: what is taken back is another row of it. Who has a complaint, its level and its class are
again what they were; a complaint that was assigned stays assigned, to whoever had it before.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import owners, telling
from complaints.models import Complaint
from complaints.moving import change
from staff.models import User

HAD = ("owner_id", "unit_id", "for_owner_id", "transfers")
WEIGHED = ("level", "category_id")


def before(complaint: Complaint, fields) -> dict:
    return {name: getattr(complaint, name) for name in fields}


def owner(one: Complaint, by: User, was: dict):
    """Back to whoever had the complaint, which is held; ValidationError where they cannot have it any more.

    `many`: of which many it was one, which the previous version did not keep.
    """
    owners.check(one, User.objects.get(pk=was["owner_id"]))
    at, lost = timezone.now(), one.owner
    change(one, by=by, at=at, reason=_("Undone."), **{name: was[name] for name in HAD})
    told = {"before": lost, "owner": one.owner_id, "undone": True}
    record(one, "complaint.handed_over", by=by, customer=one.customer_id, **told)
    if lost.pk != one.owner_id:
        _tell(one, by, at, lost, was.get("many", ""))


def _tell(one, by, at, lost, many):
    telling.not_owner(lost, many)
    telling.owner(one, by, at, many and f"{many}:undone")


def weight(one: Complaint, by: User, was: dict):
    """The level and the class as they were."""
    owners.stays_out(one, by)
    change(one, by=by, at=timezone.now(), reason=_("Undone."), **was)
    record(one, "complaint.weight_undone", by=by, customer=one.customer_id, **was)
