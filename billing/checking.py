"""Whether every sum that is kept is the sum of its parts; computed anew from the single rows."""

from django.db import connection

# Rows (table, id, what is kept, what it should be), of accounts from %(after)s to %(upto)s.
DIFFERENCES = """
    WITH here AS (SELECT id, owed, credit FROM billing_account WHERE id > %(after)s AND id <= %(upto)s),
    bill AS (
        SELECT b.id, b.account_id, b.adjusted, b.paid, b.open, b.amount
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
    UNION ALL SELECT 'owed', id, owed, parts FROM here
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(billed - bill.parts), 0) AS parts FROM bill WHERE account_id = here.id
        ) s WHERE owed <> parts
    UNION ALL SELECT 'credit', id, credit, parts FROM here CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount - payment.parts), 0) AS parts FROM payment
        WHERE account_id = here.id AND reversed_at IS NULL
    ) s WHERE credit <> parts
    ORDER BY 1, 2
"""


def differences(after=0, upto=2**62) -> list[tuple]:
    """Rows (what, id, kept, recomputed) that differ, of the accounts with ids in (after, upto]; [] is as it must be."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"after": after, "upto": upto})
        return cursor.fetchall()
