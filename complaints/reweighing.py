"""Putting right what was judged when a complaint was accepted: its level, only upwards, and its class (2.3, A24)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import owners
from complaints.models import Category, Complaint
from complaints.models.states import OPEN, Level
from complaints.moving import change, held
from staff.models import User


@transaction.atomic
def raise_level(
    complaint: Complaint, level: int, *, by: User | None, reason: str = "", at: datetime | None = None,
    edition: int | None = None,
) -> Complaint:  # fmt: skip
    """A higher level; never a lower one. Its clocks stay those with which the round began."""
    at, one = at or timezone.now(), _open(complaint, by, edition)
    if level not in Level.values or level <= one.level:
        now = Level(one.level).label
        raise ValidationError({"level": _("The level is “%(now)s” already.") % {"now": now}}, code="level")
    before = one.level
    change(one, by=by, at=at, reason=reason.strip(), level=level)
    record(one, "complaint.level_raised", by=by, customer=one.customer_id, before=before, level=level)
    return one


@transaction.atomic
def reclassify(
    complaint: Complaint, category: Category, *, by: User | None, reason: str = "", at: datetime | None = None,
    edition: int | None = None,
) -> Complaint:  # fmt: skip
    """Another class, with at least the level it begins with; who has it stays."""
    at, one = at or timezone.now(), _open(complaint, by, edition)
    if category.branch_id != one.branch_id or not category.active:
        raise ValidationError({"category": _("Choose a class of the branch.")}, code="category")
    if category.pk == one.category_id:
        raise ValidationError({"category": _("It is of this class already.")}, code="category")
    before, level = one.category_id, max(one.level, category.level)
    said = " · ".join(filter(None, [_("Class: %(category)s") % {"category": category}, reason.strip()]))
    change(one, by=by, at=at, reason=said, category=category, level=level)
    record(one, "complaint.reclassified", by=by, customer=one.customer_id, before=before, category=category.pk)
    return one


def _open(complaint, by, edition):
    one = held(complaint, edition)
    owners.stays_out(one, by)
    if one.state not in OPEN:
        raise ValidationError(_("This complaint is over."), code="move")
    return one
