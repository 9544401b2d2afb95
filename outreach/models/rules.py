"""What a branch keeps to when it sends, who stopped it, and which gateway is resting."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from outreach.hours import windows
from outreach.kinds import Channel, MessageClass
from outreach.models.templates import Template
from staff.models import BranchRules, Unit, User
from staff.scope import within_reach


def in_windows(text):
    windows(text)


class Rules(BranchRules):
    """The rules of sending of one branch (domain 2.1 nos. 21 and 22; every number is a parameter).

    Hours are windows on the customer's clock. A cap of n lets n messages of the class pass in any such period.
    """

    branch = models.OneToOneField(Unit, models.PROTECT, related_name="+")
    service_hours = models.CharField(_("service hours"), max_length=100, default="08:00-21:00", validators=[in_windows])
    care_hours = models.CharField(
        _("care hours"), max_length=100, default="08:30-12:00, 14:00-20:00", validators=[in_windows]
    )
    marketing_hours = models.CharField(
        _("marketing hours"), max_length=100, default="08:30-12:00, 14:00-20:00", validators=[in_windows]
    )
    service_per_day = models.PositiveSmallIntegerField(_("service messages a day"), default=6)
    care_per_week = models.PositiveSmallIntegerField(_("care messages in 7 days"), default=2)
    marketing_per_week = models.PositiveSmallIntegerField(_("marketing messages in 7 days"), default=1)
    marketing_per_month = models.PositiveSmallIntegerField(_("marketing messages in 30 days"), default=3)
    ask_again_days = models.PositiveSmallIntegerField(_("days before asking again after a refusal"), default=180)
    hold_factor = models.DecimalField(
        _("hold from this many times the usual"), max_digits=4, decimal_places=2, default=Decimal("1.5"),
        validators=[MinValueValidator(1)],
    )  # fmt: skip
    hold_from = models.PositiveIntegerField(_("never hold fewer than"), default=50)
    report_minutes = models.PositiveIntegerField(_("minutes to wait for a delivery report"), default=30)

    class Meta:
        verbose_name = _("rules of sending")
        verbose_name_plural = _("rules of sending")


class HaltQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(within_reach(user, "outreach.control", unit="branch", branch="branch"))

    def in_force(self):
        return self.filter(lifted_at=None)


class Halt(models.Model):
    """Sending is stopped: all of a branch, or what has this channel, class and template. Operations: outreach.halts."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, blank=True)
    message_class = models.CharField(_("class"), max_length=9, choices=MessageClass, blank=True)
    template = models.ForeignKey(
        Template, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("template")
    )
    why = models.CharField(_("reason"), max_length=300)
    since = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = HaltQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "channel", "message_class", "template"],
                name="halt_once",
                condition=Q(lifted_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="halt_lifted_by_somebody",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]
        verbose_name = _("stop of sending")

    def __str__(self):
        return f"#{self.pk}"


class Breaker(models.Model):
    """A gateway that could not be reached several times in a row is left in peace for a growing while."""

    gateway = models.CharField(max_length=40, primary_key=True)
    channel = models.CharField(max_length=5, choices=Channel)
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.gateway
