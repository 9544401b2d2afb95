"""Lines (one service number each) and the plans they are on, with dated prices (B08)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from customers.models.customer import Customer
from staff.models import Unit
from staff.models.dated import DatedQuerySet, DateRange
from staff.scope import within_reach

OF_CUSTOMER = {"unit": "customer__unit", "owner": "customer__manager", "branch": "branch"}


class LineKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    BROADBAND = "broadband", _("Broadband")
    FIXED = "fixed", _("Fixed phone")
    IOT = "iot", _("IoT")
    TV = "tv", _("TV")


class PlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(branch__in=user.branches_today())


class Plan(models.Model):
    """A tariff with its life-cycle stage; old prices stay readable for those who hold them (B08)."""

    class Stage(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ON_SALE = "on_sale", _("On sale")
        WITHDRAWN = "withdrawn", _("Withdrawn from sale")
        ENDED = "ended", _("Ended")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    kind = models.CharField(pgettext_lazy("line", "kind"), max_length=9, choices=LineKind)
    stage = models.CharField(pgettext_lazy("plan", "stage"), max_length=9, choices=Stage, default=Stage.ON_SALE)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="plan_code")]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def price_on(self, day):
        """The PlanPrice of that day, or None; also of a plan no longer sold (B08)."""
        return self.prices.on(day).first()


class PlanPrice(models.Model):
    """What a plan costs a month from one day to another; one price at a date."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="prices")
    monthly_fee = models.DecimalField(_("monthly fee"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"), null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="planprice_one_at_a_date",
                expressions=[
                    (F("plan"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to"), RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            )
        ]
        verbose_name = _("plan price")
        verbose_name_plural = _("plan prices")

    def __str__(self):
        return f"{self.plan_id} {self.monthly_fee} {self.currency}"


class LineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may see the customer sees what they have."""
        return self.reached_with("customers.view", user)

    def reached_with(self, right, user):
        return self.filter(within_reach(user, right, **OF_CUSTOMER))


class Line(models.Model):
    """One service of a customer (subscription)."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("In service")
        VOLUNTARY_HOLD = "voluntary_hold", _("Number kept, stopped")
        SUSPENDED_ONE_WAY = "suspended_one_way", _("Suspended one-way")
        SUSPENDED_TWO_WAY = "suspended_two_way", _("Suspended two-way")
        OFF_NET = "off_net", _("Off-net")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="lines")
    ref = models.CharField(max_length=60)  # the source's own name for the line; unique in the branch
    number = models.CharField(max_length=40, blank=True)  # service number as written; real data may have none
    kind = models.CharField(max_length=9, choices=LineKind)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", null=True)  # today's; history in LinePlan
    status = models.CharField(max_length=17, choices=Status, default=Status.ACTIVE)
    options = models.JSONField(default=list)  # add-on services by code
    activated_on = models.DateField(null=True)
    contract_end = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    selling_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "ref"], name="line_ref")]

    def __str__(self):
        return self.number or self.ref

    @transaction.atomic
    def change_plan(self, plan, *, on, by, today=None):
        """From `on` the line is on `plan`; what it was on before stays on record (B08).

        The same day again corrects the day's plan. Refuses a plan that is not sold or not for this line, and a day
        before the one for which a change is booked already.
        """
        today = today or timezone.localdate()
        line = Line.objects.select_for_update(of=["self"]).select_related("customer").get(pk=self.pk)
        old = line.plans.select_related("plan").filter(valid_to=None).first()
        if old and old.plan_id == plan.pk and old.valid_from <= on:
            return
        _may_move_to(plan, line)
        line._book(plan, old, on)
        line.plan_id = line.plan_on(today)
        line.save(update_fields=["plan"])
        before = {"old": old and old.plan.name, "old_en": old and (old.plan.name_en or old.plan.name)}
        after = {"new": plan.name, "new_en": plan.name_en or plan.name, "on": str(on), "line": str(line)}
        record(line, "line.plan_changed", by=by, customer=line.customer, **before, **after)
        self.refresh_from_db()

    def _book(self, plan, old, on):
        if old and old.valid_from > on:
            said = {"plan": old.plan, "day": old.valid_from}
            raise ValidationError({"on": gettext("%(plan)s is already booked from %(day)s.") % said})
        if old and old.valid_from == on:
            old.plan = plan
            old.save(update_fields=["plan"])
            return
        if old:
            old.valid_to = on
            old.save(update_fields=["valid_to"])
        self.plans.create(plan=plan, valid_from=on)

    @transaction.atomic
    def follow_plan(self, today):
        """Copy the plan of `today` onto the line. Whether that was news."""
        line = Line.objects.select_for_update().get(pk=self.pk)
        plan_id = line.plan_on(today)
        news = line.plan_id != plan_id
        if news:
            line.plan_id = plan_id
            line.save(update_fields=["plan"])
        return news

    def plan_on(self, day):
        """The id of the plan the line is on that day, or None."""
        return self.plans.on(day).values_list("plan_id", flat=True).first()


def _may_move_to(plan, line):
    if plan.branch_id != line.branch_id or plan.kind != line.kind:
        raise ValidationError({"plan": gettext("This plan is not for this line.")})
    if plan.stage != Plan.Stage.ON_SALE:
        raise ValidationError({"plan": gettext("%(plan)s is not on sale.") % {"plan": plan}})


class LinePlan(models.Model):
    """Which plan a line was on from one day to another."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="plans")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], name="lineplan_one_open", condition=models.Q(valid_to=None))
        ]

    def __str__(self):
        return f"{self.line_id} {self.plan_id}"
