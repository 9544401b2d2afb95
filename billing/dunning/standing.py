"""What dunning goes by: how accounts stand at one moment."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from billing.dunning.dunned import DAY, DISPUTED, OVERDUE, PROMISED, STOPPED

STANDING = f"""
    SELECT a.id, {DAY}, coalesce(sum(late.open) FILTER (WHERE NOT late.disputed), 0),
        min(late.due_on) FILTER (WHERE NOT late.disputed), coalesce(bool_or(late.disputed), false),
        {PROMISED}, {STOPPED}, c.status = 'left',
        coalesce(array_agg(late.id ORDER BY late.id) FILTER (WHERE NOT late.disputed), '{{}}')
    FROM billing_account a JOIN staff_unit u ON u.id = a.branch_id JOIN customers_customer c ON c.id = a.customer_id
    LEFT JOIN LATERAL (
        SELECT b.id, b.open, b.due_on, {DISPUTED} AS disputed FROM billing_bill b
        WHERE b.account_id = a.id AND {OVERDUE}
    ) late ON true
    WHERE a.id = ANY (%(accounts)s)
    GROUP BY a.id, u.time_zone, c.status
"""  # noqa: S608  pieces of our own


@dataclass(frozen=True)
class Standing:
    """`sum` is overdue and undisputed, in the account's currency; `since` the oldest last day of its payment."""

    day: date
    sum: Decimal
    since: date | None
    disputed: bool  # something else is overdue and disputed
    promised: bool
    stopped: bool
    left: bool
    bills: list[int]  # ids of those that make up the sum, in order

    @property
    def ended(self) -> str:
        """Why nobody duns the account any more: "left", "disputed", "paid"; "" as long as somebody does."""
        if self.left:
            return "left"
        if self.sum:
            return ""
        return "disputed" if self.disputed else "paid"

    @property
    def held(self) -> str:
        """What the ladder rests for: "promise" or "stopped"; "" for nothing."""
        return "promise" if self.promised else "stopped" if self.stopped else ""


def standings(account_ids, at: datetime) -> dict[int, Standing]:
    """By account (id), at the moment `at`, the day being the branch's. One query."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"accounts": list(account_ids), "at": at})
        return {pk: Standing(*facts) for pk, *facts in cursor.fetchall()}
