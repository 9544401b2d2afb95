"""Taking a payment at the counter: once for each form, within an open shift, with a receipt."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import plain, record
from billing import ledger
from billing.counter import tills
from billing.models import Account, BillingRules, Payment, Receipt, ReceiptSeries
from billing.models.shifts import WAYS
from staff.models import User

RIGHT = "billing.take_payment"
CNY = "CNY"


@transaction.atomic
def take_payment(
    account: Account,
    *,
    by: User,
    key: UUID,
    amount: Decimal,
    way: str,
    given: Decimal | None = None,
    slip: str = "",
    at: datetime | None = None,
) -> Receipt:
    """Book what a customer pays here and use it for the account's bills; the `key` of a form makes one payment.

    Cash names what was `given` (none: exactly the amount), any other way the number on the terminal's `slip`. Raises
    ValidationError by field; with code "no_shift" where `by` has no open shift. Locks: shift, account, series.
    """
    if taken := _taken(key, account, by):
        return taken
    at = at or timezone.now()
    given = (given if given is not None else amount) if way == Account.Way.CASH else None
    _check(account, amount, way, given, slip)
    shift = tills.lock_open(by)
    if taken := _taken(key, account, by):  # by the same form, which held the shift
        return taken
    ledger.lock([account.pk])
    receipt = Receipt(branch_id=account.branch_id, unit=shift.unit, key=key, shift=shift, given=given)
    receipt.slip = "" if given is not None else slip.strip()
    _number(receipt, at)
    receipt.payment = _book(account, receipt, by=by, amount=amount, way=way, at=at)
    receipt.bills = _paid_by(receipt.payment)
    receipt.save(force_insert=True)
    told = {"amount": receipt.payment.amount, "way": way, "account": account.ref, "receipt": receipt.number}
    record(receipt.payment, "payment.taken", by=by, customer=account.customer_id, **told)
    return receipt


def _taken(key, account, by):
    found = Receipt.objects.select_related("payment", "shift").filter(key=key).first()
    if found and (found.payment.account_id, found.payment.by_id) != (account.pk, by.pk):
        raise ValidationError(_("This form was already used for another payment; open it afresh."))
    return found


def _check(account, amount, way, given, slip):
    most = BillingRules.of(account.branch_id).most_at_counter
    if account.currency != CNY:
        raise ValidationError({"account": _("Only accounts in yuan are paid at the counter.")})
    if amount <= 0:
        raise ValidationError({"amount": _("More than nothing must be paid.")})
    if amount > most:
        raise ValidationError({"amount": _("One payment at the counter takes ¥%(most)s at most.") % {"most": most}})
    if way not in WAYS:
        raise ValidationError({"way": _("This way is not taken at the counter.")})
    if given is not None and given < amount:
        raise ValidationError({"given": _("This is less than is to be paid.")})
    if given is None and not slip.strip():
        raise ValidationError({"slip": _("Type the number on the terminal's slip.")})


def _number(receipt, at):
    """The next number of the hall and year; the hall's day decides the year."""
    receipt.year = at.astimezone(ZoneInfo(receipt.unit.time_zone)).year
    receipt.n = ReceiptSeries.take(receipt.unit, receipt.year)


def _book(account, receipt, **said):
    ref = f"{receipt.unit.code}-{receipt.year}-{receipt.n:06}"
    source = Payment.Source.COUNTER
    made = Payment(branch_id=account.branch_id, account=account, source=source, ref=ref, unit=receipt.unit, **said)
    if not ledger.book_payments([made]):
        raise ValidationError(_("The receipt number %(ref)s was given before.") % {"ref": ref})
    return Payment.objects.get(branch=account.branch_id, source=source, ref=ref)


def _paid_by(payment):
    """What stands on the receipt; the account is locked, so nothing else has used the money yet."""
    used = payment.allocations.select_related("bill").order_by("bill__due_on", "bill")
    return plain([{"bill": one.bill.ref, "month": one.bill.month, "amount": one.amount} for one in used])
