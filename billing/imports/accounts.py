"""Files of accounts: opened, and changed where they say so. What is owed is not said: it follows from the bills."""

from django.utils.translation import gettext_lazy as _

from billing.imports import cells, columns, meanings
from billing.imports.facts import Facts
from billing.imports.statements import changed, conflict, problem, unknown
from customers.imports.fields import Field, Fields

JOINS = """
    LEFT JOIN LATERAL (
        SELECT o.* FROM billing_account o WHERE o.branch_id = %(branch)s AND o.ref = s.ref OFFSET 0
    ) x ON true
    LEFT JOIN LATERAL (
        SELECT o.id FROM customers_customer o
        WHERE o.branch_id = %(branch)s AND o.number = s.customer
          AND (%(reach)s::bigint[] IS NULL OR o.unit_id = ANY (%(reach)s::bigint[])) OFFSET 0
    ) said ON true
    LEFT JOIN LATERAL (
        SELECT o.id, o.unit_id FROM customers_customer o WHERE o.id = coalesce(x.customer_id, said.id) OFFSET 0
    ) c ON true
"""
PROBLEMS = [
    unknown("customers", "customer", "said"),
    problem("missing", "s.ref IS NOT NULL AND s.customer IS NULL AND x.id IS NULL", column="'customer'"),
    problem("account_of_other", "said.id <> x.customer_id", column="'customer'"),
    problem("out_of_reach", "c.unit_id <> ALL (%(reach)s::bigint[])", column="'ref'"),
    conflict(currency=("x.currency", "s.currency")),
]
CHANGEABLE = ("name", "way", "credit_limit", "unbilled", "closed_on")
MAKING = """
    WITH made AS (
        INSERT INTO billing_account (branch_id, customer_id, ref, name, currency, way, credit_limit, unbilled, owed,
            credit, closed_on, version)
        SELECT %(branch)s, k.customer_id, s.ref, coalesce(s.name, ''), coalesce(s.currency, 'CNY'),
            coalesce(s.way, 'other'), coalesce(s.credit_limit, 0), coalesce(s.unbilled, 0), 0, 0, s.closed_on, 1
        FROM {staged} s JOIN {classed} k USING (n)
        WHERE k.outcome = 'create' AND k.fact_id IS NULL ORDER BY s.ref
        ON CONFLICT (branch_id, ref) DO NOTHING
        RETURNING id, ref
    )
    UPDATE {classed} k SET fact_id = made.id, account_id = made.id
    FROM made JOIN {staged} s USING (ref)
    WHERE k.n = s.n AND k.outcome = 'create'
"""
CHANGED = """
    UPDATE billing_account x SET
        name = coalesce(s.name, x.name), way = coalesce(s.way, x.way),
        credit_limit = coalesce(s.credit_limit, x.credit_limit), unbilled = coalesce(s.unbilled, x.unbilled),
        closed_on = coalesce(s.closed_on, x.closed_on), version = x.version + 1
    FROM {staged} s JOIN {classed} k USING (n)
    WHERE k.outcome = 'update' AND x.id = k.fact_id
"""


class Accounts(Facts):
    name, title, model = "accounts", _("Accounts"), "billing.account"
    fields = Fields(
        Field("ref", columns.ACCOUNT.label, columns.ACCOUNT.headers),
        Field("customer", _("Customer number"), "客户编号 客户编码 客户号 customernumber customerno customerid"),
        Field("name", _("Name on the bill"), "账户名称 账单名称 付费人 name accountname billingname"),
        columns.WAY,
        Field("credit_limit", _("Credit limit"), "信用额度 信用度 授信额度 creditlimit limit"),
        Field("unbilled", _("Not billed yet"), "未出账 未出账费用 未出账金额 实时话费 unbilledamount notbilled"),
        Field("currency", _("Currency"), "币种 货币 currencycode"),
        Field("closed_on", _("Closed on"), "销户日期 关闭日期 closed closedate"),
    )
    known_as = (_("Account number"), _("Customer number"))
    open = frozenset({"way", "closed_on"})
    needed = ("ref",)
    said = {
        "ref": "text", "customer": "text", "name": "text", "way": "text", "credit_limit": "numeric(12,2)",
        "unbilled": "numeric(12,2)", "currency": "text", "closed_on": "date",
    }  # fmt: skip
    readers = {
        "ref": cells.ref(60), "customer": cells.ref(40), "name": cells.ref(200), "credit_limit": cells.money,
        "way": cells.word(meanings.WAYS, "unknown_payment_way"), "unbilled": cells.money,
        "currency": cells.currency, "closed_on": cells.day,
    }  # fmt: skip
    account, customer, joins, problems, changes = "x.id", "c.id", (JOINS,), PROBLEMS, changed(*CHANGEABLE)
    touched = "SELECT (SELECT a.id FROM billing_account a WHERE a.branch_id = %(branch)s AND a.ref = s.ref)"
    making = MAKING
    events = {
        "create": ("account.opened", "'ref', s.ref"),
        "update": ("account.changed", "'ref', s.ref, 'fields', k.changes"),
    }

    def known_by(self, said):
        return said.get("ref", ""), said.get("customer", "")

    def follow(self, cursor, values, accounts):
        self.run(cursor, CHANGED)


ACCOUNTS = Accounts()
