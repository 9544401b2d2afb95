"""What is dunned, in SQL: pieces that planning, looking again and the guard of sending share, so that they agree.

They know the rows as `b` (bill), `a` (account) and `u` (the branch), and the moment as `%(at)s`. A day is the branch's.
"""

DAY = "(%(at)s::timestamptz AT TIME ZONE u.time_zone)::date"
DISPUTED = """
    EXISTS (SELECT FROM billing_hold h WHERE h.bill_id = b.id AND h.kind = 'dispute' AND h.ended_at IS NULL)
"""
# As BillQuerySet.overdue and .dunned say it.
OVERDUE = f"b.open > 0 AND b.due_on < {DAY}"
DUNNED = f"{OVERDUE} AND NOT {DISPUTED}"
PROMISED = "EXISTS (SELECT FROM billing_paymentpromise p WHERE p.account_id = a.id AND p.state = 'open')"
STOPPED = f"""
    EXISTS (SELECT FROM billing_hold h WHERE h.account_id = a.id AND h.kind = 'manual' AND h.ended_at IS NULL
            AND (h.until IS NULL OR h.until >= {DAY}))
"""
# Lines (`l`) that the account pays for, as service_requests.lines says it, of the rows of LINES.
LINES = "customers_line l LEFT JOIN billing_accountline said ON said.line_id = l.id"
PAID_FOR = """
    l.customer_id = a.customer_id AND (said.account_id = a.id OR said.id IS NULL AND a.id = (
        SELECT min(o.id) FROM billing_account o WHERE o.customer_id = a.customer_id AND o.closed_on IS NULL))
"""
# An account that pays for fixed lines, broadband and TV alone.
PAYS_FOR_FIXED = f"""
    (SELECT coalesce(bool_and(l.kind IN ('fixed', 'broadband', 'tv')), false)
     FROM {LINES} WHERE {PAID_FOR} AND l.status <> 'off_net')
"""  # noqa: S608  pieces of our own
# Whether one of the `ways` of dunning is made for an account with its customer `c`, their tier `t`, and `pays.product`.
MEANT = """
    (ways.kinds = '{}' OR c.kind = ANY (ways.kinds)) AND (ways.tiers = '{}' OR t.code = ANY (ways.tiers))
    AND (ways.products = '{}' OR pays.product = ANY (ways.products))
    AND (ways.locked IS NULL OR ways.locked = c.locked_high_value)
"""
PAYS = f"(SELECT CASE WHEN {PAYS_FOR_FIXED} THEN 'fixed' ELSE 'mobile' END AS product OFFSET 0) pays"
