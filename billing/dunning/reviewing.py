"""Looking again at accounts whose money or disputes have moved: a cycle ends when nothing undisputed is overdue.

Called in the transaction of whatever moved, by one who holds the accounts. Messages that are still on their way are not
touched here, whoever holds an account never waits for one: the guard keeps them back and `tidying` cancels them.
"""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from audit.trail import request_id
from billing.dunning.dunned import DUNNED, OVERDUE
from billing.service_requests import asking

# Accounts with an open case, or that were ever stopped, and that owe nothing any more which would be dunned.
SETTLED = f"""
    SELECT a.id, c.id IS NOT NULL
    FROM unnest(%(accounts)s::bigint[]) a (id)
    LEFT JOIN billing_dunningcase c ON c.account_id = a.id AND c.state <> 'closed'
    WHERE (c.id IS NOT NULL
           OR EXISTS (SELECT FROM billing_servicerequest r
                      WHERE r.account_id = a.id AND r.origin IN ('arrears', 'billing')))
      AND NOT EXISTS (
          SELECT FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id WHERE b.account_id = a.id AND {DUNNED})
    ORDER BY a.id
"""  # noqa: S608  pieces of our own
CLOSE = f"""
    WITH closed AS (
        UPDATE billing_dunningcase c
        SET state = 'closed', ended_at = %(at)s, next_step_id = NULL, next_on = NULL,
            ended_for = CASE
                WHEN EXISTS (SELECT FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
                             WHERE b.account_id = c.account_id AND {OVERDUE}) THEN 'disputed'
                WHEN EXISTS (SELECT FROM billing_bill b JOIN billing_allocation x ON x.bill_id = b.id
                             WHERE b.account_id = c.account_id AND x.amount > 0 AND x.at >= c.opened_at) THEN 'paid'
                ELSE 'adjusted' END
        WHERE c.account_id = ANY (%(accounts)s) AND c.state <> 'closed'
        RETURNING c.id, c.account_id, c.branch_id, c.ended_for
    ), left_out AS (
        UPDATE billing_casestep s SET state = 'left_out', reason = closed.ended_for, waits_for = '', look_at = NULL
        FROM closed WHERE s.case_id = closed.id AND s.state = 'planned'
    )
    INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT 'dunning.closed', 'billing.dunningcase', closed.id, a.customer_id, closed.branch_id, %(request)s,
        jsonb_build_object('for', closed.ended_for)
    FROM closed JOIN billing_account a ON a.id = closed.account_id ORDER BY closed.id
"""  # noqa: S608  pieces of our own


def review(account_ids, at: datetime | None = None) -> int:
    """End the open cases of accounts (ids, locked) that owe nothing undisputed which is overdue, leave out what was
    planned for them, and ask to restore what was stopped; how many cases ended. Twice is once; one query where no case
    is open and nothing was stopped.
    """
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, {"accounts": list(account_ids), "at": at})
        settled = dict(cursor.fetchall())
    in_case = [pk for pk, is_open in settled.items() if is_open]
    if settled:
        asking.restore(list(settled), at)  # requests are locked before cases, as by who answers one
    if in_case:
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, {"accounts": in_case, "at": at, "request": request_id()})
    return len(in_case)
