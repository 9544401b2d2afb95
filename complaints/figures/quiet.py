"""Where nobody complains although people come as ever: a sign that complaints are not written down (D15)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from complaints.figures.sets import FIGURES
from complaints.models import Complaint
from complaints.models.complaints import of_people
from customers.models import Interaction
from staff.models import Unit, User
from staff.scope import within_reach

ENOUGH = 30  # contacts: below it nothing can be said
NORMAL = 0.5  # of the contacts in as many days before
EXPECTED = 3  # complaints by the rate of all: where so many are due, none is chance in one case of twenty


@dataclass(frozen=True)
class Quiet:
    unit: Unit
    contacts: int
    before: int


def quiet_units(user: User, branch: Unit, since: datetime, until: datetime) -> list[Quiet]:
    """Units within reach with normal traffic in [since, until) that accepted no complaint then, busiest first.

    Traffic is normal from ENOUGH contacts on, at least half of those in as many days before; and by the rate of all
    units within reach EXPECTED complaints should have come, or none of them has any.
    """
    contacts, heard = _contacts(user, branch, since, until), _heard(user, branch, since, until)
    everywhere, all_heard = sum(now for now, _before in contacts.values()), sum(heard.values())
    silent = {
        unit: (now, before)
        for unit, (now, before) in contacts.items()
        if unit not in heard
        and now >= max(ENOUGH, NORMAL * before)
        and (not all_heard or now * all_heard >= EXPECTED * everywhere)
    }
    units = Unit.objects.in_bulk(silent)
    return sorted((Quiet(units[pk], *told) for pk, told in silent.items()), key=lambda one: -one.contacts)


def _contacts(user, branch, since, until):
    """{unit: (contacts of these days, of as many days before)}"""
    here = Interaction.objects.filter(within_reach(user, FIGURES, unit="unit", branch="branch"), branch=branch)
    rows = here.filter(at__gte=since - (until - since), at__lt=until).order_by().values("unit")
    now, before = Count("pk", filter=Q(at__gte=since)), Count("pk", filter=Q(at__lt=since))
    return {one["unit"]: (one["now"], one["before"]) for one in rows.annotate(now=now, before=before)}


def _heard(user, branch, since, until):
    rows = Complaint.objects.visible_to(user).filter(of_people(user, FIGURES), branch=branch)
    rows = rows.filter(received_at__gte=since, received_at__lt=until).order_by()
    return dict(rows.values_list("accepted_unit").annotate(Count("pk")))
