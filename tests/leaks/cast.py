"""Everybody who knocks: nobody, somebody disabled, and every role posted at every distance from the record."""

from dataclasses import dataclass, field
from datetime import timedelta
from time import time

from django.test import Client
from django.utils import timezone

from staff.login import SEEN_AT, SIGNED_IN_AT
from staff.rights import RIGHTS, Reach, Role
from tests import make

PLACES = ("abroad", "next_door", "beside", "owner")
# abroad: another branch; next_door: another department; beside: the record's unit, not theirs; owner: it is theirs
REACHES = {
    Reach.BRANCH: {"next_door", "beside", "owner"},
    Reach.UNIT: {"beside", "owner"},
    Reach.OWN: {"owner"},
}


@dataclass
class Knocker:
    """One person before the door, with what the table of rights says of them."""

    name: str
    client: Client = field(repr=False)
    role: str = ""
    place: str = ""
    user: object = field(default=None, repr=False)
    token: str = field(default="", repr=False)  # for the API

    def holds(self, right):
        return bool(self.role) and (right is None or self.role in RIGHTS[right])

    def reaches(self, right):
        """Whether the record in the world's north is theirs to see with `right`: worked out here from the table
        alone, never by asking the product."""
        return self.holds(right) and self.place in REACHES[RIGHTS[right][self.role]]

    def in_branch(self, right=None):
        return self.holds(right) and self.place != "abroad"


def anonymous():
    return Knocker("anonymous", Client())


def disabled(world):
    """Signed in, posted right where the record is, then disabled without anything else being touched."""
    person = signed_in("disabled", "branch_head", "beside", world.north)
    type(person.user).objects.filter(pk=person.user.pk).update(is_active=False)
    person.role = ""
    return person


def everybody(world, foreign):
    """Every role at every distance. `foreign` is where the ones from abroad work."""
    where = {"abroad": foreign.north, "next_door": world.south, "beside": world.north}
    for role in Role.values:
        for place, unit in where.items():
            yield signed_in(f"{role} {place}", role, place, unit)
    owner = Knocker("vip_manager owner", Client(), "vip_manager", "owner", world.owner, token_of(world.owner))
    owner.client.force_login(world.owner)
    yield owner


def signed_in(name, role, place, unit):
    user = make.user(role, unit, language="en")
    client = Client()
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = session[SEEN_AT] = time() + 3600  # so that no request of theirs has to note when
    session.save()
    return Knocker(name, client, role, place, user, token_of(user))


def token_of(user):
    """With every scope; used so late that no request of theirs has to note when."""
    value = make.token(user)
    user.tokens.update(used_at=timezone.now() + timedelta(hours=1))
    return value
