"""Before anything is overdue: whose balance is low is told once a month (domain 4.3, first row)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation

from billing import money
from billing.dunning.dunned import DAY, LINES, OVERDUE, PAID_FOR
from billing.dunning.telling import ways
from billing.models import Account, BillingRules
from outreach import queueing

BATCH = 200
TEMPLATE = "low_balance"
USUAL = BillingRules()
AVAILABLE = "(a.credit_limit + a.credit - a.owed - a.unbilled)"
# As billing.standing.is_low says it: one that has neither a limit nor anything paid ahead is never low. An account
# that was told this month has a message of its key.
LOW = f"""
    SELECT a.id, to_char({DAY}, 'YYYY-MM')
    FROM billing_account a JOIN staff_unit u ON u.id = a.branch_id
    JOIN customers_customer c ON c.id = a.customer_id AND c.status = 'active'
    LEFT JOIN billing_billingrules r ON r.branch_id = a.branch_id
    WHERE a.id > %(after)s AND a.closed_on IS NULL AND (a.credit_limit > 0 OR a.credit > 0)
      AND {AVAILABLE} < greatest(coalesce(r.low_balance, %(low)s), coalesce(r.low_share, %(share)s) * a.credit_limit)
      AND EXISTS (SELECT FROM {LINES} WHERE {PAID_FOR} AND l.kind = 'mobile' AND l.status = 'active')
      AND NOT EXISTS (SELECT FROM billing_bill b WHERE b.account_id = a.id AND {OVERDUE})
      AND EXISTS (SELECT FROM outreach_template t
                  WHERE t.branch_id = a.branch_id AND t.code = %(template)s AND t.active)
      AND NOT EXISTS (SELECT FROM outreach_message m
                      WHERE m.key = 'low-balance:' || a.id || ':' || to_char({DAY}, 'YYYY-MM'))
    ORDER BY a.id LIMIT %(most)s
"""  # noqa: S608


@transaction.atomic
def tell_some(after: int, at: datetime) -> tuple[int | None, int]:
    """Tell up to BATCH of them beyond the account `after`: the last account looked at, None at the end; how many."""
    values = {"after": after, "at": at, "most": BATCH, "template": TEMPLATE}
    with connection.cursor() as cursor:
        cursor.execute(LOW, values | {"low": USUAL.low_balance, "share": USUAL.low_share})
        months = dict(cursor.fetchall())
    accounts = Account.objects.filter(pk__in=months).select_related("customer").order_by("pk")
    told = sum(_tell(account, months[account.pk]) for account in accounts)
    return (max(months) if len(months) == BATCH else None), told


def _tell(account, month) -> bool:
    with translation.override(account.customer.language):
        values = {"balance": money.said(account.available, account.currency), "ways": ways()}
    key = f"low-balance:{account.pk}:{month}"
    try:
        queueing.queue(account.customer, TEMPLATE, key=key, about=account, **values)
    except ValidationError:  # the template asks for what nobody knows here
        return False
    return True
