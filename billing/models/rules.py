"""The numbers billing facts are judged by: one row for a branch, every one of them a parameter."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import BranchRules, Unit


class BillingRules(BranchRules):
    """Late fee and who waives it, bill shock, low balance, new customers, roaming (domain 2.1 nos. 8 and 11, 4.3)."""

    branch = models.OneToOneField(Unit, models.PROTECT, related_name="billing_rules")
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
    shock_told_within = models.PositiveSmallIntegerField(
        _("hours within which a customer hears of an unusually high bill"),
        default=24,
        validators=[MinValueValidator(1)],
    )
    new_days = models.PositiveSmallIntegerField(_("days for which a customer is new"), default=60)
    reminded_before = models.PositiveSmallIntegerField(
        _("days before their first due day that new customers are reminded"), default=3
    )
    due_day = models.PositiveSmallIntegerField(
        _("day of the month on which bills are usually due"), default=22,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )  # fmt: skip
    deposit_free_up_to = models.PositiveSmallIntegerField(
        _("roaming without deposit down to the tier of this order"), default=3, help_text=_("1 is the highest.")
    )
    most_at_counter = models.DecimalField(
        _("most that one payment at the counter takes"), max_digits=10, decimal_places=2, default=Decimal(50_000),
        validators=[MinValueValidator(1)],
    )  # fmt: skip

    waived_by_managers = models.DecimalField(
        _("late fee that a manager waives at once, up to"), max_digits=8, decimal_places=2, default=Decimal(0),
        validators=[MinValueValidator(0)], help_text=_("More than that, and any that is 0, waits for approval."),
    )  # fmt: skip
    waived_by_dunning = models.DecimalField(
        _("late fee that a dunning clerk waives at once, or approves, up to"), max_digits=8, decimal_places=2,
        default=Decimal(50), validators=[MinValueValidator(0)],
    )  # fmt: skip
    waived_by_heads = models.DecimalField(
        _("late fee that a head waives at once, up to"), max_digits=8, decimal_places=2, default=Decimal(500),
        validators=[MinValueValidator(0)], help_text=_("A larger one is approved by another head, or by finance."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("rules of billing")
        verbose_name_plural = _("rules of billing")
