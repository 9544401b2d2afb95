"""What was used in a month, and what it cost, by service (B21, B22)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import VIEW, Account, Service, reached
from customers.models import Line
from staff.models import Unit


class MonthlyUsageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(reached(user, VIEW, "account__"))


class MonthlyUsage(models.Model):
    """One service of an account in one month; `quantity` in `unit`, `charge` in the account's currency."""

    class Measure(models.TextChoices):
        MINUTES = "minutes", _("minutes")
        MEGABYTES = "megabytes", _("MB")
        PIECES = "pieces", _("pieces")
        MONTHS = "months", _("months")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="usage")
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="usage")  # null: of the whole account
    month = models.DateField(_("month"))  # its first day
    service = models.CharField(_("service"), max_length=11, choices=Service)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=Decimal(0))
    measure = models.CharField(_("measured in"), max_length=9, choices=Measure, default=Measure.MONTHS)
    charge = models.DecimalField(_("charge"), max_digits=12, decimal_places=2, default=Decimal(0))

    objects = MonthlyUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a month")
        verbose_name_plural = _("use by month")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "service", "line"], name="usage_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="usage_month_begins", condition=Q(month__day=1)),
            models.CheckConstraint(name="usage_quantity", condition=Q(quantity__gte=0)),
        ]

    def __str__(self):
        return f"{self.account_id} {self.month} {self.service}"
