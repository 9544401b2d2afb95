"""The plan of a day: cases of accounts that became overdue, and the steps whose day has come.

Set-based, by ranges of account ids, each in one transaction; the same day again adds nothing. Of the scenarios of a
branch the first by order decides that is meant for the customer, their product and such a sum; it begins once the
account has been overdue for its number of days.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from audit.trail import request_id
from billing.dunning.again import plan_again
from billing.dunning.announcing import plan_anew
from billing.dunning.dunned import DAY, DUNNED, MEANT, PAYS, PROMISED, STOPPED

RANGE = 25_000  # accounts planned in one step
UPTO = """
    SELECT coalesce(
        (SELECT id FROM billing_account WHERE id > %(after)s ORDER BY id OFFSET %(most)s - 1 LIMIT 1),
        (SELECT max(id) FROM billing_account WHERE id > %(after)s))
"""
HERE = "(%(branch)s::bigint IS NULL OR a.branch_id = %(branch)s)"
# Whoever books on them waits, or is waited for: a payment that commits first is seen, a later one sees the case.
NEWLY_OVERDUE = f"""
    SELECT a.id FROM billing_account a
    WHERE a.id > %(after)s AND a.id <= %(upto)s AND a.id IN (
        SELECT b.account_id FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
        WHERE b.account_id > %(after)s AND b.account_id <= %(upto)s AND {DUNNED}
    ) AND {HERE} AND a.owed > 0
      AND NOT EXISTS (SELECT FROM billing_dunningcase d WHERE d.account_id = a.id AND d.state <> 'closed')
    ORDER BY a.id FOR NO KEY UPDATE OF a
"""  # noqa: S608  pieces of our own
# The versions in use, each with its first step; and of these the one by which an account that is `due` is dunned.
WAYS = """
    SELECT s.branch_id, s."order", v.*, first.id AS step_id, first.n AS step_n, first.counts_from, first.days
    FROM billing_scenario s JOIN billing_scenarioversion v ON v.scenario_id = s.id AND v.current
    CROSS JOIN LATERAL (
        SELECT id, n, counts_from, days FROM billing_scenariostep WHERE version_id = v.id ORDER BY n LIMIT 1
    ) first
    WHERE s.active
"""
CHOSEN = f"""(
    SELECT * FROM ways
    WHERE ways.branch_id = due.branch_id AND due.sum >= ways.from_amount AND {MEANT}
    ORDER BY ways."order", ways.scenario_id LIMIT 1
) way"""  # noqa: S608  pieces of our own
# The case that each of `%(accounts)s` would get today.
FITTING = f"""
    WITH ways AS MATERIALIZED ({WAYS}), due AS MATERIALIZED (
        SELECT b.account_id, b.branch_id, {DAY} AS day, sum(b.open) AS sum, min(b.due_on) AS since
        FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
        WHERE b.account_id = ANY (%(accounts)s) AND {DUNNED}
        GROUP BY 1, 2, 3
    )
    SELECT due.*, a.customer_id, way.id AS version_id, way.step_id,
        CASE way.counts_from WHEN 'due' THEN greatest(due.since + way.days, due.day)
                             WHEN 'before' THEN due.day + way.days END AS next_on
    FROM due JOIN billing_account a ON a.id = due.account_id
    JOIN customers_customer c ON c.id = a.customer_id JOIN customers_tier t ON t.id = c.tier_id
    CROSS JOIN LATERAL {PAYS}
    CROSS JOIN LATERAL {CHOSEN}
    WHERE due.day - due.since >= way.from_days AND c.status <> 'left'
"""  # noqa: S608  pieces of our own
OPEN = f"""
    WITH fitting AS MATERIALIZED ({FITTING}), before AS (
        SELECT account_id, max(cycle) AS cycle FROM billing_dunningcase WHERE account_id = ANY (%(accounts)s) GROUP BY 1
    ), opened AS (
        INSERT INTO billing_dunningcase
            (branch_id, account_id, cycle, version_id, since, opened_on, overdue_then, next_step_id, next_on, promised)
        SELECT f.branch_id, f.account_id, coalesce(before.cycle, 0) + 1,
            f.version_id, f.since, f.day, f.sum, f.step_id, f.next_on, promise.id IS NOT NULL
        FROM fitting f LEFT JOIN before USING (account_id)
        LEFT JOIN billing_paymentpromise promise ON promise.account_id = f.account_id AND promise.state = 'open'
        ORDER BY f.account_id
        ON CONFLICT DO NOTHING
        RETURNING id, account_id
    )
    INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT 'dunning.opened', 'billing.dunningcase', o.id, f.customer_id, f.branch_id, %(request)s,
        jsonb_build_object('sum', f.sum::text)
    FROM opened o JOIN fitting f USING (account_id)
"""  # noqa: S608  pieces of our own
# Steps whose day has come, of cases that nobody holds.
COME = f"""
    SELECT d.id, d.account_id, d.branch_id, d.next_step_id, {DAY} AS day
    FROM billing_dunningcase d JOIN staff_unit u ON u.id = d.branch_id JOIN billing_account a ON a.id = d.account_id
    WHERE d.account_id > %(after)s AND d.account_id <= %(upto)s AND {HERE}
      AND d.state <> 'closed' AND d.next_on <= {DAY}
      AND NOT EXISTS (SELECT FROM billing_casestep s WHERE s.case_id = d.id AND s.step_id = d.next_step_id)
      AND NOT {PROMISED} AND NOT {STOPPED}
"""  # noqa: S608  pieces of our own
PLAN = f"""
    INSERT INTO billing_casestep (case_id, step_id, planned_for, look_at)
    SELECT id, next_step_id, day, %(at)s FROM ({COME}) come ORDER BY account_id
    ON CONFLICT DO NOTHING
"""  # noqa: S608  pieces of our own


@dataclass(frozen=True)
class Planned:
    accounts_upto: int | None  # the last account (id) that was looked at; None: there is none beyond
    opened: int = 0  # cases
    steps: int = 0


@transaction.atomic
def plan_some(after: int, at: datetime, most: int | None = None, branch: int | None = None) -> Planned:
    """Plan the day of `at` for up to `most` (usually RANGE) accounts beyond the id `after`, or those of one branch."""
    with connection.cursor() as cursor:
        cursor.execute(UPTO, {"after": after, "most": most or RANGE})
        [upto] = cursor.fetchone()
        return Planned(None) if upto is None else Planned(upto, *_plan(cursor, after, upto, at, branch))


@transaction.atomic
def plan_account(account, at: datetime):
    """The same for one account, at once."""
    with connection.cursor() as cursor:
        _plan(cursor, account.pk - 1, account.pk, at)


def _plan(cursor, after, upto, at, branch=None):
    """How many cases were opened and how many steps planned for accounts in (after, upto]."""
    here, opened = {"after": after, "upto": upto, "at": at, "branch": branch}, 0
    cursor.execute(NEWLY_OVERDUE, here)
    if accounts := [pk for (pk,) in cursor.fetchall()]:
        cursor.execute(OPEN, {"accounts": accounts, "at": at, "request": request_id()})
        opened = cursor.rowcount
    again = plan_again(cursor, here, at)
    cursor.execute(PLAN, here)
    return opened, again + cursor.rowcount + plan_anew(cursor, here, at)
