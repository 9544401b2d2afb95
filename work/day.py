"""My day: everything that waits for one person, most urgent first, and what they have done today."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staff.rights import RIGHTS
from staff.scope import postings_of
from work.models import FollowUp
from work.models.follow_ups import DO
from work.models.states import State
from work.shown import Line, lines_of

AHEAD = timedelta(days=7)  # what is later is not shown yet
SHOWN = 25  # of each group
LABELS = {"late": _("Late"), "due": _("Due now"), "today": _("Later today"), "later": _("In the next days")}


@dataclass
class Group:
    name: str
    label: Promise
    count: int
    lines: list[Line] = field(default_factory=list)

    @property
    def more(self):
        return self.count - len(self.lines)


def waiting_for(user):
    """What the person owns, and what their units' people own together; nobody's own work to check."""
    units = [posting.unit_id for posting in postings_of(user) if posting.role in RIGHTS[DO]]
    rows = FollowUp.objects.visible_to(user).to_do()
    return rows.filter(Q(owner=user) | Q(owner=None, unit__in=units) & ~Q(handled_by=user))


def conditions(now):
    """{group: which rows belong to it}; each row is in one."""
    midnight = datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min)
    tonight = timezone.make_aware(midnight)
    return {
        "late": Q(late_at__lt=now),
        "due": Q(late_at__gte=now, due_at__lte=now),
        "today": Q(late_at__gte=now, due_at__gt=now, due_at__lt=tonight),
        "later": Q(late_at__gte=now, due_at__gte=max(now, tonight), due_at__lt=now + AHEAD),
    }


def counts(user, now) -> dict[str, int]:
    return waiting_for(user).aggregate(**{name: Count("pk", filter=q) for name, q in conditions(now).items()})


def groups(user, now) -> list[Group]:
    """The groups that have anything, with their most urgent rows."""
    counted, found = counts(user, now), []
    for name, condition in conditions(now).items():
        if counted[name]:
            found.append(Group(name, LABELS[name], counted[name], _lines(user, condition, now)))
    return found


def _lines(user, condition, now):
    rows = waiting_for(user).filter(condition).select_related("customer__tier", "owner", "for_owner")
    rows = rows.annotate(also=Count("parts", filter=Q(parts__ended_at=None)))
    return lines_of(rows.order_by("priority", "late_at", "pk")[:SHOWN], user, now)


def urgent(user, now, most) -> list[Line]:
    """The first of them all, for the home page."""
    soon = waiting_for(user).filter(due_at__lt=now + AHEAD).select_related("customer__tier", "owner", "for_owner")
    return lines_of(soon.order_by("late_at", "pk")[:most], user, now)


def done_today(user, now):
    """What the person ended today, the last first."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    rows = FollowUp.objects.visible_to(user).filter(ended_by=user, ended_at__gte=midnight)
    return rows.exclude(state=State.CANCELLED).order_by("-ended_at")
