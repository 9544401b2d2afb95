"""A year of bills, use and payments of the demo customers, made inside the database by INSERT … SELECT (domain 5).

Everything is drawn from the customer's number, so it is the same on every run. What a mobile line costs comes to ¥47 on
average and a broadband line to ¥42; of a hundred customers 4.2 owe something overdue, most of them one month. The sums
that triggers would keep row by row are written as they will be; `billing.checking` finds no difference afterwards.
"""

from datetime import timedelta

import pgtrigger
from django.db import connection
from psycopg2 import sql

from billing import ledger, weighing
from billing.models import Adjustment, Bill
from billing.shock import months_before

MONTHS, DUE_DAY = 12, 22
ADJUSTED = 6  # bills of the branch that were corrected afterwards

# `luck(key, n)` is the n-th draw of a key, from 0 up to 1. Lives as long as the session.
LUCK = """
    CREATE OR REPLACE FUNCTION pg_temp.luck(key bigint, n integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (hashint8extended(key + n, 2008) & 1048575) / 1048576.0 $$
"""
# Half of the ordinary customers have a limit; what is not billed yet grows through the month.
ACCOUNTS = """
    INSERT INTO billing_account
        (branch_id, customer_id, ref, name, currency, way, credit_limit, unbilled, owed, credit, closed_on,
        version)
    SELECT c.branch_id, c.id, 'Z' || c.number, '', 'CNY', c.payment_way,
        CASE WHEN t."order" < 4 THEN (ARRAY[2000, 1000, 500])[t."order"]
             WHEN pg_temp.luck(k.key, 1) < 0.5 THEN 200 ELSE 0 END,
        CASE WHEN c.left_on IS NULL
             THEN round((c.monthly_charge * {through} * (0.4 + 0.5 * pg_temp.luck(k.key, 2)))::numeric, 2) ELSE 0 END,
        0, 0, c.left_on, 1
    FROM customers_customer c JOIN customers_tier t ON t.id = c.tier_id
    CROSS JOIN LATERAL (SELECT hashtextextended(c.number, 0) AS key) k
    WHERE c.id BETWEEN {first} AND {last}
"""
# `rank`: 1 is the newest bill that is due, 0 and less are not due yet; `depth`: how many months a customer is behind.
YEAR = """
    WITH held AS (
        SELECT c.id, sum(p.monthly_fee) FILTER (WHERE l.kind = 'mobile') AS mobile,
            sum(p.monthly_fee) FILTER (WHERE l.kind = 'broadband') AS broadband,
            sum(p.monthly_fee) FILTER (WHERE l.kind = 'fixed') AS fixed
        FROM customers_customer c JOIN customers_line l ON l.customer_id = c.id
        JOIN customers_planprice p ON p.plan_id = l.plan_id AND p.valid_to IS NULL
        WHERE c.id BETWEEN {first} AND {last} GROUP BY c.id
    ), payer AS (
        SELECT a.id, a.branch_id, a.ref, a.way, hashtextextended(c.number, 0) AS key, c.joined_on, c.left_on,
            coalesce(h.mobile, 0) AS mobile, coalesce(h.broadband, 0) AS broadband, coalesce(h.fixed, 0) AS fixed
        FROM customers_customer c JOIN billing_account a ON a.customer_id = c.id JOIN held h ON h.id = c.id
        WHERE c.id BETWEEN {first} AND {last}
    ), owing AS (
        SELECT payer.*, CASE WHEN pg_temp.luck(key, 3) < 0.042 THEN
            1 + (late.luck > 0.62)::int + (late.luck > 0.85)::int + (late.luck > 0.95)::int ELSE 0 END AS depth,
            pg_temp.luck(key, 4) < {shocks} AND joined_on < {oldest} AND left_on IS NULL AS shocked
        FROM payer CROSS JOIN LATERAL (SELECT pg_temp.luck(key, 5) AS luck) late
    ), month AS (
        SELECT day::date AS day, n::int AS n
        FROM generate_series({oldest}::date, {newest}::date, '1 month') WITH ORDINALITY AS month (day, n)
    ), used AS (
        INSERT INTO billing_monthlyusage (branch_id, account_id, month, service, quantity, measure, charge)
        SELECT o.branch_id, o.id, m.day, s.service, round(s.charge * s.per, 3), s.measure, s.charge
        FROM owing o CROSS JOIN month m CROSS JOIN LATERAL (
            SELECT service, measure, per, round((sum * (0.6 + 0.8 * pg_temp.luck(o.key, m.n * 16 + k)))::numeric, 2)
            FROM (VALUES
                (6, 'fee', 'months', 0, o.mobile * 0.44 + o.fixed * 0.8),
                (7, 'voice', 'minutes', 6,
                    CASE WHEN pg_temp.luck(o.key, 9) < 0.3 THEN o.mobile * 0.2 + o.fixed * 0.2 ELSE 0 END),
                (8, 'data', 'megabytes', 90,
                    CASE WHEN pg_temp.luck(o.key, 10) < 0.6 THEN o.mobile * 0.2 * (1 + m.n * 0.02) ELSE 0 END),
                (9, 'broadband', 'months', 0, o.broadband * 0.656),
                (10, 'roaming', 'minutes', 1,
                    CASE WHEN o.shocked AND m.n = {months} THEN (o.mobile + o.broadband + o.fixed) * 7 ELSE 0 END)
            ) AS service (k, service, measure, per, sum)
            WHERE sum > 0 OFFSET 0
        ) AS s (service, measure, per, charge)
        WHERE s.charge > 0 AND m.day >= o.joined_on - 31 AND m.day <= coalesce(o.left_on, m.day)
        RETURNING account_id, month, charge
    ), billed AS (
        SELECT o.*, m.month, m.sum, m.n, o.ref || to_char(m.month, 'YYMM') AS number,
            (m.month + interval '1 month 1 day')::date AS issued_on, due.day AS due_on,
            (extract(year FROM since) * 12 + extract(month FROM since))::int + 1 AS rank, due.day
            + (CASE WHEN pg_temp.luck(o.key, 300 + m.n) < 0.08 THEN 1 + 12 * when_.luck ELSE -18 * when_.luck END)::int
                AS paid_on
        FROM (
            SELECT account_id, month, sum(charge) AS sum, extract(month FROM month)::int AS n,
                age({due}::date, month) AS since
            FROM used GROUP BY account_id, month
        ) m JOIN owing o ON o.id = m.account_id
        CROSS JOIN LATERAL (SELECT (m.month + interval '1 month 21 days')::date AS day) due
        CROSS JOIN LATERAL (SELECT pg_temp.luck(o.key, 320 + m.n) AS luck) when_
    ), judged AS (
        SELECT *, CASE
            WHEN rank > depth AND rank > 0 THEN sum
            WHEN rank > 0 AND rank = depth AND pg_temp.luck(key, 340) > 0.8 THEN round(sum / 2, 2)
            WHEN rank <= 0 AND depth = 0 AND paid_on < {today} THEN sum
            ELSE 0 END AS paid
        FROM billed
    ), bills AS (
        INSERT INTO billing_bill
            (branch_id, account_id, ref, month, issued_on, due_on, amount, adjusted, paid, weighed_at)
        SELECT branch_id, id, number, month, issued_on, due_on, sum, 0, paid,
            CASE WHEN shocked AND month = {newest} THEN NULL ELSE {now} END
        FROM judged
        RETURNING id, ref, paid
    ), payments AS (
        INSERT INTO billing_payment (branch_id, account_id, source, ref, way, amount, at, booked_at, used)
        SELECT branch_id, id, 'billing', number, way, paid, paid_at, paid_at, paid
        FROM judged CROSS JOIN LATERAL (
            SELECT least(paid_on, {today}::date - 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
                + interval '8 hours' + interval '12 hours' * pg_temp.luck(key, 360 + n) AS paid_at
        ) moment WHERE paid > 0
        RETURNING id, ref, at
    )
    INSERT INTO billing_allocation (payment_id, bill_id, amount, at)
    SELECT p.id, b.id, b.paid, p.at FROM bills b JOIN payments p USING (ref)
"""
# One customer in ten who is not behind has paid ahead.
AHEAD = """
    INSERT INTO billing_payment (branch_id, account_id, source, ref, way, amount, at, used)
    SELECT branch_id, id, 'billing', ref || 'V', way, 50 * (1 + floor(4 * pg_temp.luck(key, 7))),
        {now}::timestamptz - interval '40 days' * pg_temp.luck(key, 8), 0
    FROM (
        SELECT a.*, hashtextextended(substr(a.ref, 2), 0) AS key FROM billing_account a
        WHERE a.customer_id BETWEEN {first} AND {last} AND a.owed = 0 AND a.closed_on IS NULL
    ) a WHERE pg_temp.luck(key, 6) < 0.1
"""
# The tables are so new that the planner takes each step for a handful of rows, and would walk over all for every one.
HASHED, AS_BEFORE = "SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop = on"
SHOCKS = 0.002  # share of the customers whose newest bill is unusually high


def fill(ids, world):
    """Accounts with their year for customers whose ids are this range."""
    month = world.today.replace(day=1)
    newest = months_before(month, 1 if world.today.day > 1 else 2)  # issued on the 2nd
    due = months_before(month, 1 if world.today.day > DUE_DAY else 2)  # of the newest bill that should be paid
    values = {
        "first": ids[0], "last": ids[-1], "today": world.today, "now": world.now, "shocks": SHOCKS, "months": MONTHS,
        "oldest": months_before(newest, MONTHS - 1), "newest": newest, "due": due, "through": world.today.day / 31,
    }  # fmt: skip
    literals = {name: sql.Literal(value) for name, value in values.items()}
    with connection.cursor() as cursor, pgtrigger.ignore("billing.Allocation:uses"):
        for statement in (LUCK, ACCOUNTS, HASHED, YEAR, AHEAD, AS_BEFORE):
            cursor.execute(sql.SQL(statement).format(**literals).as_string(cursor.connection))


def plant(world):
    """After the customers: some corrections, and who tells those whose bill is unusually high."""
    branch = world.org.branch
    bills = Bill.objects.filter(branch=branch, open=0, amount__gt=20).order_by("ref")
    ledger.adjust(
        [
            Adjustment(
                branch=branch, bill=bill, ref=f"DEMO{n}", kind="compensation", amount=-10 - n,
                reason="宽带故障超时修复，减免部分月租", at=world.now - timedelta(days=n),
            )
            for n, bill in enumerate(bills[: ADJUSTED * 11 : 11])
        ]
    )  # fmt: skip
    weighing.weigh(world.now)
