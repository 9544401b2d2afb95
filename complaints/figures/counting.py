"""The numbers of one page: how many complaints each set holds and how long they took, in all and by one dimension.

One pass over the complaints of the period for the whole and the rows.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Func, IntegerField, QuerySet

from complaints.figures.sets import SETS, Asked, with_clocks
from complaints.models import Complaint

TIMES = {  # what is timed: the set, from when, until when
    "answer": ("answered", "received_at", "resolved_at"),
    "contact": ("contacted", "contact_clock__started_at", "contact_clock__met_at"),
}
SHARES = (50, 80, 95)
# What the rows of one dimension show; the whole shows all.
IN_ROWS = [
    "received", "answer_due", "in_time", "answered", "fcr_over", "fcr", "answered_once", "reopened", "repeated",
    "judged", "reached", "said", "satisfied", "appealed",
]  # fmt: skip


class Percentiles(Aggregate):
    """The times within which the fastest 50, 80 and 95 % were done, each a time that was really taken."""

    template = "percentile_disc(ARRAY[0.5, 0.8, 0.95]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(DurationField())


@dataclass
class Counted:
    """`key`: of the row, in the dimension it is counted by. `sets`: how many complaints each holds.

    `times`: {"answer": (median, P80, P95)} as far as anything was timed.
    """

    key: object = None
    sets: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SETS, 0))
    times: dict[str, list[timedelta]] = field(default_factory=dict)

    def share(self, n: str, of: str) -> float | None:
        return 100 * self.sets[n] / self.sets[of] if self.sets[of] else None

    def time(self, what: str, share: int) -> timedelta | None:
        found = self.times.get(what)
        return found[SHARES.index(share)] if found else None


class Grouping(Func):
    """1 in the row of the whole, 0 in those of the values."""

    function = "GROUPING"
    output_field = IntegerField()
    contains_aggregate = True


def whole(rows: QuerySet[Complaint], asked: Asked) -> Counted:
    return _counted(None, with_clocks(rows).order_by().aggregate(**_aggregates(asked, SETS, TIMES)))


def by(rows: QuerySet[Complaint], column: str, asked: Asked) -> list[Counted]:
    """A row for each value of the column, those with most complaints first."""
    grouped = with_clocks(rows).order_by().values(column)
    return _sorted(_counted(one[column], one) for one in grouped.annotate(**_aggregates(asked, IN_ROWS, ["answer"])))


def whole_and_by(rows: QuerySet[Complaint], column: str, asked: Asked) -> tuple[Counted, list[Counted]]:
    """Both of the same complaints in one pass, which Django has no words for: GROUPING SETS."""
    grouped = with_clocks(rows).order_by().values(column).annotate(is_whole=Grouping(column))
    try:
        sql, values = grouped.annotate(**_aggregates(asked, SETS, TIMES)).query.sql_with_params()
    except EmptyResultSet:  # nothing is within reach
        return Counted(), []
    query, by_column = sql.rsplit(" GROUP BY ", 1)
    with connection.cursor() as cursor:
        cursor.execute(f"{query} GROUP BY GROUPING SETS ((), ({by_column}))", values)
        names = [one.name for one in cursor.description]
        found = [dict(zip(names, one, strict=True)) for one in cursor.fetchall()]
    [all_of_it] = [one for one in found if one["is_whole"]]
    return _counted(None, all_of_it), _sorted(_counted(one[names[0]], one) for one in found if not one["is_whole"])


def _sorted(counted):
    return sorted(counted, key=lambda one: (-one.sets["received"], str(one.key)))


def _aggregates(asked, sets, times):
    counts = {f"n_{code}": Count("pk", filter=SETS[code].condition(asked)) for code in sets}
    for name in times:
        of, start, end = TIMES[name]
        took = ExpressionWrapper(F(end) - F(start), output_field=DurationField())
        counts[f"t_{name}"] = Percentiles(took, filter=SETS[of].condition(asked))
    return counts


def _counted(key, found):
    return Counted(
        key,
        {name[2:]: value for name, value in found.items() if name.startswith("n_")},
        {name[2:]: value for name, value in found.items() if name.startswith("t_") and value},
    )
