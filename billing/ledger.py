"""Booking what is owed and what came in: the only place that writes bills, payments, adjustments and allocations, but
for the sets of `billing.imports`, which lock, make room and settle here.

Every operation takes whole sets, keeps the billing system's numbers unique (the same row twice is one row) and locks
the accounts it touches first, in the order of their ids: two that meet wait for each other and never in a circle.
"""

from collections import defaultdict
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing.dunning import reviewing
from billing.dunning.promises.keeping import look
from billing.models import Account, Adjustment, Allocation, Bill, Payment

# Each payment covers a stretch of the account's money, each bill one of its debts; where the two stretches overlap,
# so much of the payment is used for the bill. Bills are paid oldest due day first.
SETTLE = """
    WITH money AS (
        SELECT id, account_id, unused, sum(unused) OVER (PARTITION BY account_id ORDER BY at, id) AS upto
        FROM billing_payment WHERE account_id = ANY(%(accounts)s) AND unused > 0
    ), debts AS (
        SELECT id, account_id, open, sum(open) OVER (PARTITION BY account_id ORDER BY due_on, id) AS upto
        FROM billing_bill WHERE account_id = ANY(%(accounts)s) AND open > 0
    )
    INSERT INTO billing_allocation (payment_id, bill_id, amount)
    SELECT money.id, debts.id,
           least(money.upto, debts.upto) - greatest(money.upto - money.unused, debts.upto - debts.open)
    FROM money JOIN debts USING (account_id)
    WHERE least(money.upto, debts.upto) > greatest(money.upto - money.unused, debts.upto - debts.open)
"""

# What was paid for a bill beyond what it will come to, from the payment that came last; `upto` counts from there.
MAKE_ROOM = """
    WITH less AS (
        SELECT * FROM unnest(%(bills)s::bigint[], %(sums)s::numeric[]) AS less (bill_id, sum)
    ), beyond AS (
        SELECT b.id, b.paid - (b.amount + b.adjusted + less.sum) AS much
        FROM less JOIN billing_bill b ON b.id = less.bill_id
        WHERE b.paid > b.amount + b.adjusted + less.sum
    ), uses AS (
        SELECT beyond.id AS bill_id, beyond.much, a.payment_id, sum(a.amount) AS used
        FROM beyond JOIN billing_allocation a ON a.bill_id = beyond.id
        GROUP BY 1, 2, 3 HAVING sum(a.amount) > 0
    ), taken AS (
        SELECT uses.*, sum(uses.used) OVER (PARTITION BY uses.bill_id ORDER BY p.at DESC, p.id DESC) AS upto
        FROM uses JOIN billing_payment p ON p.id = uses.payment_id
    )
    INSERT INTO billing_allocation (payment_id, bill_id, amount)
    SELECT payment_id, bill_id, -least(used, much - (upto - used)) FROM taken WHERE upto - used < much
"""

LOCK = "SELECT id FROM billing_account WHERE id = ANY (%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"


def lock(accounts) -> list[int]:
    """Lock the accounts (ids) until the transaction ends; their ids in order.

    Rows that refer to one may still be made beside it: whoever makes them may hold what is locked after accounts.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(set(accounts))])
        return [pk for (pk,) in cursor.fetchall()]


@transaction.atomic
def settle(accounts):
    """Use what came in for what is owed, oldest due day first; twice changes nothing more."""
    use_money(lock(accounts))


def use_money(locked):
    """The same for accounts (ids) that are locked already; it keeps promises and ends what nobody duns any more."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"accounts": locked})
    reviewing.review(locked)  # requests before cases, and `look` may write a case
    look(locked)


@transaction.atomic
def book_bills(bills) -> int:
    """Keep `bills` (unsaved Bill records) and pay them from what lies on their accounts; how many were new."""
    return _book(Bill, bills)


@transaction.atomic
def book_payments(payments) -> int:
    """Keep `payments` (unsaved Payment records) and use them; how many were new."""
    return _book(Payment, payments)


def _book(model, rows):
    accounts = lock(row.account_id for row in rows)
    before = model.objects.filter(account__in=accounts).count()
    model.objects.bulk_create(rows, ignore_conflicts=True)
    use_money(accounts)
    return model.objects.filter(account__in=accounts).count() - before


@transaction.atomic
def adjust(adjustments) -> int:
    """Make bills more or less by `adjustments` (unsaved Adjustment records); how many were new.

    What was paid for a bill that is now less goes back to the account and pays the next one. ValidationError where a
    bill would be below zero.
    """
    owner = dict(Bill.objects.filter(pk__in={row.bill_id for row in adjustments}).values_list("pk", "account_id"))
    accounts = lock(owner.values())
    known = set(Adjustment.objects.filter(bill__in=owner).values_list("branch_id", "ref"))
    fresh = {(row.branch_id, row.ref): row for row in adjustments if (row.branch_id, row.ref) not in known}
    make_room(_less(fresh.values()))
    Adjustment.objects.bulk_create(fresh.values())
    use_money(accounts)
    return len(fresh)


def _less(adjustments):
    """{bill: sum}; ValidationError where a bill would be below zero."""
    less = defaultdict(Decimal)
    for row in adjustments:
        less[row.bill_id] += row.amount
    for bill in Bill.objects.filter(pk__in=less):
        if bill.amount + bill.adjusted + less[bill.pk] < 0:
            raise ValidationError(_("Bill %(bill)s cannot be less than nothing.") % {"bill": bill.ref})
    return less


def make_room(less):
    """Take back what was paid beyond what the bills will come to, what was paid last first.

    `less`: {bill (id): what it is about to be more or less by}, of locked accounts.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE_ROOM, {"bills": list(less), "sums": list(less.values())})


@transaction.atomic
def reverse(payment, *, by, reason, at=None) -> Payment:
    """The payment counts no more: what it paid is open again, unless other money is there. Twice is once."""
    accounts = lock([payment.account_id])
    kept = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if kept.reversed_at:
        return kept
    paid = kept.allocations.values("bill").annotate(used=Sum("amount")).filter(used__gt=0).order_by("bill")
    Allocation.objects.bulk_create(
        Allocation(payment=kept, bill_id=bill, amount=-used) for bill, used in paid.values_list("bill", "used")
    )
    kept.refresh_from_db()
    kept.reversed_at, kept.reversed_for = at or timezone.now(), reason
    kept.save(update_fields=["reversed_at", "reversed_for"])
    account = Account.objects.get(pk=kept.account_id)
    record(kept, "payment.reversed", by=by, customer=account.customer_id, amount=kept.amount, reason=reason)
    use_money(accounts)
    return kept
