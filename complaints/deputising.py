"""While somebody is away their complaints are their deputy's, and come back afterwards: one owner at any time (D13)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.trail import record
from complaints import owners, telling
from complaints.clocks.following import follow as follow_clocks
from complaints.models import Complaint
from complaints.moving import hold, keep, log


@transaction.atomic
def follow(absence):
    """Make the owners of open complaints agree with the absence: said once or again, at its begin, change or end.

    Where the next absence of the person has begun already, its deputy goes on.
    """
    current = absence if absence.in_force else _in_force(absence.user)
    if current:
        _lend(current)
    elif absence.ended_at:
        _give_back(absence)


def _in_force(person):
    return person.absences.exclude(begun_at=None).filter(ended_at=None).order_by("-starts_at").first()


def _lend(absence):
    """A deputy who cannot have one (it is about them, they handle none) leaves it with the leader of its unit."""
    person, deputy = absence.user, absence.deputy
    for one in _held(Q(owner=person, for_owner=None) | Q(for_owner=person)):
        owner = deputy if _fits(one, deputy) else _leader(one, person)
        if owner and owner.pk != one.owner_id:
            _give(one, owner, "complaint.lent", one.for_owner or person, absence)


def _give_back(absence):
    person = absence.user
    for one in _held(Q(for_owner=person)):
        if _fits(one, person):
            _give(one, person, "complaint.given_back", None, absence)
        else:
            _change(one, timezone.now(), for_owner=None)


def _held(which):
    """What is open; what ends at this moment stays with whoever ended it."""
    rows = hold(Complaint.objects.open().filter(which).values_list("pk", flat=True)).values()
    return [one for one in rows if one.is_open]


def _fits(one, person):
    try:
        owners.check(one, person)
    except ValidationError:
        return False
    return True


def _leader(one, person):
    return owners.leader(one.unit, {person.pk, one.person_id} - {None})


def _give(one, owner, verb, for_owner, absence):
    """Whoever has them now hears once of all that the absence brought them, and not of what it took again."""
    before, at = one.owner, timezone.now()
    _change(one, at, owner=owner, for_owner=for_owner)
    record(one, verb, by=None, customer=one.customer_id, before=before.pk, owner=owner)
    telling.not_owner(before, f"complaint.lent:{absence.pk}")
    telling.owner(one, None, at, f"{verb}:{absence.pk}")


def _change(one, at, **fields):
    """As any change of owner; but that somebody comes or goes is no progress of the complaint."""
    keep(one, one.touched_at, **fields)
    log(one, one.state, by=None, at=at)
    follow_clocks(one, at)
