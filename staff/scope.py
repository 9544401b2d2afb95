"""From a person's postings to the rows they reach."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from staff.models.units import Unit
from staff.rights import RIGHTS, Reach

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Scope:
    """What one right opens to one person: whole branches, single units, and whether their own records."""

    branches: frozenset = frozenset()
    units: frozenset = frozenset()
    own: bool = False

    def __bool__(self):
        return bool(self.branches or self.units or self.own)


def postings_of(user):
    """The person's postings of today, read once a request."""
    if not user.is_active:
        return []
    if not hasattr(user, "_postings_today"):
        today = timezone.localdate()
        rows = user.postings.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
        user._postings_today = list(rows.select_related("unit"))
    return user._postings_today


def holds(user, right):
    """Whether any posting of today grants the right, over whichever rows."""
    granted = RIGHTS[right]
    return user.is_authenticated and any(posting.role in granted for posting in postings_of(user))


def scope_of(user, right):
    """Every posting that grants the right adds its reach; two postings have both."""
    scopes = user.__dict__.setdefault("_scopes", {})
    if right not in scopes:
        scopes[right] = _scope(user, RIGHTS[right]) if user.is_authenticated else Scope()
    return scopes[right]


def _scope(user, granted):
    held = [(granted[p.role], p.unit) for p in postings_of(user) if p.role in granted]
    branches = {unit.branch_id or unit.pk for reach, unit in held if reach == Reach.BRANCH}
    roots = [unit.path for reach, unit in held if reach == Reach.UNIT]
    return Scope(
        branches=frozenset(branches),
        units=frozenset(_subtrees(roots)),
        own=any(reach == Reach.OWN for reach, _ in held),
    )


def _subtrees(roots):
    if not roots:
        return ()
    below = Q()
    for path in roots:
        below |= Q(path__startswith=path)
    return Unit.objects.filter(below).values_list("pk", flat=True)


def within_reach(user, right, *, unit, branch="branch", owner=None):
    """The rows `user` reaches with `right`, as a filter. What no posting grants stays hidden."""
    scope = scope_of(user, right)
    reach = NOTHING
    if scope.branches:
        reach |= Q(**{f"{branch}__in": scope.branches})
    if scope.units:
        reach |= Q(**{f"{unit}__in": scope.units})
    if scope.own and owner:
        reach |= Q(**{owner: user})
    return reach
