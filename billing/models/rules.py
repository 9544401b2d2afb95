"""The numbers billing facts are judged by: one row for a branch, every one of them a parameter."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import Unit


class BillingRules(models.Model):
    """Late fee, bill shock and low balance (domain 2.1 nos. 8 and 11, 4.3)."""

    branch = models.OneToOneField(Unit, models.PROTECT, related_name="+")
    late_fee_rate = models.DecimalField(
        _("late fee a day, of the overdue sum"), max_digits=6, decimal_places=5, default=Decimal("0.003"),
        validators=[MinValueValidator(0), MaxValueValidator(Decimal("0.003"))],
    )  # fmt: skip
    late_fee_after = models.PositiveSmallIntegerField(_("days after the due day before the late fee runs"), default=0)
    shock_factor = models.DecimalField(
        _("unusually high from this many times the usual"), max_digits=4, decimal_places=2, default=Decimal(5),
        validators=[MinValueValidator(1)],
    )  # fmt: skip
    shock_months = models.PositiveSmallIntegerField(
        _("months the usual is the average of"), default=3, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    low_balance = models.DecimalField(_("low balance below"), max_digits=8, decimal_places=2, default=Decimal(10))
    low_share = models.DecimalField(
        _("low balance below this share of the credit limit"), max_digits=3, decimal_places=2, default=Decimal("0.20"),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )  # fmt: skip
    most_at_counter = models.DecimalField(
        _("most that one payment at the counter takes"), max_digits=10, decimal_places=2, default=Decimal(50_000),
        validators=[MinValueValidator(1)],
    )  # fmt: skip

    class Meta:
        verbose_name = _("rules of billing")
        verbose_name_plural = _("rules of billing")

    def __str__(self):
        return str(self.branch)

    @classmethod
    def of(cls, branch):
        """The rules of a branch (record or id); the defaults where nobody has set any."""
        branch_id = getattr(branch, "pk", branch)
        return cls.objects.filter(branch=branch_id).first() or cls(branch_id=branch_id)
