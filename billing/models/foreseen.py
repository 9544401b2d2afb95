"""What a dry run found, kept for a while so that its pages are read and not computed again."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.accounts import Account
from billing.models.scenarios import VIEW, ScenarioStep
from customers.models import Tier
from staff.models import Unit, User
from staff.scope import scope_of, within_reach


class DryRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees anything of dunning in the branch; which rows of it, `Foreseen` and `ForeseenCount` say."""
        scope = scope_of(user, VIEW)
        return self.filter(branch__in=scope.branches or {user.branch_id}) if scope else self.none()


class DryRun(models.Model):
    """One day of a branch, as it was foreseen on the day `today`. `made_at` is null until every account was asked."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    day = models.DateField()
    today = models.DateField()
    begun_at = models.DateTimeField(db_default=Now())
    made_at = models.DateTimeField(null=True)

    objects = DryRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["branch", "day", "-made_at"], name="dry_run_latest")]

    def __str__(self):
        return f"{self.branch_id} {self.day}"


class ForeseenQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees the dunning of the customer as they stand now."""
        of = "account__customer__"
        return self.filter(within_reach(user, VIEW, unit=f"{of}unit", owner=f"{of}manager", branch="dry_run__branch"))


class Foreseen(models.Model):
    """One overdue account of a dry run: the step it meets, or why it meets none (`reason`).

    It goes with its dry run after hours; what it names is never deleted, so that keys would only cost.
    """

    dry_run = models.ForeignKey(DryRun, models.CASCADE, related_name="rows", db_index=False)
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    step = models.ForeignKey(
        ScenarioStep, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    tier = models.ForeignKey(Tier, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    reason = models.CharField(max_length=40, blank=True)
    sum = models.DecimalField(max_digits=14, decimal_places=2)  # undisputed, in the account's currency
    since = models.DateField(null=True)

    objects = ForeseenQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dry_run", "account"], name="foreseen_account")]
        indexes = [
            models.Index(fields=["dry_run", "step", "account"], name="foreseen_met", condition=Q(reason="")),
            models.Index(fields=["dry_run", "reason", "account"], name="foreseen_left", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.dry_run_id} {self.account_id}"


class ForeseenCountQuerySet(models.QuerySet):
    def visible_to(self, user):
        """By the unit and the manager that the customers had when the dry run was made."""
        return self.filter(within_reach(user, VIEW, unit="unit", owner="manager", branch="dry_run__branch"))


class ForeseenCount(models.Model):
    """How many accounts of a unit and a manager meet a step, or are left out for a reason, and with how much."""

    dry_run = models.ForeignKey(DryRun, models.CASCADE, related_name="counts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    step = models.ForeignKey(ScenarioStep, models.PROTECT, null=True, related_name="+")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    accounts = models.PositiveIntegerField()
    sum = models.DecimalField(max_digits=16, decimal_places=2)

    objects = ForeseenCountQuerySet.as_manager()

    def __str__(self):
        return f"{self.dry_run_id} {self.unit_id} {self.accounts}"
