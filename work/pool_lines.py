"""What people read of what a unit owes together: each has one unread line of a kind for a unit, however much there is,
and it calls them as loudly as the most urgent of that.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from staff.models import Unit, User
from work.models import FollowUp, Notice
from work.notice_kinds import POOL, UNTAKEN
from work.notices import ring_each

KINDS = (POOL.name, UNTAKEN.name)
DIGEST, RING = Notice.Urgency.DIGEST, Notice.Urgency.RING


def ring(kind: str, told: Iterable[tuple[User, FollowUp]]):
    """Tell the people of `told`, unless an unread line calls them as loudly; it takes the place of a quieter one.

    Inside a transaction, to whose end the units are held.
    """
    told, urgent, usual = list(told), {}, {}
    for person, one in told:
        (urgent if one.is_urgent else usual).setdefault((person.pk, one.unit_id), (person, one))
    unread = _unread(kind, _one_at_a_time({one.unit_id for _person, one in told}))
    urgent = {line: said for line, said in urgent.items() if not any(_rings(old) for old in unread.get(line, ()))}
    usual = {line: said for line, said in usual.items() if not any(_calls(old) for old in unread.get(line, ()))}
    usual = {line: said for line, said in usual.items() if line not in urgent}
    _replace([old for line in urgent | usual for old in unread.get(line, ())])
    ring_each(kind, [_said(kind, *said) for said in urgent.values()], urgent=True)
    ring_each(kind, [_said(kind, *said) for said in usual.values()])


def clear(units: Iterable[int] | None = None) -> int:
    """Where nothing waits for the people of a unit (of these ids, or of any) they need not read of it any more: what
    waited has been taken, put off or ended. How many lines there were.
    """
    waits = FollowUp.objects.nobodys_now().filter(unit=OuterRef("subject_id"))
    lines = Notice.objects.unread().filter(~Exists(waits), kind__in=KINDS, subject_type=Unit._meta.label_lower)
    lines = lines if units is None else lines.filter(subject_id__in=units)
    return lines.update(read_at=Now(), done_at=Now())


def _one_at_a_time(units):
    """Two batches of one unit told at the same moment would each see that nothing is unread there."""
    rows = Unit.objects.select_for_update(no_key=True).filter(pk__in=units).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _unread(kind, units):
    """{(id of the person, id of the unit): their unread lines}; one query."""
    found = {}
    for old in Notice.objects.unread().filter(kind=kind, subject_type=Unit._meta.label_lower, subject_id__in=units):
        found.setdefault((old.user_id, old.subject_id), []).append(old)
    return found


def _rings(old):
    return old.urgency == RING


def _calls(old):
    """Not so what a digest has counted: that is over."""
    return old.urgency != DIGEST or old.told_at is None


def _replace(lines):
    if lines:
        Notice.objects.filter(pk__in=[old.pk for old in lines]).update(read_at=Now(), done_at=Now())


def _said(kind, person, one):
    key = f"{kind} {one.unit_id} {one.pk} {one.notified_at:%Y%m%d%H%M%S%f}"
    return person, key, one.unit, None, {"unit": one.unit.name}
