"""Files of bills. A bill that is there stays as it is: other figures under its number are a conflict."""

from django.utils.translation import gettext_lazy as _

from billing.imports import cells, columns
from billing.imports.facts import Money
from billing.imports.statements import ACCOUNT, conflict, unknown
from customers.imports.fields import Field, Fields

THERE = """
    LEFT JOIN LATERAL (
        SELECT o.* FROM billing_bill o WHERE o.branch_id = %(branch)s AND o.ref = s.ref OFFSET 0
    ) x ON true
"""
FIGURES = ("month", "issued_on", "due_on", "amount")
PROBLEMS = [
    unknown("accounts", "account", "a"),
    conflict(account=("x.account_id", "a.id"), **{name: (f"x.{name}", f"s.{name}") for name in FIGURES}),
]
MAKING = """
    WITH made AS (
        INSERT INTO billing_bill (branch_id, account_id, ref, month, issued_on, due_on, amount, adjusted, paid)
        SELECT %(branch)s, k.account_id, s.ref, s.month, s.issued_on, s.due_on, s.amount, 0, 0
        FROM {staged} s JOIN {classed} k USING (n)
        WHERE k.outcome = 'create' AND k.fact_id IS NULL ORDER BY s.ref
        ON CONFLICT (branch_id, ref) DO NOTHING
        RETURNING id, ref
    )
    UPDATE {classed} k SET fact_id = made.id
    FROM made JOIN {staged} s USING (ref)
    WHERE k.n = s.n AND k.outcome = 'create'
"""


class Bills(Money):
    name, title, model = "bills", _("Bills"), "billing.bill"
    fields = Fields(
        columns.ACCOUNT,
        Field("ref", _("Bill number"), columns.BILL_WORDS),
        columns.MONTH,
        Field("issued_on", _("Issued on"), "出账日期 出账日 账单日期 账单日 issued issuedate billdate invoicedate"),
        Field("due_on", _("Due on"), "到期日 到期日期 缴费截止日 缴费截止日期 付款期限 due duedate payby"),
        Field("amount", _("Amount"), "金额 账单金额 应收 应收金额 费用 amount billamount total invoiceamount"),
    )
    known_as = (_("Bill number"), _("Account number"))
    needed = ("account", "ref", "month", "issued_on", "due_on", "amount")
    said = {
        "account": "text", "ref": "text", "month": "date", "issued_on": "date", "due_on": "date",
        "amount": "numeric(12,2)",
    }  # fmt: skip
    readers = {
        "account": cells.ref(60), "ref": cells.ref(60), "month": cells.month, "issued_on": cells.day,
        "due_on": cells.day, "amount": cells.money,
    }  # fmt: skip
    joins, problems, making = (ACCOUNT, THERE), PROBLEMS, MAKING
    events = {"create": ("bill.issued", "'ref', s.ref, 'month', s.month, 'due_on', s.due_on, 'amount', s.amount")}

    def check_row(self, draft):
        issued, due = draft.values.get("issued_on"), draft.values.get("due_on")
        for name, day in (("issued_on", issued), ("due_on", due)):
            if day and day.year not in cells.YEARS:
                draft.refuse("bad_date", column=name, value=str(day))
        if issued and due and due < issued:
            draft.refuse("due_before_issue")


BILLS = Bills()
