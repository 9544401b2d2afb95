"""How soon a complaint is to be answered, and who hears when it is not: policies as versioned data (2.3, peers E)."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.categories import OfBranch, named
from complaints.models.states import APPEND_ONLY
from staff.models import Unit, User, WorkCalendar
from staff.rights import Role

MINUTES = [MinValueValidator(1), MaxValueValidator(60 * 24 * 60)]


class Policy(models.Model):
    """Of those of a branch the first by `order` whose version in use fits a complaint is its."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("1 is asked first."))
    active = models.BooleanField(_("in use"), default=True)

    objects = OfBranch.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("policy of complaints")
        verbose_name_plural = _("policies of complaints")
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="policy_code")]

    def __str__(self):
        return named(self)


class PolicyVersion(models.Model):
    """What a policy says from a day on. Never changed: another version follows; complaints keep theirs.

    `conditions`: see `staff.conditions`; empty fits all. Minutes are of the calendar's working time, of the real clock
    where there is none; the callback's always of the real clock.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    n = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    calendar = models.ForeignKey(
        WorkCalendar, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("working calendar"),
        help_text=_("Empty: every hour counts."),
    )  # fmt: skip
    contact_minutes = models.PositiveIntegerField(_("minutes until the first contact"), validators=MINUTES)
    result_minutes = models.PositiveIntegerField(_("minutes until the result"), validators=MINUTES)
    warnings = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("warnings at %"), default=list)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = models.Manager()

    class Meta:
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "n"], name="policy_version_n"),
            models.UniqueConstraint(fields=["policy"], name="policy_version_current", condition=Q(current=True)),
            models.CheckConstraint(
                name="policy_version_contact_first", condition=Q(contact_minutes__lte=F("result_minutes"))
            ),
        ]

    def __str__(self):
        return f"{self.policy} {self.n}"


class PolicyStep(models.Model):
    """One step of a version's ladder: at so many per cent of a clock's time these people hear of it, once (4.1)."""

    class Clock(models.TextChoices):
        CONTACT = "contact", _("First contact")
        RESULT = "result", _("Result")
        CALLBACK = "callback", _("Callback")
        LEGAL = "legal", _("Legal answer")

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="steps")
    n = models.PositiveSmallIntegerField()
    clock = models.CharField(_("clock"), max_length=8, choices=Clock)
    at_percent = models.PositiveSmallIntegerField(_("at %"), validators=[MinValueValidator(1), MaxValueValidator(1000)])
    owner = models.BooleanField(_("the owner"), default=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name=_("roles"), default=list, blank=True)
    rings = models.BooleanField(_("rings at once"), default=False)
    raises = models.BooleanField(_("one level up"), default=False)  # never lowers

    objects = models.Manager()

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["version", "n"], name="policy_step_n")]
        triggers = [APPEND_ONLY]

    def __str__(self):
        return f"{self.n}: {self.clock} {self.at_percent} %"
