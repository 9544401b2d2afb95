"""Who hears of requests that the billing system does not answer."""

from django.db.models import Q
from django.utils import timezone

from staff.absences import stands_in_for
from staff.models import Posting, Unit, User
from staff.rights import RIGHTS, Reach, Role
from work.leaders import nearest

DUN = "billing.dun"
LEVELS = (None, (Role.DUTY_MANAGER, Role.DEPARTMENT_HEAD), (Role.BRANCH_HEAD,))


def told_of(unit: Unit, level: int) -> list[User]:
    """Of a customer of `unit`: 0 who works at dunning, 1 the nearest leader, 2 the head of the branch."""
    if level == 0:
        return who_dun(unit)
    head = nearest(unit, LEVELS[level])
    return [head] if head else []


def who_dun(unit: Unit) -> list[User]:
    """Those who dun there today, heads apart; who is away only where nobody else is there."""
    roles = [role for role in RIGHTS[DUN] if role != Role.BRANCH_HEAD]
    everywhere = [role for role in roles if RIGHTS[DUN][role] == Reach.BRANCH]
    way = [int(key) for key in unit.path.strip("/").split("/")]
    held = Posting.objects.on(unit.today()).filter(role__in=roles, user__is_active=True)
    home = Q(unit__branch=unit.home_id) | Q(unit=unit.home_id)
    held = held.filter(Q(unit__in=way) | home & Q(role__in=everywhere)).select_related("user__branch").order_by("pk")
    people = list({posting.user_id: posting.user for posting in held}.values())
    away = stands_in_for([one.pk for one in people], timezone.now())
    return [one for one in people if one.pk not in away] or people
