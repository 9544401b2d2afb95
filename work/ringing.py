"""Whom a follow-up rings. A thing is told once; leaders are told of one after the other, not of all at once."""

from datetime import timedelta

from django.utils import timezone

from staff import withheld
from work import leaders
from work.models import FollowUpRules, Notice
from work.models.states import Priority
from work.notice_kinds import BROKEN, DUE, ESCALATED, LATE, MORE_LATE, STALLED, STRANDED
from work.notices import ring, ring_each


def fell_due(rows):
    """The owner, who is the deputy while somebody is away. What has priority rings at any hour."""
    rows = list(rows.select_related("owner__branch"))
    for urgent in (True, False):
        told = [one for one in rows if one.is_urgent == urgent]
        said = [(one, one.owner, f"due {one.notified_at.timestamp():.0f}") for one in told]
        ring_each(DUE.name, _heard(said), urgent=urgent)


def broke(rows):
    rows = rows.select_related("owner__branch")
    ring_each(BROKEN.name, _heard([(one, one.owner, "broken") for one in rows]))


def stalled(rows):
    """The owner, and whoever leads the unit."""
    told = []
    for one in rows:
        people = {one.owner, leaders.leader_of(one)} - {None}
        told += [(one, person, f"stalled {one.noted_at:%Y%m%d}") for person in people]
    ring_each(STALLED.name, _heard(told))


def stranded(person, rows):
    """Of what nobody in particular does now, the leader of each unit hears in one line."""
    for unit in {one.unit for one in rows}:
        theirs = [one for one in rows if one.unit_id == unit.pk]
        if to := leaders.leader_at(unit, but=person.pk):
            first = theirs[0]  # of this version: what lies with somebody and then again with nobody is told again
            key = f"follow_up {first.pk} stranded {first.version}"
            ring(to, STRANDED.name, key=key, n=len(theirs), person=person.name)


def _heard(told):
    """Of (follow-up, person, what) those whom it is not kept from, as `ring_each` takes them."""
    kept = withheld.people({one for one, _person, _what in told})
    return [_said(*each) for each in told if each[1].pk not in kept[each[0]]]


def _said(one, person, what):
    return person, f"follow_up {one.pk} {what}", one, one.customer_id, {"thing": one.kind}


def escalated(one, to, step, at):
    """Within the cool-down a leader is told once, and after that only that there are more."""
    about = {"thing": one.kind, "owner": one.owner.name if one.owner else str(one.unit)}
    urgent, key = one.priority == Priority.URGENT, f"follow_up {one.pk} step {step.n}"
    kind = ESCALATED if step.rings or urgent else LATE
    quiet = timedelta(minutes=FollowUpRules.of(one.branch_id).cool_down)
    told = Notice.objects.filter(user=to, kind=ESCALATED.name, created_at__gt=timezone.now() - quiet).exists()
    if told and kind is ESCALATED and not urgent:
        ring(to, MORE_LATE.name, key=f"more late {at:%Y%m%d%H}", at=at)
    else:
        ring(to, kind.name, key=key, subject=one, customer=one.customer_id, urgent=urgent, at=at, **about)
