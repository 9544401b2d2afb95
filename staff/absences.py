"""Who does the work of people who are away."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from staff.models import Absence, User


def stands_in_for(users: Iterable[User | int], at: datetime) -> dict[int, int]:
    """Ids of the deputies at that moment by the ids of who is away; whoever is there is left out. One query.

    A deputy's own work goes nowhere further: chains are refused when an absence is entered.
    """
    ids = [getattr(user, "pk", user) for user in users]
    away = Absence.objects.at(at).filter(user__in=ids, deputy__is_active=True)
    return dict(away.values_list("user", "deputy"))


def absence_of(person: User, at: datetime, absences=Absence.objects) -> Absence | None:
    """Because of which the person is away: by the clock, or begun and not seen to be over yet.

    Unlike with `stands_in_for`, its deputy may have become unable. `absences`: which to ask, for example locked.
    """
    away = absences.filter(user=person, withdrawn_at=None, ended_at=None, starts_at__lte=at)
    away = away.filter(Q(ends_at__gt=at) | Q(begun_at__isnull=False))
    return away.select_related("deputy").order_by("-starts_at").first()


@transaction.atomic
def begin_next(at: datetime) -> Absence | None:
    """Begin one absence whose time has come; None when there is none. Two callers never begin the same one."""
    due = Absence.objects.valid().filter(begun_at=None, ended_at=None, starts_at__lte=at)
    absence = _claimed(due.order_by("starts_at"))
    if absence:
        absence.begin(at)
    return absence


@transaction.atomic
def finish_next(at: datetime) -> Absence | None:
    """Finish one absence whose time is over; None when there is none."""
    due = Absence.objects.exclude(begun_at=None).filter(ended_at=None, ends_at__lte=at)
    absence = _claimed(due.order_by("ends_at"))
    if absence:
        absence.finish(at)
    return absence


def _claimed(due):
    return due.select_for_update(of=("self",), skip_locked=True).select_related("user", "deputy").first()
