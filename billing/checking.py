"""Whether every sum that is kept is the sum of its parts, and every stop for arrears was reminded of when it says;
computed anew from the single rows.
"""

from django.db import connection

# Rows (table, id, what is kept, what it should be), of accounts from %(after)s to %(upto)s.
DIFFERENCES = """
    WITH here AS (SELECT id, owed, credit FROM billing_account WHERE id > %(after)s AND id <= %(upto)s),
    bill AS (
        SELECT b.id, b.account_id, b.paid, b.open,
               b.amount
             + (SELECT coalesce(sum(a.amount), 0) FROM billing_adjustment a WHERE a.bill_id = b.id) AS billed,
               (SELECT coalesce(sum(a.amount), 0) FROM billing_allocation a WHERE a.bill_id = b.id) AS parts
        FROM billing_bill b JOIN here ON here.id = b.account_id
    ), payment AS (
        SELECT p.id, p.account_id, p.used, p.amount, p.reversed_at,
               (SELECT coalesce(sum(a.amount), 0) FROM billing_allocation a WHERE a.payment_id = p.id) AS parts
        FROM billing_payment p JOIN here ON here.id = p.account_id
    )
    SELECT 'bill', id, open, billed - parts FROM bill WHERE open <> billed - parts OR paid <> parts
    UNION ALL SELECT 'payment', id, used, parts FROM payment WHERE used <> parts
    UNION ALL SELECT 'owed', here.id, owed, coalesce(owing.sum, 0) FROM here LEFT JOIN (
        SELECT account_id, sum(billed - parts) FROM bill GROUP BY account_id
    ) owing ON owing.account_id = here.id WHERE owed <> coalesce(owing.sum, 0)
    UNION ALL SELECT 'credit', here.id, credit, coalesce(unused.sum, 0) FROM here LEFT JOIN (
        SELECT account_id, sum(amount - parts) FROM payment WHERE reversed_at IS NULL GROUP BY account_id
    ) unused ON unused.account_id = here.id WHERE credit <> coalesce(unused.sum, 0)
    UNION ALL SELECT 'reminder', q.id, extract(epoch FROM q.reminded_at), extract(epoch FROM r.at)
    FROM here JOIN billing_servicerequest q ON q.account_id = here.id
    LEFT JOIN billing_reminder r ON r.id = q.reminder_id AND r.account_id = q.account_id AND EXISTS (
        SELECT FROM billing_casestep s WHERE s.id = r.step_id AND s.case_id = q.case_id)
    WHERE q.origin = 'arrears' AND q.action IN ('suspend_one_way', 'suspend_two_way', 'cancel')
      AND q.reminded_at IS DISTINCT FROM r.at
    UNION ALL SELECT 'promised', d.id, d.promised::int, (p.id IS NOT NULL)::int
    FROM here JOIN billing_dunningcase d ON d.account_id = here.id AND d.state <> 'closed'
    LEFT JOIN billing_paymentpromise p ON p.account_id = here.id AND p.state = 'open'
    WHERE d.promised <> (p.id IS NOT NULL)
    ORDER BY 1, 2
"""


def differences(after=0, upto=2**62) -> list[tuple]:
    """Rows (what, id, kept, recomputed) that differ, of the accounts with ids in (after, upto]; [] is as it must be."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"after": after, "upto": upto})
        return cursor.fetchall()
