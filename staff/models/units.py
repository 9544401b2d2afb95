"""The organisation: a dated tree of units (B44)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class DateRange(Func):
    """`daterange(from, to)`: from included, to excluded, an empty `to` means open."""

    function = "daterange"
    output_field = DateRangeField()


class Unit(models.Model):
    """A node of the organisation. Every hall, community, outlet, channel group and desk is one.

    `path` spells the way down as zero-free ids with slashes ("1/7/31/"), so a subtree is one prefix; it is where the
    unit stands today. Where it stood on another day is in `Placement`.
    """

    class Kind(models.TextChoices):
        BRANCH = "branch", _("Branch")
        DEPARTMENT = "department", _("Business department")
        HALL = "hall", _("Service hall")
        COMMUNITY = "community", _("Community")
        OUTLET = "outlet", _("Agent outlet")
        CHANNEL_GROUP = "channel_group", _("Channel group")
        DESK = "desk", _("Desk")

    branch = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")  # the branch itself: null
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, db_collation="C", editable=False, default="")
    kind = models.CharField(max_length=13, choices=Kind)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # first day on which it no longer exists

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "code"], name="unit_code", nulls_distinct=False),
            models.CheckConstraint(
                name="unit_branch_is_root",
                condition=Q(kind="branch", parent=None, branch=None)
                | (~Q(kind="branch") & Q(parent__isnull=False, branch__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["path"], name="unit_path")]

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Placement(models.Model):
    """Where a unit stood in the tree from one day to another; never two places on one day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="placement_one_at_a_date",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to"), RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self):
        return f"{self.unit_id} < {self.parent_id}"
