"""What belongs to the people of a unit together rings all of them who can take it; if nobody has after a while, their
leader hears of it.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from staff import withheld
from staff.models import Absence, Posting
from staff.rights import RIGHTS
from work import leaders, pool_lines
from work.models import FollowUp, FollowUpRules
from work.models.follow_ups import DO
from work.notice_kinds import POOL, UNTAKEN

BATCH = 500
USUAL_MINUTES = FollowUpRules._meta.get_field("pool_minutes").default


def fell_due(rows):
    """Tell whoever is there and can take one of `rows`."""
    rows = list(rows.select_related("unit"))
    there, kept = _there(rows), withheld.people(rows)
    pool_lines.ring(POOL.name, [(person, one) for one in rows for person in _people_of(one, there, kept[one])])


def came_back(keys):
    """What was somebody's is the people's of its unit: that of it whose time has come rings them now, and their leader
    hears of it when nobody takes it. `keys` are ids; the caller holds the rows.
    """
    rows = FollowUp.objects.nobodys_now().filter(pk__in=keys)
    if rows.update(notified_at=Now(), untaken_at=None):
        fell_due(rows)


def _there(rows):
    """{id of unit: the people who follow up there and are not away}; one query for all of them."""
    now, there = timezone.now(), {}
    away = Absence.objects.at(now).values("user")
    posted = Posting.objects.on(timezone.localdate(now)).filter(unit__in={one.unit_id for one in rows})
    posted = posted.filter(role__in=RIGHTS[DO], user__is_active=True).exclude(user__in=away)
    for posting in posted.select_related("user__branch").order_by("pk"):
        there.setdefault(posting.unit_id, {})[posting.user] = None
    return there


def _people_of(one, there, kept):
    return [person for person in there.get(one.unit_id, ()) if person.pk not in {one.handled_by_id, *kept}]


def left():
    """Due, nobody's for as many minutes as the branch allows, and its leader has not heard of it."""
    minutes = Subquery(FollowUpRules.objects.filter(branch=OuterRef("branch")).values("pool_minutes")[:1])
    rows = FollowUp.objects.nobodys_now().filter(untaken_at=None)
    allowed = Coalesce(minutes, USUAL_MINUTES) * timedelta(minutes=1)
    return rows.alias(allowed=allowed).filter(notified_at__lt=Now() - F("allowed"))


@transaction.atomic
def tell_leaders() -> int:
    """A batch of them; how many."""
    rows = left().select_for_update(of=("self",), skip_locked=True).select_related("unit").order_by("notified_at")
    rows = list(rows[:BATCH])
    FollowUp.objects.filter(pk__in=[one.pk for one in rows]).update(untaken_at=Now())
    lead, kept = {unit: leaders.leader_at(unit) for unit in {one.unit for one in rows}}, withheld.people(rows)
    told = [(leaders.leader_of(one) if kept[one] else lead[one.unit], one) for one in rows]
    pool_lines.ring(UNTAKEN.name, [(person, one) for person, one in told if person])
    return len(rows)
