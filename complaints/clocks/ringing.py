"""Who hears of a step, and how: one notice for each person however many complaints it is about."""

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from complaints.clocks.notice_kinds import LATE, LATE_LATER, LEGAL, NEAR, SEVERAL_LATE, SEVERAL_NEAR
from complaints.models import Clock
from complaints.models.states import Level
from staff.rights import Role
from work.leaders import Leaders
from work.models import FollowUpRules, Notice
from work.notices import ring_each

SEVERAL = {NEAR.name: SEVERAL_NEAR, LATE.name: SEVERAL_LATE, LATE_LATER.name: SEVERAL_LATE}
LEGAL_URGENT = {"critical", "last day", "over"}


def tell(found, at: datetime):
    """Tell the people of each step that is to be told, and write them into it (`to`). One insert for each kind."""
    leaders, by_person = Leaders(), defaultdict(list)
    for one in found:
        if one.told:
            people = _people(one, leaders)
            one.to = tuple(people)
            for person, is_owner in people.items():
                by_person[person.pk, *_kind(one, is_owner)].append((person, one))
    lately, notices = _told_lately(by_person, at), defaultdict(list)
    for (key, name, urgent), told in by_person.items():
        if _is_one_of_several(name, urgent) and (len(told) > 1 or (key, name) in lately):
            notices[SEVERAL[name].name, urgent].append(_in_one(SEVERAL[name].name, told, at))
        else:
            notices[name, urgent] += [_said(person, one) for person, one in told]
    for (name, urgent), rows in notices.items():
        ring_each(name, rows, urgent=urgent, at=at)


def _people(one, leaders):
    """{person: whether it is the owner}; the person concerned hears nothing of it (B15)."""
    people = {one.complaint.owner: True} if one.step.owner else {}
    leader = _leader(one.complaint, one.step.roles, leaders) if one.step.roles else None
    return people | ({leader: False} if leader and leader not in people else {})


def _leader(complaint, roles, leaders):
    """The nearest who is not the owner; above the person concerned the head of the branch."""
    found = leaders.nearest(complaint.unit, roles, but=complaint.owner_id)
    if found and found.pk == complaint.person_id:
        found = leaders.nearest(complaint.unit, [Role.BRANCH_HEAD], but=complaint.person_id, kept={complaint.person_id})
    return found


def _kind(one, is_owner):
    """Kind of notice and whether it rings at any hour."""
    if one.clock.kind == Clock.Kind.LEGAL:
        return LEGAL.name, one.name in LEGAL_URGENT
    urgent = one.complaint.level == Level.MAJOR and one.step.rings
    if is_owner:
        return NEAR.name, urgent
    return (LATE if one.step.rings else LATE_LATER).name, urgent


def _is_one_of_several(name, urgent):
    return name in SEVERAL and not urgent


def _in_one(name, told, at):
    """One line for all: where it is several, or where the person was told of another a moment ago."""
    return told[0][0], f"{name} {at:%Y%m%d%H}", None, None, {"n": len(told)}


def _told_lately(by_person, at):
    """(person, kind) of those who are to be told of one, and were told of another a moment ago."""
    singles, found = defaultdict(set), set()
    for (key, name, urgent), told in by_person.items():
        if _is_one_of_several(name, urgent) and len(told) == 1:
            singles[name, told[0][1].complaint.branch].add(key)
    for (name, branch), people in singles.items():
        since = at - timedelta(minutes=FollowUpRules.of(branch).cool_down)
        lately = Notice.objects.filter(user__in=people, kind=name, created_at__gt=since)
        found |= {(key, name) for key in lately.values_list("user", flat=True)}
    return found


def _said(person, one):
    complaint = one.complaint
    due = one.due_at.astimezone(ZoneInfo(complaint.branch.time_zone))
    about = {"number": complaint.number, "clock": one.clock.kind, "step": one.name, "owner": complaint.owner.name}
    key = f"complaint {complaint.pk} {one.clock.kind} {one.clock.round} {one.name}"
    return person, key, complaint, complaint.customer_id, about | {"due": f"{due:%Y-%m-%d %H:%M}"}
