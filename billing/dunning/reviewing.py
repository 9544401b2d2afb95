"""Looking again at accounts whose money or disputes have moved: a cycle ends when nothing undisputed is overdue,
and a stop that is only asked for goes with the debt that was announced.

Called in the transaction of whatever moved, by one who holds the accounts. Messages that are still on their way are not
touched here, whoever holds an account never waits for one: the guard keeps them back and `tidying` cancels them.
"""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from audit.trail import request_id
from billing.dunning.again import STOPS, take_again
from billing.dunning.dunned import DUNNED, OVERDUE
from billing.models.dunning import UNSAID
from billing.service_requests import asking
from billing.service_requests.locking import lock_requests
from billing.service_requests.withdrawing import withdraw_all

# Accounts with an open case, or that were ever stopped: those that owe nothing any more which would be dunned, and
# those of which a stop (`unfit`) is only asked for while what is owed now is another debt than the announced one.
MOVED = f"""
    SELECT a.id, c.id IS NOT NULL, asked.unfit
    FROM unnest(%(accounts)s::bigint[]) a (id)
    LEFT JOIN billing_dunningcase c ON c.account_id = a.id AND c.state <> 'closed'
    CROSS JOIN LATERAL (
        SELECT min(b.due_on) AS since FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
        WHERE b.account_id = a.id AND {DUNNED}
    ) owed
    CROSS JOIN LATERAL (
        SELECT array_agg(q.id) AS unfit FROM billing_servicerequest q
        JOIN billing_reminder r ON r.id = q.reminder_id JOIN billing_casestep s ON s.id = r.step_id
        WHERE q.account_id = a.id AND q.origin = 'arrears' AND q.action IN {STOPS} AND q.state = 'asked'
          AND owed.since IS NOT NULL AND (s.since IS DISTINCT FROM owed.since OR EXISTS ({UNSAID}))
    ) asked
    WHERE (c.id IS NOT NULL
           OR EXISTS (SELECT FROM billing_servicerequest r
                      WHERE r.account_id = a.id AND r.origin IN ('arrears', 'billing')))
      AND (owed.since IS NULL OR asked.unfit IS NOT NULL)
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
    planned for them, and ask to restore what was stopped; how many cases ended. Where another debt is left than the
    announced one, the stops that are only asked for are withdrawn and wait for its announcement. Twice is once; one
    query where no case is open and nothing was stopped.
    """
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"accounts": list(account_ids), "at": at})
        moved = cursor.fetchall()
    withdrawn = _withdraw([pk for *_account, unfit in moved for pk in unfit or ()], at)
    settled = {pk: is_open for pk, is_open, unfit in moved if not unfit}
    if settled:
        asking.restore(list(settled), at)  # requests are locked before cases, as by who answers one
    take_again(withdrawn, at)
    in_case = [pk for pk, is_open in settled.items() if is_open]
    if in_case:
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, {"accounts": in_case, "at": at, "request": request_id()})
    return len(in_case)


def _withdraw(unfit, at):
    """Which of these stops (ids) were withdrawn: those that the billing system has not taken meanwhile."""
    return withdraw_all(lock_requests(unfit), by=None, at=at) if unfit else []
