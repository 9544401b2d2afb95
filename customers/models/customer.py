"""The customer, their tier and their account manager."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from staff.models import Unit, User
from staff.models.units import DateRange
from staff.scope import within_reach


class Tier(models.Model):
    """A customer class such as diamond, gold, silver, ordinary: data, not code."""

    class Mark(models.TextChoices):
        DIAMOND = "diamond", _("Diamond")
        GOLD = "gold", _("Gold")
        SILVER = "silver", _("Silver")
        NONE = "none", _("No mark")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    mark = models.CharField(max_length=7, choices=Mark, default=Mark.NONE)
    order = models.PositiveSmallIntegerField()  # 1 is the highest

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="tier_code")]

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only place that says whose customers a user may see (domain 4.11)."""
        return self.filter(within_reach(user, "customers.view", unit="unit", owner="manager", branch="branch"))


class Customer(models.Model):
    """A person or organisation that holds services (party)."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal customer")
        GROUP = "group", _("Group customer")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left the network")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+"
    )  # the department, hall or community that serves them
    number = models.CharField(_("customer number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSONAL)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.ACTIVE)
    name = models.CharField(_("name"), max_length=200, blank=True)  # real data has customers without one
    pinyin = models.CharField(max_length=400, blank=True, editable=False)  # "zhangwei", lower case, no spaces
    initials = models.CharField(max_length=100, blank=True, editable=False)  # "zw"
    language = models.CharField(_("language"), max_length=7, choices=settings.LANGUAGES, default="zh-hans")
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    community = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    manager = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+"
    )  # today's; history in ManagerAssignment
    locked_high_value = models.BooleanField(_("locked high-value"), default=False)
    joined_on = models.DateField(_("customer since"), null=True)
    left_on = models.DateField(null=True)
    monthly_charge = models.DecimalField(max_digits=12, decimal_places=2, null=True)  # CNY, as the source last said
    total_charge = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # CNY, as the source last said
    payment_way = models.CharField(max_length=40, blank=True)
    tags = models.JSONField(default=list)
    last_contact_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)  # grows with every change; a page that holds an older one is told
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "number"], name="customer_number"),
            models.CheckConstraint(
                name="customer_left_has_day", condition=~Q(status="left") | Q(left_on__isnull=False)
            ),
        ]

    def __str__(self):
        return self.name or self.number


class ManagerAssignment(models.Model):
    """Who is the account manager from one day to another; exactly one at a date, a second is refused (B26, D)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="assignments")
    manager = models.ForeignKey(User, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="assignment_one_at_a_date",
                expressions=[
                    (F("customer"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to"), RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="assignment_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]

    def __str__(self):
        return f"{self.customer_id}: {self.manager_id}"
