"""From a person's postings to the rows they reach."""

from dataclasses import dataclass

from django.db.models import Q

from staff.models.units import Unit
from staff.rights import RIGHTS, Reach

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Scope:
    """What one right opens to one person: whole branches, single units, and whether their own records."""

    branches: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    own: bool = False

    def __bool__(self):
        return bool(self.branches or self.units or self.own)


def postings_of(user) -> list:
    """The person's postings of today, read once a request; none for somebody who is not signed in or disabled."""
    if not (user.is_authenticated and user.is_active):
        return []
    return _once(user, "postings", lambda: list(user.postings_on()))


def holds(user, right: str) -> bool:
    """Whether any posting of today grants the right, over whichever rows. An unknown right is a KeyError."""
    granted = RIGHTS[right]
    return any(posting.role in granted for posting in postings_of(user))


def scope_of(user, right: str) -> Scope:
    """Every posting that grants the right adds its reach; two postings have both. An unknown right is a KeyError."""
    granted = RIGHTS[right]
    held = [(granted[p.role], p.unit) for p in postings_of(user) if p.role in granted]
    if not held:
        return Scope()
    return _once(user, f"scope {right}", lambda: _scope(user, held))


def within_reach(user, right: str, *, unit: str, branch: str = "branch", owner: str | None = None) -> Q:
    """The rows `user` reaches with `right`, as a filter. What no posting grants stays hidden.

    `unit`, `branch` and `owner` are the lookups that lead from the row to its unit, its branch and the person
    responsible for it. Reach "unit" covers everything below the posting's unit.
    """
    scope = scope_of(user, right)
    reach = NOTHING
    if scope.branches:
        reach |= Q(**{f"{branch}__in": scope.branches})
    if scope.units:
        reach |= Q(**{f"{unit}__in": scope.units})
    if scope.own and owner:
        reach |= Q(**{owner: user})
    return reach


def _scope(user, held):
    roots = frozenset(unit.path for reach, unit in held if reach == Reach.UNIT)
    return Scope(
        branches=frozenset(unit.home_id for reach, unit in held if reach == Reach.BRANCH),
        units=_once(user, f"below {sorted(roots)}", lambda: _below(roots)) if roots else frozenset(),
        own=any(reach == Reach.OWN for reach, _ in held),
    )


def _below(roots):
    below = Q()
    for path in roots:
        below |= Q(path__startswith=path)
    return frozenset(Unit.objects.filter(below).values_list("pk", flat=True))


def _once(user, key, find):
    """Kept on the person for as long as the request holds them."""
    if not hasattr(user, "found_once"):
        user.found_once = {}
    if key not in user.found_once:
        user.found_once[key] = find()
    return user.found_once[key]
