"""Who leads the unit that owes a follow-up."""

from django.db.models import Q
from django.utils import timezone

from staff.absences import stands_in_for
from staff.models import Posting, User
from staff.rights import RIGHTS
from work.models.follow_ups import LEAD


def leader_of(follow_up):
    """The nearest of those who may look after its unit, but not its owner."""
    return leader_at(follow_up.unit, but=follow_up.owner_id)


def leader_at(unit, *, but=None):
    """The nearest of those who may look after what the unit owes."""
    return nearest(unit, list(RIGHTS[LEAD]), but=but)


def nearest(unit, roles, *, but=None):
    """Who holds one of the roles closest above the unit today, or at it; nobody: None."""
    way = [int(key) for key in unit.path.strip("/").split("/")]
    held = Posting.objects.on(unit.today()).filter(unit__in=way, role__in=roles, user__is_active=True)
    held = held.filter(~Q(user=but)).select_related("user").order_by("pk")
    closest = min(held, key=lambda one: (-way.index(one.unit_id), one.pk), default=None)
    return closest and _there(closest.user)


def _there(person):
    """The person, or who stands in for them today."""
    deputy = stands_in_for([person], timezone.now()).get(person.pk)
    return User.objects.get(pk=deputy) if deputy else person
