"""The people somebody leads."""

from django.db.models import Q

from staff.models.people import Posting
from staff.scope import NOTHING, scope_of


def led_by(leader, right: str, *, person: str = "pk") -> Q:
    """Who is posted today where `leader` holds `right`, as a filter; `person` is the lookup that leads to them."""
    scope = scope_of(leader, right)
    if not scope:
        return NOTHING
    here = Q(unit__in=scope.units | scope.branches) | Q(unit__branch__in=scope.branches)
    return Q(**{f"{person}__in": Posting.objects.on(leader.branch.today()).filter(here).values("user")})
