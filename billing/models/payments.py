"""Money that came in, and the bills it was used for."""

from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import VIEW, Account, reached
from billing.models.bills import APPEND_ONLY, KEPT, STAYS_WITH_ACCOUNT, Bill, after_insert, on_account
from staff.models import Unit, User

MONEY = models.DecimalField(max_digits=12, decimal_places=2)
USED = """
    UPDATE billing_bill SET paid = billing_bill.paid + more.sum
    FROM (SELECT bill_id, sum(amount) FROM fresh GROUP BY bill_id) more
    WHERE billing_bill.id = more.bill_id;
    UPDATE billing_payment SET used = billing_payment.used + more.sum
    FROM (SELECT payment_id, sum(amount) FROM fresh GROUP BY payment_id) more
    WHERE billing_payment.id = more.payment_id;
    RETURN NULL;
"""


class PaymentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "account__"))


class Payment(models.Model):
    """One sum that came in. `unused` of it is on the account for the next bill; a reversed one counts no more."""

    class Source(models.TextChoices):
        BILLING = "billing", _("Billing system")
        COUNTER = "counter", _("Counter")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="payments")
    source = models.CharField(max_length=7, choices=Source)
    ref = models.CharField(_("number"), max_length=80)  # of the source; unique in the branch beside it
    way = models.CharField(_("way of payment"), max_length=13, choices=Account.Way)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    at = models.DateTimeField(_("paid at"))
    booked_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # who took it at the counter
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # where
    used = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0), editable=False)
    reversed_at = models.DateTimeField(null=True, editable=False)
    reversed_for = models.CharField(_("reason of the reversal"), max_length=300, blank=True, db_default="")
    unused = models.GeneratedField(
        expression=Case(When(reversed_at=None, then=F("amount") - F("used")), default=Value(Decimal("0.00"), MONEY)),
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["branch", "source", "ref"], name="payment_ref"),
            models.CheckConstraint(name="payment_used", condition=Q(amount__gt=0, used__gte=0, used__lte=F("amount"))),
            models.CheckConstraint(name="payment_reversed_is_unused", condition=Q(reversed_at=None) | Q(used=0)),
        ]
        indexes = [
            models.Index(fields=["account", "-at"], name="payment_account"),
            models.Index(fields=["account"], name="payment_unused", condition=Q(unused__gt=0)),
        ]
        triggers = [KEPT, STAYS_WITH_ACCOUNT, *on_account("credit_of", kept="credit", part="unused")]

    def __str__(self):
        return self.ref


class Allocation(models.Model):
    """So much of a payment was used for a bill; below zero it was taken back. Never changed."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(name="allocation_of_something", condition=~Q(amount=0))]
        triggers = [APPEND_ONLY, after_insert("uses", USED)]

    def __str__(self):
        return f"{self.payment_id} {self.bill_id}"
