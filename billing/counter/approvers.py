"""Who is asked to approve at a unit."""

from collections.abc import Iterable

from django.utils import timezone

from billing.models.reversals import APPROVE
from staff.absences import stands_in_for
from staff.models import Posting, Unit, User
from staff.rights import RIGHTS


def at(unit: Unit, *, but: Iterable[int | None], right: str = APPROVE) -> list[User]:
    """The people closest to the unit, upwards, who may approve there (hold `right`) and are there today.

    `but` are ids left out.
    """
    way = [int(key) for key in unit.path.strip("/").split("/")]
    held = Posting.objects.on(unit.today()).filter(unit__in=way, role__in=list(RIGHTS[right]), user__is_active=True)
    held = held.exclude(user__in=[pk for pk in but if pk]).select_related("user__branch").order_by("pk")
    away = stands_in_for([posting.user_id for posting in held], timezone.now())
    there = [posting for posting in held if posting.user_id not in away]
    nearest = max((way.index(posting.unit_id) for posting in there), default=None)
    return list({posting.user for posting in there if way.index(posting.unit_id) == nearest})
