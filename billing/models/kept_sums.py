"""Sums of dunning that are kept: what the open cases of a branch come to, and what its steps brought in.

They are counted anew from the rows, never added to, so that they cannot drift (`billing.dunning.counting` and
`bringing_in`): each by the unit and the manager that the customers had when it was counted.
"""

from django.db import models
from django.db.models import Q

from billing.models.scenarios import VIEW, ScenarioStep, Stage
from staff.models import Unit, User
from staff.scope import NOTHING, scope_of, within_reach

SUM = {"max_digits": 16, "decimal_places": 2}


class KeptSumsQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees anything of dunning in the branch: it says only when something was counted."""
        scope = scope_of(user, VIEW)
        return self.filter(branch__in=scope.branches or {user.branch_id}) if scope else self.none()


class KeptSums(models.Model):
    """When the sums of a branch were counted the last time; its lock is held while one counts."""

    branch = models.OneToOneField(Unit, models.PROTECT, related_name="+")
    cases_at = models.DateTimeField(null=True)  # the open cases
    brought_at = models.DateTimeField(null=True)  # what the steps brought in, each day there was
    checked_on = models.DateField(null=True)  # the branch's day on which the earlier days were counted anew as well

    objects = KeptSumsQuerySet.as_manager()

    def __str__(self):
        return f"{self.branch_id}"


class CaseCountQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(within_reach(user, VIEW, unit="unit", owner="manager", branch="branch"))


class CaseCount(models.Model):
    """Open cases of a unit and a manager in one stage: how many, with a promise to pay, and what is overdue."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=17, choices=Stage)
    currency = models.CharField(max_length=3)
    cases = models.PositiveIntegerField()
    promised = models.PositiveIntegerField()
    overdue = models.DecimalField(**SUM)

    objects = CaseCountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "unit", "manager", "state", "currency"], name="case_count_key", nulls_distinct=False
            )
        ]

    def __str__(self):
        return f"{self.unit_id} {self.state} {self.cases}"


class BroughtInQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of a branch that one sees whole its own row, of the others those of units and of one's own customers."""
        scope = scope_of(user, VIEW)
        reach = Q(branch__in=scope.branches, unit=None, manager=None) if scope.branches else NOTHING
        parts = (Q(unit__in=scope.units) if scope.units else NOTHING) | (Q(manager=user) if scope.own else NOTHING)
        return self.filter(reach | (parts & ~Q(branch__in=scope.branches)))


class BroughtIn(models.Model):
    """What a step that was done on one day of the branch brought in, `after` so many whole days.

    Of a unit and a manager, and once more (`unit` null) of the whole branch. How many the step reached, and what they
    were asked for, stands at `after` 0 alone; what was paid and how much came in, wherever it came in: the sum of the
    rows with `after` < n is what came within n days.
    """

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    step = models.ForeignKey(ScenarioStep, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    after = models.PositiveSmallIntegerField()
    reached = models.PositiveIntegerField()
    asked = models.DecimalField(**SUM)
    messages = models.PositiveIntegerField()
    tasks = models.PositiveIntegerField()
    reminded = models.PositiveIntegerField()  # cases whose first reminder on record is this step's
    paid_before = models.PositiveIntegerField()  # of these: ended paid, with no suspension before (A26)
    suspended = models.PositiveIntegerField()  # of these
    paid = models.PositiveIntegerField()  # on which the first money came in
    recovered = models.DecimalField(**SUM)

    objects = BroughtInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "unit", "day", "manager", "currency", "after"], name="brought_in_key",
                nulls_distinct=False,
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["branch", "day"], name="brought_in_day"),
            models.Index(fields=["manager", "day"], name="brought_in_own", condition=Q(manager__isnull=False)),
        ]

    def __str__(self):
        return f"{self.step_id} {self.day} {self.unit_id}"
