"""Telling people, inside the transaction of what they are told of."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.db.models import Model
from django.db.models.functions import Now
from django.utils import timezone

from audit.trail import plain
from staff.models import User
from staff.unit_calendar import calendar_of
from staff.workplaces import workplaces_of
from work import kinds
from work.models import Notice
from work.quiet import when_to_tell

SETTLES = timedelta(seconds=15)


def ring(
    user: User, kind: str, *, key: str, subject: Model | None = None, customer=None, urgent=False, at=None, **data
):
    """Tell one person; see `ring_many`."""
    ring_many([user], kind, key=key, subject=subject, customer=customer, urgent=urgent, at=at, **data)


def ring_many(users: Iterable[User], kind, *, key, subject=None, customer=None, urgent=False, at=None, **data):
    """Tell each of `users` a thing once: a second notice of the same `key` is none.

    `urgent` rings at any hour; otherwise a notice waits for the working time of the person's unit. `customer` is a
    Customer or an id; `data` fills the words of the kind and names no customer. One insert for all of them.
    RuntimeError outside a transaction, LookupError for a kind that nobody declared.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("people are told in the transaction of what they are told of")
    users, at = [user for user in users if user.is_active], at or timezone.now()
    urgency = _urgency(kinds.get(kind), urgent)
    said = {
        "kind": kind,
        "key": key,
        "data": plain(data),
        "subject_type": subject._meta.label_lower if subject else "",
        "subject_id": subject.pk if subject else None,
        "customer_id": getattr(customer, "pk", customer),
    }
    moments = _moments(users, urgency, at)
    notices = [Notice(user=user, urgency=moments[user.pk][0], shows_at=moments[user.pk][1], **said) for user in users]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def ring_each(kind: str, told: Iterable[tuple], *, urgent=False, at=None):
    """Tell many people of many things in one insert; `told` are (user, key, subject or None, customer's id, data)."""
    told, at = [one for one in told if one[0].is_active], at or timezone.now()
    moments = _moments({user for user, *_ in told}, _urgency(kinds.get(kind), urgent), at)
    notices = [
        Notice(
            user=user,
            kind=kind,
            key=key,
            data=plain(data),
            subject_type=subject._meta.label_lower if subject else "",
            subject_id=subject.pk if subject else None,
            customer_id=customer,
            urgency=moments[user.pk][0],
            shows_at=moments[user.pk][1],
        )
        for user, key, subject, customer, data in told
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def ring_one_more(user: User, kind: str, *, key: str, urgent=False, at=None):
    """Tell of one more of the many that one `key` stands for: one notice, whose words know their number `n`.

    It shows when nothing was added for a while; read before that, it is unread again.
    """
    if user.is_active:
        of_many = Notice.objects.select_for_update().filter(user=user, key=key)
        held = of_many.first()
        if held is None:
            ring(user, kind, key=key, urgent=urgent, at=at, n=0)
            held = of_many.get()
        held.data["n"] += 1
        held.shows_at = max(held.shows_at, (at or timezone.now()) + SETTLES)
        held.read_at = held.done_at = None
        held.save(update_fields=["data", "shows_at", "read_at", "done_at"])


def ring_one_less(user: User, *, key: str):
    """One of the many is taken back; with the last of them nothing is left to read."""
    held = Notice.objects.select_for_update().filter(user=user, key=key).first()
    if held and held.data["n"]:
        held.data["n"] -= 1
        held.save(update_fields=["data"])
        if not held.data["n"]:
            Notice.objects.unread().filter(pk=held.pk).update(read_at=Now(), done_at=Now())


def settle(subject: Model, *kinds: str, key: str = "", other_than: User | None = None) -> int:
    """What is unread about `subject` (of these kinds, or of any) needs no reading any more; how many there were.

    `key`: only what was told under it; `other_than` is the one person who is still to read it.
    """
    about = Notice.objects.unread().filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    about = about.filter(kind__in=kinds) if kinds else about
    about = about.filter(key=key) if key else about
    about = about.exclude(user=other_than) if other_than else about
    return about.update(read_at=Now(), done_at=Now())


def _urgency(kind, urgent):
    if urgent:
        return Notice.Urgency.RING
    return Notice.Urgency.DIGEST if kind.waits else Notice.Urgency.NORMAL


def _moments(users, urgency, at):
    """(urgency, moment) by id of person; each unit's calendar is asked once."""
    if urgency == Notice.Urgency.RING:
        return {user.pk: (urgency, at) for user in users}
    units = workplaces_of(users)
    told = {unit: when_to_tell(urgency, calendar_of(unit), at) for unit in set(units.values())}
    return {user.pk: told[units[user.pk]] for user in users}
