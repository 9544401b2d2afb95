"""The organisation as it stood on one day (B44), and what a change of it must respect."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAY_STAND_UNDER = {
    "branch": (),
    "department": ("branch",),
    "hall": ("branch", "department"),
    "community": ("department", "community"),  # so each belongs to one department (C10)
    "outlet": ("branch", "department", "community", "channel_group"),
    "channel_group": ("branch", "department"),
    "desk": ("branch", "department", "hall"),
}


@dataclass(frozen=True)
class Structure:
    """Who stood under whom on `day`: parents and kinds by unit id, for the units that existed then."""

    day: date
    parents: dict[int, int | None]
    kinds: dict[int, str]

    def ancestors(self, unit_id: int) -> list[int]:
        """From the unit's parent up to the branch; empty for a unit that did not exist."""
        above, here = [], self.parents.get(unit_id)
        while here is not None:
            above.append(here)
            here = self.parents.get(here)
        return above

    def descendants(self, unit_id: int) -> set[int]:
        """Everything below the unit, without itself."""
        children = {}
        for child, parent in self.parents.items():
            children.setdefault(parent, []).append(child)
        below, todo = set(), [unit_id]
        while todo:
            found = children.get(todo.pop(), ())
            below.update(found)
            todo.extend(found)
        return below

    def refuse(self, kind: str, unit_id: int | None, parent_id: int) -> None:
        """Raise a ValidationError unless a unit of `kind` (with all below it) may stand under the parent."""
        if parent_id not in self.parents:
            raise ValidationError(
                _("The unit above does not exist on %(day)s.") % {"day": self.day}, code="parent_missing"
            )
        if unit_id is not None and unit_id in (parent_id, *self.ancestors(parent_id)):
            raise ValidationError(_("A unit cannot stand under itself or under a unit below it."), code="cycle")
        if self.kinds[parent_id] not in MAY_STAND_UNDER[kind]:
            raise ValidationError(_("A unit of this kind cannot stand there."), code="kind")
        if kind == "community":
            self._refuse_third_level(unit_id, parent_id)

    def _refuse_third_level(self, unit_id, parent_id):
        """Communities have at most two levels (C05)."""
        if self.kinds[parent_id] != "community":
            return
        above = self.kinds.get(self.parents[parent_id]) == "community"
        below = unit_id is not None and any(self.kinds[u] == "community" for u in self.descendants(unit_id))
        if above or below:
            raise ValidationError(
                _("Communities have two levels at most: no community stands below a second-level one."),
                code="third_level",
            )
