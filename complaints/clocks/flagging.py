"""What somebody above has to care about from the start (4.1): the regulator, the media, a locked customer, again."""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from audit.trail import record
from complaints.clocks.notice_kinds import BATCH, FLAGGED
from complaints.clocks.shipped import LEADERS
from complaints.models import Complaint, ComplaintRules
from complaints.models.states import Channel, Level
from staff.rights import Role
from work.leaders import nearest
from work.notices import ring, ring_many

DAY = timedelta(days=1)
KEPT = 600  # seconds


def flag(complaint: Complaint, rules: ComplaintRules, at: datetime):
    """Raise the flag of a complaint that was just accepted, where it must; brought in from a file, it rings nobody."""
    if complaint.imported:
        return
    if reasons := _reasons(complaint):
        raise_flag([complaint], at)
        record(complaint, "complaint.escalated", by=None, customer=complaint.customer_id, reasons=reasons)
        _tell(complaint, reasons, at)
    if complaint.category_id:
        _batch(complaint, rules, at)


def raise_flag(complaints, at: datetime):
    """Kept from the first time on; `complaints` are held."""
    complaints = list(complaints)
    for one in complaints:
        one.escalated_at = one.escalated_at or at
    Complaint.objects.filter(pk__in=[one.pk for one in complaints], escalated_at=None).update(escalated_at=at)


def _reasons(complaint):
    found = {
        "regulator": complaint.channel == Channel.REGULATOR,
        "major": complaint.major or complaint.level == Level.MAJOR,
        "locked": bool(complaint.customer and complaint.customer.locked_high_value),
        "repeated": bool(complaint.repeats and complaint.repeats.is_repeat),
    }
    return [reason for reason, holds in found.items() if holds]


def _tell(complaint, reasons, at):
    to = nearest(complaint.unit, LEADERS, but=complaint.owner_id)
    if to and to.pk != complaint.person_id:
        urgent = complaint.level == Level.MAJOR
        said = {"number": complaint.number, "reasons": reasons}
        key = f"complaint {complaint.pk} flagged"
        ring(to, FLAGGED.name, key=key, subject=complaint, customer=complaint.customer_id, urgent=urgent, at=at, **said)


def _batch(complaint, rules, at):
    """As many of one class on one day: all are flagged, and the desk and the head of the branch hear once a day."""
    zone = ZoneInfo(complaint.branch.time_zone)
    day = complaint.received_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    same = Complaint.objects.filter(branch=complaint.branch_id, category=complaint.category_id, imported=False)
    same = same.filter(received_at__gte=day, received_at__lt=day + DAY).exclude(state__in=("draft", "merged"))
    if same.order_by()[: rules.batch].count() < rules.batch:
        return
    unflagged = same.filter(escalated_at=None).open().only("escalated_at")
    raise_flag(unflagged.select_for_update(of=("self",), no_key=True).order_by("pk"), at)
    complaint.escalated_at = complaint.escalated_at or at
    key = f"complaints batch {complaint.category_id} {day:%Y%m%d}"
    if not _told_lately(key):
        _tell_of_batch(complaint, key, same, at)


def _tell_of_batch(complaint, key, same, at):
    told = {nearest(complaint.branch, [role]) for role in (Role.COMPLAINT_DESK, Role.BRANCH_HEAD)} - {None}
    told = [person for person in told if person.pk != complaint.person_id]
    said = {"n": same.count(), "class_": str(complaint.category)}
    ring_many(told, BATCH.name, key=key, subject=complaint, urgent=True, at=at, **said)
    if complaint.person_id is None:  # nobody was left out
        transaction.on_commit(partial(_keep, key))


def _told_lately(key):
    """Whether everybody who is to hear of it was told some minutes ago at most: on a day with thousands of one class
    they are not looked up for each. Where nothing is kept, they are told again, which is none."""
    try:
        return cache.get(key.replace(" ", ".")) is not None
    except RedisError:
        return False


def _keep(key):
    with suppress(RedisError):
        cache.set(key.replace(" ", "."), 1, KEPT)
