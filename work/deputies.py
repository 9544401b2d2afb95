"""While somebody is away their open work is the deputy's; what is not finished by then comes back."""

from django.db import transaction
from django.db.models import F, Q

from audit.trail import record
from work.models import FollowUp


@transaction.atomic
def follow(absence):
    """Make the owners of open work agree with the absence: said once or again, at its begin, change or end."""
    if absence.in_force:
        _lend(absence.user, absence.deputy)
    elif absence.ended_at:
        _give_back(absence.user)


def _lend(person, deputy):
    """What checks the deputy's own work is left to the people of the unit (domain 4.4)."""
    theirs = Q(owner=person) | Q(for_owner=person)
    rows = FollowUp.objects.open().filter(theirs).exclude(owner=deputy)
    _move(rows.filter(handled_by=deputy).exclude(owner=None), person, None)
    _move(rows.exclude(handled_by=deputy), person, deputy)


def _give_back(person):
    _move(FollowUp.objects.open().filter(for_owner=person), None, person)


def _move(rows, lent_by, owner):
    """Lock first: one that is finished at this moment stays with whoever finished it."""
    for one in rows.select_for_update(of=("self",)).order_by("pk"):
        FollowUp.objects.filter(pk=one.pk).update(owner=owner, for_owner=lent_by, version=F("version") + 1)
        record(one, "follow_up.lent" if lent_by else "follow_up.given_back", by=None, before=one.owner_id, owner=owner)
