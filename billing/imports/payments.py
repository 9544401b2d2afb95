"""Files of payments that the billing system took. One that is there stays as it is; a reversal is no file."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.imports import cells, columns, meanings
from billing.imports.facts import Money
from billing.imports.statements import ACCOUNT, conflict, unknown
from customers.imports.fields import Field, Fields

THERE = """
    LEFT JOIN LATERAL (
        SELECT o.* FROM billing_payment o
        WHERE o.branch_id = %(branch)s AND o.source = 'billing' AND o.ref = s.ref OFFSET 0
    ) x ON true
"""
FIGURES = ("amount", "at", "way")
PROBLEMS = [
    unknown("accounts", "account", "a"),
    conflict(account=("x.account_id", "a.id"), **{name: (f"x.{name}", f"s.{name}") for name in FIGURES}),
]
MAKING = """
    WITH made AS (
        INSERT INTO billing_payment (branch_id, account_id, source, ref, way, amount, at, used)
        SELECT %(branch)s, k.account_id, 'billing', s.ref, coalesce(s.way, 'other'), s.amount, s.at, 0
        FROM {staged} s JOIN {classed} k USING (n)
        WHERE k.outcome = 'create' AND k.fact_id IS NULL ORDER BY s.ref
        ON CONFLICT (branch_id, source, ref) DO NOTHING
        RETURNING id, ref
    )
    UPDATE {classed} k SET fact_id = made.id
    FROM made JOIN {staged} s USING (ref)
    WHERE k.n = s.n AND k.outcome = 'create'
"""
AHEAD = timedelta(days=1)  # so far the billing system's clock may be ahead of ours


class Payments(Money):
    name, title, model = "payments", _("Payments"), "billing.payment"
    fields = Fields(
        columns.ACCOUNT,
        Field("ref", _("Payment number"), "缴费流水号 流水号 支付流水号 交易号 paymentnumber paymentno paymentid"),
        Field("amount", _("Amount"), "金额 缴费金额 实收 实收金额 支付金额 amount paid paidamount"),
        Field("at", _("Paid at"), "缴费时间 缴费日期 支付时间 支付日期 收款时间 paidat paidon paymentdate paymenttime"),
        columns.WAY,
    )
    known_as = (_("Payment number"), _("Account number"))
    needed = ("account", "ref", "amount", "at")
    said = {"account": "text", "ref": "text", "amount": "numeric(12,2)", "at": "timestamptz", "way": "text"}
    readers = {
        "account": cells.ref(60), "ref": cells.ref(80), "amount": cells.money, "at": cells.moment,
        "way": cells.word(meanings.WAYS, "unknown_payment_way"),
    }  # fmt: skip
    joins, problems, making = (ACCOUNT, THERE), PROBLEMS, MAKING
    events = {"create": ("payment.booked", "'ref', s.ref, 'amount', s.amount, 'at', s.at")}

    def check_row(self, draft):
        said = draft.values
        if said.get("amount") == 0:
            draft.refuse("not_above_zero", column="amount")
        if said.get("at") and said["at"].year not in cells.YEARS:
            draft.refuse("bad_time", column="at", value=str(said["at"]))
        elif said.get("at") and said["at"] > timezone.now() + AHEAD:
            draft.refuse("in_future", column="at")


PAYMENTS = Payments()
