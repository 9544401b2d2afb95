"""While somebody is away their open work is the deputy's; what is not finished by then comes back."""

from django.db import transaction
from django.db.models import F, Q

from audit.trail import record
from staff.scope import holds
from work import pool_lines, pools
from work.models import FollowUp
from work.models.follow_ups import DO, kept


@transaction.atomic
def follow(absence):
    """Make the owners of open work agree with the absence: said once or again, at its begin, change or end.

    Where the next absence of the person has begun already, its deputy goes on.
    """
    current = absence if absence.in_force else _in_force(absence.user)
    if current:
        _lend(current.user, current.deputy)
    elif absence.ended_at:
        _give_back(absence.user)


def _in_force(person):
    return person.absences.exclude(begun_at=None).filter(ended_at=None).order_by("-starts_at").first()


def _lend(person, deputy):
    """To the people of the unit goes what would check the deputy's own work or is kept from them, and all of it where
    the deputy does not follow up (domain 4.4). What was lent by another already, whose absence is about to be
    over, stays theirs.
    """
    able, left, rows = holds(deputy, DO), [], list(_locked(Q(owner=person) | Q(for_owner=person)))
    out = kept(rows)
    for one in rows:
        fit = able and deputy.pk not in {one.handled_by_id, *out[one]}
        verb = "follow_up.lent" if fit else "follow_up.left"
        if move(one, verb, deputy if fit else None, for_owner=one.for_owner_id or person.pk) and not fit:
            left.append(one.pk)
    pools.came_back(left)
    pool_lines.clear({one.unit_id for one in rows if one.owner_id is None})


def _give_back(person):
    """What is kept from them by now stays where it is."""
    rows = list(_locked(Q(for_owner=person)).select_related("owner"))
    out = kept(rows)
    for one in rows:
        stays = person.pk in out[one]
        verb, owner = ("follow_up.stays", one.owner) if stays else ("follow_up.given_back", person)
        move(one, verb, owner, for_owner=None)
    pool_lines.clear({one.unit_id for one in rows if one.owner_id is None})


def locked_of(person):
    """What the person owes, also what is lent to others; not what others have lent to them. Locked, owners at hand."""
    rows = _locked(Q(owner=person, for_owner=None) | Q(for_owner=person))
    return rows.select_related("owner", "unit", "handled_by")


def _locked(which):
    """One that is finished at this moment stays with whoever finished it."""
    return FollowUp.objects.open().filter(which).select_for_update(of=("self",)).order_by("pk")


def move(one, verb, owner, *, for_owner) -> bool:
    """Whether that was another owner than before, or another way back; the caller holds the row, which is not read
    again, and tells the people of its unit (`pools.came_back`, `pool_lines.clear`).
    """
    if (one.owner_id, one.for_owner_id) == (owner and owner.pk, for_owner):
        return False
    FollowUp.objects.filter(pk=one.pk).update(owner=owner, for_owner=for_owner, version=F("version") + 1)
    record(one, verb, by=None, before=one.owner_id, owner=owner)
    return True
