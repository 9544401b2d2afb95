"""Who leads the unit that owes a follow-up."""

from django.utils import timezone

from staff import withheld
from staff.absences import stands_in_for
from staff.models import Posting, User
from staff.rights import RIGHTS
from work.models.follow_ups import LEAD


def leader_of(follow_up):
    """The nearest of those who may look after its unit, but not its owner, and nobody who must not know of it."""
    return nearest_for(follow_up, list(RIGHTS[LEAD]))


def nearest_for(follow_up, roles):
    """Who holds one of the roles closest above its unit, but not its owner, and nobody who must not know of it."""
    kept = withheld.people([follow_up])[follow_up]
    return Leaders().nearest(follow_up.unit, roles, but={follow_up.owner_id, *kept}, kept=kept)


def leader_at(unit, *, but=None):
    """The nearest of those who may look after what the unit owes."""
    return nearest(unit, list(RIGHTS[LEAD]), but=but)


def nearest(unit, roles, *, but=None):
    """Who holds one of the roles closest above the unit today, or at it; nobody: None."""
    return Leaders().nearest(unit, roles, but=but)


class Leaders:
    """`nearest` for many at one moment: who leads a unit is read once for each, whoever it is not to be: a person, an
    id, or ids. From those of `kept` it is kept also where they stand in for somebody.
    """

    def __init__(self):
        self._held, self._met = {}, {}

    def nearest(self, unit, roles, *, but=None, kept=frozenset()):
        key = (unit.pk, *roles)
        if key not in self._held:
            self._held[key] = _held(unit, roles)
        out = but if isinstance(but, set) else {getattr(but, "pk", but)}
        there = (self._there(person) for person in self._held[key] if person.pk not in out)
        return next((person for person in there if person.pk not in kept), None)

    def _there(self, person):
        """The person, or who stands in for them today."""
        if person.pk not in self._met:
            deputy = stands_in_for([person], timezone.now()).get(person.pk)
            self._met[person.pk] = User.objects.get(pk=deputy) if deputy else person
        return self._met[person.pk]


def _held(unit, roles):
    """The people with one of the roles at the unit or above it, the closest first."""
    way = [int(key) for key in unit.path.strip("/").split("/")]
    held = Posting.objects.on(unit.today()).filter(unit__in=way, role__in=roles, user__is_active=True)
    closest = sorted(held.select_related("user"), key=lambda one: (-way.index(one.unit_id), one.pk))
    return [one.user for one in closest]
