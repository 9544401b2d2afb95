"""Files of what was used in a month and what it cost, by service. Figures of a month may be said anew."""

from django.utils.translation import gettext_lazy as _

from billing.imports import cells, columns, meanings
from billing.imports.facts import Facts
from billing.imports.statements import ACCOUNT, changed, problem, unknown
from customers.imports.fields import Field, Fields
from customers.numbers import normalise

THERE = """
    LEFT JOIN LATERAL (
        SELECT coalesce(
            (SELECT i.line_id FROM customers_identifier i
                WHERE i.customer_id = a.customer_id AND i.kind = 'service' AND i.value = s.line_key),
            (SELECT o.id FROM customers_line o
                WHERE o.branch_id = %(branch)s AND o.ref = s.line AND o.customer_id = a.customer_id)
        ) AS id OFFSET 0
    ) l ON s.line IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT o.* FROM billing_monthlyusage o
        WHERE o.account_id = a.id AND o.month = s.month AND o.service = s.service
          AND o.line_id IS NOT DISTINCT FROM l.id OFFSET 0
    ) x ON true
"""
PROBLEMS = [
    unknown("accounts", "account", "a"),
    problem(
        "unknown_lines", "s.line IS NOT NULL AND a.id IS NOT NULL AND l.id IS NULL", column="'line'", value="s.line"
    ),
]
MAKING = """
    WITH made AS (
        INSERT INTO billing_monthlyusage (branch_id, account_id, line_id, month, service, quantity, measure, charge)
        SELECT %(branch)s, k.account_id, k.of_id, s.month, s.service, coalesce(s.quantity, 0),
            coalesce(s.measure, 'months'), coalesce(s.charge, 0)
        FROM {staged} s JOIN {classed} k USING (n)
        WHERE k.outcome = 'create' AND k.fact_id IS NULL ORDER BY k.account_id, s.month, s.service, k.of_id
        ON CONFLICT (account_id, month, service, line_id) DO NOTHING
        RETURNING id, account_id, month, service, line_id
    )
    UPDATE {classed} k SET fact_id = made.id
    FROM made, {staged} s
    WHERE k.n = s.n AND k.outcome = 'create' AND made.account_id = k.account_id AND made.month = s.month
      AND made.service = s.service AND made.line_id IS NOT DISTINCT FROM k.of_id
"""
CHANGED = """
    UPDATE billing_monthlyusage x SET quantity = coalesce(s.quantity, x.quantity),
        measure = coalesce(s.measure, x.measure), charge = coalesce(s.charge, x.charge)
    FROM {staged} s JOIN {classed} k USING (n)
    WHERE k.outcome = 'update' AND x.id = k.fact_id
"""


class Usage(Facts):
    name, title, model = "usage", _("Use by month"), "billing.monthlyusage"
    fields = Fields(
        columns.ACCOUNT,
        Field("line", _("Service number"), "业务号码 服务号码 号码 设备号码 手机号码 servicenumber linenumber msisdn"),
        columns.MONTH,
        Field("service", _("Service"), "业务 业务类型 费用项目 费用类型 科目 servicetype"),
        Field("quantity", _("Quantity"), "用量 使用量 数量 quantity volume"),
        Field("measure", _("Measured in"), "单位 计量单位 measure uom"),
        Field("charge", _("Charge"), "费用 金额 话费 charge amount cost"),
    )
    known_as = (_("What is billed"), _("Account number"))
    same_as = _("The same account, month, service and line as row %(row)s.")
    needed = ("account", "month", "service")
    said = {
        "account": "text", "line": "text", "line_key": "text", "month": "date", "service": "text",
        "quantity": "numeric(14,3)", "measure": "text", "charge": "numeric(12,2)",
    }  # fmt: skip
    readers = {
        "account": cells.ref(60), "line": cells.ref(60), "month": cells.month, "quantity": cells.quantity,
        "service": cells.word(meanings.SERVICES, "unknown_service"), "charge": cells.signed_money,
        "measure": cells.word(meanings.MEASURES, "unknown_measure"),
    }  # fmt: skip
    of, joins, problems, making = "l.id", (ACCOUNT, THERE), PROBLEMS, MAKING
    changes = changed("quantity", "measure", "charge")

    def known_by(self, said):
        month = f"{said['month']:%Y-%m}" if "month" in said else ""
        parts = (said.get("account"), month, said.get("service"), said.get("line_key"))
        return " ".join(part for part in parts if part), said.get("account", "")

    def check_row(self, draft):
        if "line" in draft.values:
            draft.say("line_key", normalise(draft.values["line"]))

    def follow(self, cursor, values, accounts):
        self.run(cursor, CHANGED)


USAGE = Usage()
