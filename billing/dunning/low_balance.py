"""Before anything is overdue: whose balance is low is told once a month (domain 4.3, first row).

As the message is claimed it is asked again whether that is still so.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation

from billing import money
from billing.dunning.dunned import DAY, LINES, OVERDUE, PAID_FOR
from billing.dunning.guard import SOON, hold
from billing.dunning.telling import ways
from billing.models import Account, BillingRules
from outreach import queueing
from outreach.judging import No
from outreach.models import Message

BATCH = 200
TEMPLATE = "low_balance"
KEY = "low-balance:"
USUAL = BillingRules()
DEFAULTS = {"low": USUAL.low_balance, "share": USUAL.low_share}
AVAILABLE = "(a.credit_limit + a.credit - a.owed - a.unbilled)"
# As billing.standing.is_low says it: one that has neither a limit nor anything paid ahead is never low.
IS_LOW = f"""
    FROM billing_account a JOIN staff_unit u ON u.id = a.branch_id
    JOIN customers_customer c ON c.id = a.customer_id AND c.status = 'active'
    LEFT JOIN billing_billingrules r ON r.branch_id = a.branch_id
    WHERE a.closed_on IS NULL AND (a.credit_limit > 0 OR a.credit > 0)
      AND {AVAILABLE} < greatest(coalesce(r.low_balance, %(low)s), coalesce(r.low_share, %(share)s) * a.credit_limit)
      AND EXISTS (SELECT FROM {LINES} WHERE {PAID_FOR} AND l.kind = 'mobile' AND l.status = 'active')
      AND NOT EXISTS (SELECT FROM billing_bill b WHERE b.account_id = a.id AND {OVERDUE})
"""  # noqa: S608
# An account that was told this month has a message of its key.
LOW = f"""
    SELECT a.id, to_char({DAY}, 'YYYY-MM') {IS_LOW} AND a.id > %(after)s
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
        cursor.execute(LOW, values | DEFAULTS)
        months = dict(cursor.fetchall())
    accounts = Account.objects.filter(pk__in=months).select_related("customer").order_by("pk")
    told = sum(_tell(account, months[account.pk]) for account in accounts)
    return (max(months) if len(months) == BATCH else None), told


def _tell(account, month) -> bool:
    with translation.override(account.customer.language):
        values = {"balance": money.said(account.available, account.currency), "ways": ways()}
    key = f"{KEY}{account.pk}:{month}"
    try:
        queueing.queue(account.customer, TEMPLATE, key=key, about=account, **values)
    except ValidationError:  # the template asks for what nobody knows here
        return False
    return True


def ask(messages: list[Message], at: datetime) -> dict[int, No]:
    """What keeps messages of a low balance back, by id: it is low no more, or just booked on (settings.SEND_GUARDS).

    The accounts are held until the claim is kept, without waiting for any, as `billing.dunning.guard` does.
    """
    ours = {one.pk: one.about_id for one in messages if one.key.startswith(KEY)}
    if not ours:
        return {}
    held = hold(ours.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT a.id {IS_LOW} AND a.id = ANY (%(held)s)", {"at": at, "held": held} | DEFAULTS)
        low = {pk for (pk,) in cursor.fetchall()}
    free = {pk: No("settled_by_now") if pk in held else No("being_booked", at + SOON) for pk in ours.values()}
    return {pk: free[account] for pk, account in ours.items() if account not in low}
