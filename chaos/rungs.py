"""What the database says of dunning after the faults. Each question lists the accounts (ids) of which
something is wrong, once for each wrong thing, and has to come back empty.

`%(debtors)s` are the accounts that were planted, and `%(days)s` beside them how many days overdue they were then.
"""

# How many days overdue whoever never pays is, when their lines are stopped one way, both ways, and cancelled.
ONE_WAY, TWO_WAY, CANCELLED = 12, 27, 73
DAY = "(now() AT TIME ZONE u.time_zone)::date"
# Of the case `c`: the customer has promised to pay, or somebody stopped dunning; no step is due meanwhile.
HELD = """(
    EXISTS (SELECT FROM billing_paymentpromise p WHERE p.account_id = c.account_id AND p.state = 'open')
    OR EXISTS (SELECT FROM billing_hold h
               WHERE h.account_id = c.account_id AND h.kind = 'manual' AND h.ended_at IS NULL)
)"""
OVERDUE = f"""
    EXISTS (SELECT FROM billing_bill b WHERE b.account_id = a.id AND b.open > 0 AND b.due_on < {DAY})
"""
DEBTORS = f"""
    SELECT a.id, d.days, {OVERDUE} AS owes, EXISTS (SELECT FROM billing_payment p WHERE p.account_id = a.id) AS paid
    FROM unnest(%(debtors)s::bigint[], %(days)s::int[]) d (id, days)
    JOIN billing_account a USING (id) JOIN staff_unit u ON u.id = a.branch_id
"""
STOPS = "r.origin = 'arrears' AND r.action IN ('suspend_one_way', 'suspend_two_way', 'cancel')"

# When a bill `b` came to be overdue before the moment `{at}`, and was not wholly paid until then.
OWED = """
    b.due_on < ({at} AT TIME ZONE u.time_zone)::date
    AND b.amount + b.adjusted > (SELECT coalesce(sum(x.amount), 0) FROM billing_allocation x
                                 WHERE x.bill_id = b.id AND x.at <= {at})
"""
# The reminder of the case, a day before, of what was the oldest when the stop was asked for, every bill of it (nothing
# is disputed here).
UNREMINDED = f"""
    SELECT r.account_id AS account FROM billing_servicerequest r WHERE {STOPS} AND NOT EXISTS (
        SELECT FROM billing_reminder t JOIN billing_casestep s ON s.id = t.step_id
        JOIN outreach_message m ON m.id = t.message_id
        WHERE t.id = r.reminder_id AND s.case_id = r.case_id AND t.account_id = r.account_id
          AND m.state IN ('accepted', 'delivered') AND t.at <= r.asked_at - interval '24 hours'
          AND s.since = (SELECT min(b.due_on) FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
                         WHERE b.account_id = r.account_id AND {OWED.format(at="r.asked_at")})
          AND NOT EXISTS (SELECT FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
                          WHERE b.account_id = r.account_id AND b.due_on = s.since
                            AND b.id <> ALL (coalesce(s.bills, '{{}}')) AND {OWED.format(at="r.asked_at")}))
"""
# An attempt is written down in the transaction of the claim, which holds the account as a payment does.
AFTER_PAYMENT = f"""
    SELECT c.account_id AS account FROM outreach_attempt t JOIN outreach_message m ON m.id = t.message_id
    JOIN billing_casestep s ON s.id = m.about_id AND m.about_type = 'billing.casestep'
    JOIN billing_dunningcase c ON c.id = s.case_id JOIN staff_unit u ON u.id = c.branch_id
    WHERE c.account_id = ANY (%(debtors)s) AND NOT EXISTS (
        SELECT FROM billing_bill b WHERE b.account_id = c.account_id AND {OWED.format(at="t.started_at")})
"""
LOST = {
    "case": f"SELECT id AS account FROM ({DEBTORS}) d WHERE owes AND NOT EXISTS (SELECT FROM billing_dunningcase c"
    " WHERE c.account_id = d.id AND c.state <> 'closed')",
    "step": f"""
        SELECT c.account_id AS account FROM billing_dunningcase c JOIN staff_unit u ON u.id = c.branch_id
        WHERE c.state <> 'closed' AND c.next_on <= {DAY} AND NOT {HELD} AND NOT EXISTS (
            SELECT FROM billing_casestep s
            WHERE s.case_id = c.id AND s.step_id = c.next_step_id AND s.look_at > now())
    """,
    "message": """
        SELECT c.account_id AS account FROM billing_casestep s JOIN billing_scenariostep k ON k.id = s.step_id
        JOIN billing_dunningcase c ON c.id = s.case_id
        WHERE s.state = 'done' AND k.action = 'message' AND s.message_id IS NULL
    """,
    "reminder": """
        SELECT c.account_id AS account FROM billing_casestep s JOIN outreach_message m ON m.id = s.message_id
        JOIN billing_dunningcase c ON c.id = s.case_id
        WHERE m.state IN ('accepted', 'delivered') AND m.key LIKE 'dunning:%%'
          AND NOT EXISTS (SELECT FROM billing_reminder t WHERE t.step_id = s.id)
    """,
    "answer": "SELECT account_id AS account FROM billing_servicerequest WHERE state IN ('asked', 'accepted')",
    "suspension": f"""
        SELECT d.id AS account FROM ({DEBTORS}) d JOIN billing_account a USING (id)
        JOIN customers_line l ON l.customer_id = a.customer_id
        WHERE NOT paid AND l.status <> CASE WHEN days >= {CANCELLED} THEN 'off_net'
            WHEN days >= {TWO_WAY} THEN 'suspended_two_way'
            WHEN days >= {ONE_WAY} THEN 'suspended_one_way' ELSE 'active' END
    """,
    "restoration": f"""
        SELECT d.id AS account FROM ({DEBTORS}) d JOIN billing_account a USING (id)
        JOIN customers_line l ON l.customer_id = a.customer_id
        WHERE paid AND l.status <> 'active' AND NOT (days >= {CANCELLED} AND l.status = 'off_net')
    """,
    "end": f"SELECT id AS account FROM ({DEBTORS}) d WHERE NOT owes AND EXISTS (SELECT FROM billing_dunningcase c"
    " WHERE c.account_id = d.id AND c.state <> 'closed')",
}
DOUBLED = {
    "stop": f"""
        SELECT min(r.account_id) AS account FROM billing_servicerequest r WHERE {STOPS}
        GROUP BY r.case_id, r.action, r.line_id HAVING count(*) > 1
    """,
    "restoration": f"""
        SELECT min(r.account_id) AS account FROM billing_servicerequest r
        WHERE r.account_id = ANY (%(debtors)s) GROUP BY r.line_id
        HAVING count(*) FILTER (WHERE r.origin = 'paid')
             > count(*) FILTER (WHERE {STOPS} AND r.state IN ('accepted', 'confirmed'))
    """,
    "event of a request": """
        SELECT r.account_id AS account FROM billing_servicerequest r JOIN audit_event e
        ON e.subject_type = 'billing.servicerequest' AND e.subject_id = r.id
        WHERE r.account_id = ANY (%(debtors)s) GROUP BY r.id, e.verb HAVING count(*) > 1
    """,
    "event of a case": """
        SELECT c.account_id AS account FROM billing_dunningcase c JOIN audit_event e
        ON e.subject_type = 'billing.dunningcase' AND e.subject_id = c.id
        WHERE c.account_id = ANY (%(debtors)s) AND e.verb IN ('dunning.opened', 'dunning.closed')
        GROUP BY c.id, e.verb HAVING count(*) > 1
    """,
    "step": """
        SELECT c.account_id AS account FROM billing_dunningcase c WHERE c.account_id = ANY (%(debtors)s)
          AND (SELECT count(*) FROM billing_casestep s WHERE s.case_id = c.id AND s.state = 'done')
           <> (SELECT count(*) FROM audit_event e WHERE e.subject_type = 'billing.dunningcase' AND e.subject_id = c.id
               AND e.verb = 'dunning.step_done')
    """,
    "payment": "SELECT id AS account FROM billing_account WHERE id = ANY (%(debtors)s) AND credit > 0",
}
QUESTIONS = (
    {"stops without a reminder": UNREMINDED, "messages after the payment": AFTER_PAYMENT}
    | {f"{what} lost": question for what, question in LOST.items()}
    | {f"{what} doubled": question for what, question in DOUBLED.items()}
)


def by_name(questions: dict[str, str]) -> str:
    """One statement for all: {name: what it comes back with}, each being one value."""
    parts = (f"'{name}', ({question})" for name, question in questions.items())
    return f"SELECT json_build_object({', '.join(parts)})"


WRONG = by_name(
    {name: f"SELECT coalesce(json_agg(account), '[]') FROM ({question}) wrong" for name, question in QUESTIONS.items()}
)
