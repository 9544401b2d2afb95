"""Accounts: who pays for which lines, what they owe, and what came in and is not used yet."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from customers.models import Customer
from staff.models import Unit
from staff.scope import within_reach

VIEW = "billing.view"


def reached(user, right, through=""):
    """The reach of a right over the customer whose account it is; `through` leads from the row to the account."""
    of = f"{through}customer__"
    return within_reach(user, right, unit=f"{of}unit", owner=f"{of}manager", branch="branch")


class Service(models.TextChoices):
    """What money is asked for, as bills and monthly figures are divided (B22)."""

    FEE = "fee", _("Monthly fee")
    VOICE = "voice", _("Calls")
    DATA = "data", _("Data")
    TEXT = "text", _("Text messages")
    BROADBAND = "broadband", _("Broadband")
    TV = "tv", _("TV")
    VALUE_ADDED = "value_added", _("Value-added services")
    ROAMING = "roaming", _("Roaming")
    OTHER = "other", _("Other charges")


class AccountQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees what the customer owes."""
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right))


class Outdated(ValidationError):
    """Somebody changed the account after it was read."""

    def __init__(self):
        super().__init__(gettext("Somebody else changed this account in the meantime."), code="outdated")


class Account(models.Model):
    """One purse of a customer. Money in CNY unless the account says otherwise, two places.

    `owed` is the sum of what its bills leave open, `credit` that of its payments not used yet: triggers keep both
    with every bill, payment, adjustment and allocation, `billing.checking` finds any difference. `billing.ledger`
    holds the operations.
    """

    class Way(models.TextChoices):
        CASH = "cash", _("Cash at the counter")
        WECHAT = "wechat", _("WeChat Pay")
        ALIPAY = "alipay", _("Alipay")
        BANK_DEBIT = "bank_debit", _("Direct debit")
        BANK_TRANSFER = "bank_transfer", _("Bank transfer")
        CARD = "card", _("Bank card")
        OTHER = "other", _("Other way")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="accounts")
    ref = models.CharField(_("account number"), max_length=60)  # the billing system's own; unique in the branch
    name = models.CharField(_("name on the bill"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    way = models.CharField(_("way of payment"), max_length=13, choices=Way, default=Way.OTHER)
    credit_limit = models.DecimalField(_("credit limit"), max_digits=12, decimal_places=2, default=Decimal(0))
    unbilled = models.DecimalField(_("not billed yet"), max_digits=12, decimal_places=2, default=Decimal(0))
    owed = models.DecimalField(_("owed"), max_digits=14, decimal_places=2, default=Decimal(0), editable=False)
    credit = models.DecimalField(_("paid ahead"), max_digits=14, decimal_places=2, default=Decimal(0), editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)  # of what the billing system says of it

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["branch", "ref"], name="account_ref"),
            models.CheckConstraint(name="account_owes_or_not", condition=Q(owed__gte=0, credit__gte=0)),
            models.CheckConstraint(name="account_limits", condition=Q(credit_limit__gte=0, unbilled__gte=0)),
        ]
        indexes = [models.Index(fields=["branch", "id"], name="account_owing", condition=Q(owed__gt=0))]

    def __str__(self):
        return self.ref

    @property
    def balance(self) -> Decimal:
        """What is left of what was paid: below zero is owed."""
        return self.credit - self.owed

    @property
    def available(self) -> Decimal:
        """What may still be used: the limit and what was paid, less what is owed and not billed yet (domain 4.3)."""
        return self.credit_limit + self.balance - self.unbilled

    @transaction.atomic
    def change(self, *, by, version, **said):
        """What the billing system says of it anew. Raises Outdated unless `version` is the one that stands."""
        current = Account.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if current.version != version:
            raise Outdated
        old = {name: getattr(current, name) for name, new in said.items() if getattr(current, name) != new}
        if old:
            for name in old:
                setattr(current, name, said[name])
            current.version += 1
            current.save(update_fields=[*old, "version"])
            differs = {name: [str(before or ""), str(said[name] or "")] for name, before in old.items()}
            record(current, "account.changed", by=by, ref=current.ref, fields=differs)
        self.refresh_from_db()


AVAILABLE = F("credit_limit") + F("credit") - F("owed") - F("unbilled")  # Account.available, in a query
