"""Whose rows a search may touch, as pieces of SQL."""

from dataclasses import dataclass

from staff.scope import postings_of, scope_of

FEW = 8  # units that are probed one by one; more are walked through as part of their branch
AREAS = """areas AS MATERIALIZED (
    SELECT id FROM staff_unit WHERE id = ANY(%(branches)s) OR parent_id = ANY(%(branches)s)
    UNION SELECT coalesce(nullif(split_part(path, '/', 2), '')::bigint, id) FROM staff_unit WHERE id = ANY(%(units)s)
)"""
COLUMNS = {
    "branches": "{row}.branch_id = ANY(%(branches)s)",
    "units": "{row}.unit_id = ANY(%(units)s)",
    "own": "{row}.manager_id = %(me)s",
}


@dataclass(frozen=True)
class Reach:
    """The kinds of rows a person reaches; which ones is in `reach_parameters`."""

    branches: bool
    units: bool
    own: bool
    few: bool  # units only, and not many

    @property
    def wide(self):
        return self.branches or self.units

    def holds(self, row):
        """What every row that is shown must satisfy; `row` is its alias.

        IS TRUE keeps the planner from walking a whole branch, unit or manager to check a few rows, and lets it know
        how many rows pass.
        """
        parts = [text.format(row=row) for kind, text in COLUMNS.items() if getattr(self, kind)]
        return f"({' OR '.join(parts)}) IS TRUE"


def reach_of(user):
    """The reach of `customers.view`; false where nothing is reached."""
    scope = scope_of(user, "customers.view")
    few = bool(scope.units) and not scope.branches and len(scope.units) <= FEW
    return Reach(bool(scope.branches), bool(scope.units), scope.own, few) if scope else None


def reach_parameters(user):
    scope = scope_of(user, "customers.view")
    return {
        "branches": list(scope.branches),
        "units": list(scope.units),
        "me": user.pk,
        "homes": list({posting.unit.home_id for posting in postings_of(user)}),
        "wide_grams": [f"@b{branch}" for branch in scope.branches] + [f"@u{unit}" for unit in scope.units],
        "near_grams": [f"u{unit}" for unit in scope.units] + [f"m{user.pk}"] * scope.own,
    }
