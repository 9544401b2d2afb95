"""Files of what made bills more or less. No bill falls below nothing, whatever the order of the rows."""

from django.utils.translation import gettext_lazy as _

from billing import ledger
from billing.imports import cells, columns, meanings
from billing.imports.facts import Money
from billing.imports.statements import conflict, problem, unknown
from customers.imports.fields import Field, Fields

# `rest` is what the bill comes to with this row and those before it. A row that would bring it below nothing is
# counted for those behind it all the same: so what is taken never goes below nothing either.
JOINS = """
    LEFT JOIN LATERAL (
        SELECT o.*, a.customer_id FROM billing_bill o JOIN billing_account a ON a.id = o.account_id
            JOIN customers_customer c ON c.id = a.customer_id
        WHERE o.branch_id = %(branch)s AND o.ref = s.bill
          AND (%(reach)s::bigint[] IS NULL OR c.unit_id = ANY (%(reach)s::bigint[])) OFFSET 0
    ) b ON true
    LEFT JOIN LATERAL (
        SELECT o.* FROM billing_adjustment o WHERE o.branch_id = %(branch)s AND o.ref = s.ref OFFSET 0
    ) x ON true
    LEFT JOIN LATERAL (
        SELECT b.amount + b.adjusted + sum(o.amount) AS sum FROM {staged} o
        WHERE o.bill = s.bill AND o.n <= s.n AND o.problems = '[]'
          AND NOT EXISTS (SELECT FROM {staged} p WHERE p.ref = o.ref AND p.n < o.n AND p.problems = '[]')
          AND NOT EXISTS (SELECT FROM billing_adjustment p WHERE p.branch_id = %(branch)s AND p.ref = o.ref)
        OFFSET 0
    ) rest ON s.amount < 0 AND x.id IS NULL AND e.n_before IS NULL
"""
PROBLEMS = [
    unknown("bills", "bill", "b"),
    problem("below_zero", "rest.sum < 0", column="'amount'", value="s.bill"),
    conflict(bill=("x.bill_id", "b.id"), kind=("x.kind", "s.kind"), amount=("x.amount", "s.amount")),
]
MAKING = """
    WITH made AS (
        INSERT INTO billing_adjustment (branch_id, bill_id, ref, kind, amount, reason)
        SELECT %(branch)s, k.of_id, s.ref, s.kind, s.amount, coalesce(s.reason, '')
        FROM {staged} s JOIN {classed} k USING (n)
        WHERE k.outcome = 'create' AND k.fact_id IS NULL ORDER BY s.ref
        ON CONFLICT (branch_id, ref) DO NOTHING
        RETURNING id, ref
    )
    UPDATE {classed} k SET fact_id = made.id
    FROM made JOIN {staged} s USING (ref)
    WHERE k.n = s.n AND k.outcome = 'create'
"""
LESS = """
    SELECT k.of_id, sum(s.amount) FROM {staged} s JOIN {classed} k USING (n)
    WHERE k.outcome = 'create' AND k.fact_id IS NULL GROUP BY 1
"""


class Adjustments(Money):
    name, title, model = "adjustments", _("Adjustments"), "billing.adjustment"
    fields = Fields(
        Field("bill", _("Bill number"), columns.BILL_WORDS),
        Field("ref", _("Adjustment number"), "调账编号 调账流水号 调整编号 adjustmentnumber adjustmentno"),
        Field("kind", _("Kind"), "类型 调账类型 调整类型 adjustmentkind adjustmenttype type"),
        Field("amount", _("Amount"), "金额 调账金额 调整金额 amount adjustmentamount"),
        Field("reason", _("Reason"), "原因 调账原因 备注 reason note"),
    )
    known_as = (_("Adjustment number"), _("Bill number"))
    needed = ("bill", "ref", "kind", "amount")
    said = {"bill": "text", "ref": "text", "kind": "text", "amount": "numeric(12,2)", "reason": "text"}
    readers = {
        "bill": cells.ref(60), "ref": cells.ref(60), "reason": cells.ref(300), "amount": cells.signed_money,
        "kind": cells.word(meanings.ADJUSTMENTS, "unknown_adjustment"),
    }  # fmt: skip
    account, of, customer, problems, making = "b.account_id", "b.id", "b.customer_id", PROBLEMS, MAKING
    touched = "SELECT (SELECT b.account_id FROM billing_bill b WHERE b.branch_id = %(branch)s AND b.ref = s.bill)"
    events = {"create": ("bill.adjusted", "'bill', k.of_id, 'ref', s.ref, 'kind', s.kind, 'amount', s.amount")}

    def __init__(self):
        self.joins = (JOINS.replace("{staged}", f"staged_{self.name}"),)
        super().__init__()

    def known_by(self, said):
        return said.get("ref", ""), said.get("bill", "")

    def check_row(self, draft):
        if draft.values.get("amount") == 0:
            draft.refuse("zero", column="amount")

    def make(self, cursor, values):
        self.run(cursor, LESS)
        ledger.make_room(dict(cursor.fetchall()))
        super().make(cursor, values)


ADJUSTMENTS = Adjustments()
