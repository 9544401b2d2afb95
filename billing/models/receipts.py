"""What was paid at a counter, with a receipt."""

from datetime import date
from decimal import Decimal

import pgtrigger
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import VIEW, reached
from billing.models.bills import APPEND_ONLY
from billing.models.payments import Payment
from billing.models.shifts import Shift
from staff.models import Unit

TAKE = """
    INSERT INTO billing_receiptseries (unit_id, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (unit_id, year) DO UPDATE SET last = billing_receiptseries.last + 1
    RETURNING last
"""
# Waits for whoever closes the shift, and then refuses.
ONLY_OPEN = """
    PERFORM FROM billing_shift WHERE id = NEW.shift_id AND state = 'open' FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'money moves through an open shift only'; END IF;
    RETURN NEW;
"""


class ReceiptSeries(models.Model):
    """The last receipt number of a unit in a year. Locked until the receipt is kept: no gap, no double."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="receipt_series")]

    def __str__(self):
        return f"{self.unit_id} {self.year}: {self.last}"

    @classmethod
    def take(cls, unit, year) -> int:
        """The next number; call it in the transaction that keeps the receipt: both are undone or neither."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [unit.pk, year])
            return cursor.fetchone()[0]


class ReceiptQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees what the customer owes and paid."""
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "payment__account__"))


class Receipt(models.Model):
    """A payment taken at a counter, within a shift. Never changed: a reversal stands beside it."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField()  # 1, 2, 3 … of the unit and year
    key = models.UUIDField(unique=True)  # of the form: sent twice it is one payment
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="receipt")
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="receipts")
    given = models.DecimalField(max_digits=12, decimal_places=2, null=True)  # cash that was handed over
    bills = models.JSONField(default=list)  # what it paid then: [{"bill": number, "month": day, "amount": text}]
    slip = models.CharField(_("number on the terminal's slip"), max_length=60, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "n"], name="receipt_number"),
            models.CheckConstraint(name="receipt_cash_or_slip", condition=Q(given=None) ^ Q(slip="")),
        ]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="into_open_shift", when=pgtrigger.Before, operation=pgtrigger.Insert, func=ONLY_OPEN
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def number(self) -> str:
        return self.payment.ref

    @property
    def change(self) -> Decimal:
        """What was handed back."""
        return (self.given or self.payment.amount) - self.payment.amount

    @property
    def ahead(self) -> Decimal:
        """What no bill needed at that moment."""
        return self.payment.amount - sum(amount for _bill, _month, amount in self.pays())

    def pays(self) -> list[tuple[str, date, Decimal]]:
        """(number, month, sum) of the bills it paid at that moment; what it is used for later is not on the paper."""
        return [(one["bill"], date.fromisoformat(one["month"]), Decimal(one["amount"])) for one in self.bills]
