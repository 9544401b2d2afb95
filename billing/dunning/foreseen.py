"""The query behind the dry run: whom each step of a branch would meet on a day, if no payment came in until then.

It asks what planning asks (the same pieces), of the day `%(at)s`, and takes the steps between today (`%(today)s`) and
then as done: a stop as confirmed on the day it is asked for, a promise as broken once its last part is due.

Of a customer's messages that fall on one day the first goes and the others wait, as `once_a_day` says; what that moves
on the days after is known of those that wait already.
"""

from billing.dunning.again import AGAIN
from billing.dunning.announcing import unannounced
from billing.dunning.dunned import DISPUTED, LINES, OVERDUE, PAID_FOR, PAYS, PROMISED, STOPPED
from billing.dunning.once_a_day import written_to
from billing.dunning.planning import CHOSEN, WAYS

CREDIT_LEFT = "a.credit_limit + a.credit - a.owed - a.unbilled > 0"  # as Account.available
# Accounts in (`%(after)s`, `%(upto)s`] with something overdue on that day, as they stand.
DUE = f"""
    SELECT b.account_id, b.branch_id, sum(b.open) FILTER (WHERE NOT {DISPUTED}) AS sum,
        min(b.due_on) FILTER (WHERE NOT {DISPUTED}) AS since
    FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
    WHERE b.account_id > %(after)s AND b.account_id <= %(upto)s AND b.branch_id = %(branch)s AND {OVERDUE} GROUP BY 1, 2
"""  # noqa: S608  pieces of our own
FACTS = f"""
    SELECT due.*, a.customer_id, c.tier_id, c.status = 'left' AS has_left, {CREDIT_LEFT} AS credit_left,
        CASE WHEN {PROMISED} THEN (
            SELECT greatest(max(part.due_on), %(today)s) + 1 FROM billing_paymentpromise p
            JOIN billing_promisepart part ON part.promise_id = p.id WHERE p.account_id = a.id AND p.state = 'open'
        ) END AS promised_until,
        CASE WHEN {STOPPED} THEN (
            SELECT h.until + 1 FROM billing_hold h
            WHERE h.account_id = a.id AND h.kind = 'manual' AND h.ended_at IS NULL
        ) END AS stopped_until,
        (waiting.look_at AT TIME ZONE u.time_zone)::date AS told_until,
        d.id AS case_id, d.version_id AS case_version, d.since AS case_since,
        CASE WHEN anew.step_id IS NULL THEN coalesce(again.on_day, d.next_on)
             ELSE greatest(anew.on_day, again.on_day) END AS next_on,
        CASE WHEN anew.step_id IS NOT NULL THEN stop.n END AS stop_n,
        (d.stopped_at AT TIME ZONE u.time_zone)::date AS stopped_on, step.n AS next_n, step.id AS next_step_id,
        step.counts_from, step.days AS step_days, step.action AS step_action,
        way.id AS way_id, way.step_n AS way_n, way.counts_from AS way_from,
        way.days AS way_days, greatest(due.since + way.from_days::int, %(today)s) AS opens_on
    FROM due JOIN billing_account a ON a.id = due.account_id JOIN staff_unit u ON u.id = a.branch_id
    JOIN customers_customer c ON c.id = a.customer_id JOIN customers_tier t ON t.id = c.tier_id
    LEFT JOIN billing_dunningcase d ON d.account_id = a.id AND d.state <> 'closed'
    LEFT JOIN LATERAL {AGAIN} ON d.id IS NOT NULL
    LEFT JOIN billing_scenariostep stop ON stop.id = coalesce(again.step_id, d.next_step_id)
    LEFT JOIN LATERAL {unannounced("due.since")} ON d.id IS NOT NULL AND due.since IS NOT NULL
    LEFT JOIN billing_scenariostep step ON step.id = coalesce(anew.step_id, stop.id)
    LEFT JOIN billing_casestep waiting ON waiting.case_id = d.id AND waiting.step_id = step.id
        AND waiting.state = 'planned' AND waiting.waits_for = 'told_today'
    CROSS JOIN LATERAL {PAYS}
    LEFT JOIN LATERAL {CHOSEN} ON d.id IS NULL AND due.sum > 0
"""  # noqa: S608  pieces of our own
# From where each goes on: the step `n` of its version, from the day `step_on` on.
BEGIN = """
    SELECT facts.*, coalesce(case_version, way_id) AS version_id, greatest(case_since, since) AS began,
        coalesce(next_n, way_n) AS n,
        greatest(%(today)s, promised_until, stopped_until, told_until, CASE
            WHEN case_id IS NULL THEN CASE way_from WHEN 'before' THEN opens_on + way_days
                                                    ELSE greatest(since + way_days, opens_on) END
            WHEN next_on IS NOT NULL THEN greatest(next_on, CASE
                WHEN counts_from = 'due' AND (since > case_since OR step_action LIKE 'suspend%%') THEN since + step_days
            END)
            WHEN next_n IS NOT NULL AND counts_from = 'suspended' AND stopped_on IS NULL THEN %(today)s + step_days
        END) AS step_on,
        CASE WHEN has_left THEN 'left'
             WHEN coalesce(sum, 0) = 0 THEN 'disputed'
             WHEN case_id IS NULL AND way_id IS NULL THEN 'no_scenario'
             WHEN case_id IS NULL AND opens_on > %(day)s THEN 'young'
             WHEN case_id IS NOT NULL AND next_n IS NULL THEN 'over'
             WHEN promised_until > %(day)s THEN 'promise'
             WHEN stopped_until > %(day)s THEN 'stopped'
             WHEN told_until > %(day)s THEN 'told_today'
        END AS kept_out
    FROM facts
"""
# Between a message and the suspension that it announces lies a whole day.
GAP = "greatest(s.gap::int, CASE WHEN r.action = 'message' AND s.action LIKE 'suspend%%' THEN 2 END)"
GONE_ON = f"""
    SELECT b.account_id, b.version_id, b.began, s.n, b.stop_n, b.step_on AS on_day, s.id AS step_id, s.action,
        CASE WHEN s.action IN ('suspend_one_way', 'suspend_two_way') THEN coalesce(b.stopped_on, b.step_on)
             ELSE b.stopped_on END AS stopped_on,
        s."when" = 'credit_used_up' AND b.credit_left AS waits, b.credit_left
    FROM begin b JOIN billing_scenariostep s ON s.version_id = b.version_id AND s.n = b.n
    WHERE b.kept_out IS NULL AND b.step_on <= %(day)s
    UNION ALL
    SELECT r.account_id, r.version_id, r.began, s.n, NULL::smallint, coming.on_day, s.id, s.action,
        CASE WHEN s.action IN ('suspend_one_way', 'suspend_two_way') THEN coalesce(r.stopped_on, coming.on_day)
             ELSE r.stopped_on END,
        s."when" = 'credit_used_up' AND r.credit_left, r.credit_left
    FROM gone_on r JOIN billing_scenariostep s ON s.version_id = r.version_id AND s.n = coalesce(r.stop_n, r.n + 1)
    CROSS JOIN LATERAL (SELECT greatest(r.on_day + {GAP}, s.days + CASE s.counts_from
        WHEN 'due' THEN r.began WHEN 'before' THEN r.on_day ELSE r.stopped_on END) AS on_day) coming
    WHERE NOT r.waits AND coming.on_day <= %(day)s AND (s.counts_from <> 'suspended' OR r.stopped_on IS NOT NULL)
"""  # noqa: S608  pieces of our own
NO_LINE_BUT_EXEMPT = f"""
    EXISTS (SELECT FROM {LINES} WHERE {PAID_FOR} AND l.status <> 'off_net')
    AND NOT EXISTS (
        SELECT FROM {LINES} WHERE {PAID_FOR} AND l.status <> 'off_net' AND NOT EXISTS (
            SELECT FROM billing_exemption e WHERE e.line_id = l.id AND e.state = 'approved'
              AND (e.until IS NULL OR e.until >= %(day)s)))
"""  # noqa: S608  pieces of our own
WRITES = "(m.reason IS NULL AND m.action = 'message')"
# Whether the customer of the account `m` gets another message on that day: one that an account before it is foreseen to
# meet, here or in an earlier range; or, today, one that was written or sent today, or is still to be sent.
TOLD = f"""(
    row_number() OVER (PARTITION BY m.customer_id, {WRITES} ORDER BY m.account_id) > 1
    OR EXISTS (
        SELECT FROM billing_account o JOIN billing_foreseen f ON f.account_id = o.id AND f.dry_run_id = %(dry_run)s
        JOIN billing_scenariostep s ON s.id = f.step_id
        WHERE o.customer_id = m.customer_id AND o.id <= %(after)s AND f.reason = '' AND s.action = 'message')
    OR %(day)s = %(today)s AND {written_to("m.customer_id", "%(today)s")})
"""
# Rows (account_id, customer_id, tier_id, case_id, step_id, sum, since, reason); a reason: nothing happens, for it.
FORESEEN = f"""
    WITH RECURSIVE ways AS MATERIALIZED ({WAYS}), due AS MATERIALIZED ({DUE}), facts AS MATERIALIZED ({FACTS}),
    begin AS MATERIALIZED ({BEGIN}), gone_on AS ({GONE_ON}),
    last AS (SELECT DISTINCT ON (account_id) * FROM gone_on ORDER BY account_id, n DESC),
    met AS (
        SELECT b.account_id, b.customer_id, b.tier_id, b.case_id, l.step_id, l.action, b.sum, b.since,
            CASE WHEN b.kept_out IS NOT NULL THEN b.kept_out
                 WHEN l.waits THEN 'credit'
                 WHEN l.on_day IS NULL OR l.on_day < %(day)s THEN 'another_day'
                 WHEN l.action NOT IN ('message', 'task') AND {NO_LINE_BUT_EXEMPT} THEN 'exempt'
            END AS reason
        FROM begin b LEFT JOIN last l USING (account_id) JOIN billing_account a ON a.id = b.account_id
    ),
    foreseen AS (
        SELECT account_id, customer_id, tier_id, case_id, step_id, sum, since,
            CASE WHEN {WRITES} AND {TOLD} THEN 'told_today' ELSE reason END AS reason
        FROM met m
    )
"""  # noqa: S608  pieces of our own
