"""Whose rows a search may touch, as pieces of SQL."""

from dataclasses import dataclass, field

from staff.scope import scope_of

AREAS = """areas AS MATERIALIZED (
    SELECT id FROM staff_unit WHERE id = ANY(%(branches)s) OR parent_id = ANY(%(branches)s)
    UNION SELECT coalesce(nullif(split_part(path, '/', 2), '')::bigint, id) FROM staff_unit WHERE id = ANY(%(units)s)
)"""


@dataclass(frozen=True)
class Sought:
    """Where a person's rows are: one probe of an index for each area, branch, unit or manager named in `params`."""

    wide: bool  # whole branches or units, probed area by area
    own: bool  # the customers they manage, read once
    params: dict = field(default_factory=dict)
    predicate: str = "false"  # what every row that is shown must satisfy; `{row}` stands for its alias

    def within(self, row):
        return self.predicate.format(row=row)


def sought_by(user):
    """The reach of `customers.view`, or None where nothing is reached."""
    scope = scope_of(user, "customers.view")
    if not scope:
        return None
    parts = [  # the zero keeps the planner from walking a whole branch, unit or manager to check a few rows
        ("{row}.branch_id + 0 = ANY(%(branches)s)", bool(scope.branches)),
        ("{row}.unit_id + 0 = ANY(%(units)s)", bool(scope.units)),
        ("{row}.manager_id + 0 = %(me)s", scope.own),
    ]
    return Sought(
        wide=bool(scope.branches or scope.units),
        own=scope.own,
        params={
            "branches": sorted(scope.branches),
            "units": sorted(scope.units),
            "me": user.pk,
            "wide_grams": [f"@b{branch}" for branch in scope.branches] + [f"@u{unit}" for unit in scope.units],
            "reach_grams": [f"u{unit}" for unit in scope.units] + [f"m{user.pk}"] * scope.own,
        },
        predicate="(" + " OR ".join(text for text, holds in parts if holds) + ")",
    )
