"""What steps that were done brought in, in SQL: a payment counts for the last step before it, up to what was asked for.

The pieces that counting (`bringing_in`), looking (`recovering`) and the list of cases share, so that they agree.
"""

from billing.dunning.counting import WHOSE
from billing.models.dunning import MOST_WITHIN

# Steps (of `%(steps)s`) that were done in [%(first)s, %(last)s), with the moment of the next one of their case.
DONE = f"""
    SELECT s.id, s.case_id, s.step_id, s.done_at, s.sum, s.message_id, s.follow_up_id, d.branch_id, d.account_id,
        d.stopped_at, d.ended_for, a.currency, c.unit_id, c.manager_id,
        (s.done_at AT TIME ZONE %(zone)s)::date AS day,
        (SELECT min(n.done_at) FROM billing_casestep n WHERE n.case_id = s.case_id AND n.state = 'done'
           AND (n.done_at, n.id) > (s.done_at, s.id)) AS next_at
    FROM billing_casestep s JOIN billing_dunningcase d ON d.id = s.case_id
    JOIN billing_account a ON a.id = d.account_id JOIN customers_customer c ON c.id = a.customer_id
    WHERE s.state = 'done' AND s.step_id = ANY (%(steps)s) AND s.done_at >= %(first)s AND s.done_at < %(last)s
      AND {WHOSE}
"""  # noqa: S608  pieces of our own
# Payments from the step `done` up to the next one: after how many whole days each came, and how much of the sum asked
# for it was.
CAME = f"""
    SELECT after, least(upto, done.sum) - least(upto - amount, done.sum) AS counted, upto = amount AS is_first
    FROM (
        SELECT floor(extract(epoch FROM p.at - done.done_at) / 86400)::int AS after, p.amount,
            sum(p.amount) OVER (ORDER BY p.at, p.id) AS upto
        FROM billing_payment p
        WHERE p.account_id = done.account_id AND p.reversed_at IS NULL AND p.at >= done.done_at
          AND p.at < least(done.next_at, done.done_at + interval '{MOST_WITHIN} days')
    ) one
"""  # noqa: S608  pieces of our own
TOLD = "EXISTS (SELECT FROM billing_reminder r WHERE r.step_id = {step}.id)"
# By the day and the step, the unit and the manager; columns as those of billing.models.BroughtIn.
BROUGHT = f"""
    WITH done AS MATERIALIZED ({DONE}), told AS (
        SELECT done.*, {TOLD.format(step="done")} AND NOT EXISTS (
            SELECT FROM billing_casestep e WHERE e.case_id = done.case_id AND e.state = 'done'
              AND (e.done_at, e.id) < (done.done_at, done.id) AND {TOLD.format(step="e")}) AS is_told
        FROM done
    )
    SELECT branch_id, unit_id, manager_id, step_id, day, currency, 0 AS after, count(*) AS reached,
        coalesce(sum(sum), 0) AS asked, count(message_id) AS messages, count(follow_up_id) AS tasks,
        count(*) FILTER (WHERE is_told) AS reminded,
        count(*) FILTER (WHERE is_told AND ended_for = 'paid' AND stopped_at IS NULL) AS paid_before,
        count(*) FILTER (WHERE is_told AND stopped_at IS NOT NULL) AS suspended, 0 AS paid, 0 AS recovered
    FROM told GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT branch_id, unit_id, manager_id, step_id, day, currency, came.after, 0, 0, 0, 0, 0, 0, 0,
        count(*) FILTER (WHERE is_first AND counted > 0), sum(counted)
    FROM done CROSS JOIN LATERAL ({CAME}) came GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608  pieces of our own
KEYS = "branch_id, unit_id, manager_id, step_id, day, currency, after"
SUMS = ("reached", "asked", "messages", "tasks", "reminded", "paid_before", "suspended", "paid", "recovered")
# The cases that a step reached, a page of them, with what each was asked for and what came in.
CASES = f"""
    SELECT case_id, sum, (
        SELECT coalesce(sum(counted), 0) FROM ({CAME}) came WHERE after < %(within)s
    ), id FROM ({DONE} AND s.id > %(after)s ORDER BY s.id LIMIT %(most)s) done ORDER BY id
"""  # noqa: S608  pieces of our own
