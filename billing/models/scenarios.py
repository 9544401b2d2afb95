"""What happens to an account that is overdue, as data: scenarios, their versions, and the steps of each (A25, 4.3)."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.models.bills import APPEND_ONLY
from customers.models import Customer
from staff.models import Unit, User
from staff.rights import RIGHTS
from staff.scope import postings_of, scope_of

VIEW, CHANGE = "billing.view_dunning", "billing.scenarios"


class Stage(models.TextChoices):
    """Where an account stands (domain 4.3); a step leads to one."""

    OVERDUE = "overdue", pgettext_lazy("dunning", "Overdue")
    NOTICE_1 = "notice_1", pgettext_lazy("dunning", "First notice")
    NOTICE_2 = "notice_2", pgettext_lazy("dunning", "Second notice")
    PRE_SUSPENSION = "pre_suspension", pgettext_lazy("dunning", "Suspension announced")
    SUSPENDED_ONE_WAY = "suspended_one_way", pgettext_lazy("dunning", "Suspended one-way")
    SUSPENDED_TWO_WAY = "suspended_two_way", pgettext_lazy("dunning", "Suspended two-way")
    PRE_CANCELLATION = "pre_cancellation", pgettext_lazy("dunning", "Cancellation announced")
    CANCELLED = "cancelled", pgettext_lazy("dunning", "Cancelled for arrears")
    CLOSED = "closed", pgettext_lazy("dunning", "Closed")


class Product(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    FIXED = "fixed", _("Fixed line and broadband")


class ScenarioQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees dunning in a branch sees how it duns."""
        granted = RIGHTS[VIEW].keys() | RIGHTS[CHANGE].keys()
        return self.filter(branch__in={one.unit.home_id for one in postings_of(user) if one.role in granted})

    def changed_by(self, user):
        return self.filter(branch__in=scope_of(user, CHANGE).branches)


class Scenario(models.Model):
    """One way of dunning. Of those of a branch the first by `order` whose version in use fits an account is its."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("1 is asked first."))
    active = models.BooleanField(_("in use"), default=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="scenario_code")]
        verbose_name = _("dunning scenario")
        verbose_name_plural = _("dunning scenarios")

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class ScenarioVersion(models.Model):
    """What a scenario was from one moment on: whom it is for, from when, and its steps.

    Never changed: a change is the next version, which new cases get (`current`), and a case keeps its own. Empty lists
    and nulls fit everybody.
    """

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="versions")
    n = models.PositiveSmallIntegerField()
    kinds = ArrayField(models.CharField(max_length=8, choices=Customer.Kind), default=list, blank=True)
    tiers = ArrayField(models.SlugField(max_length=20), default=list, blank=True)  # codes of tiers
    products = ArrayField(models.CharField(max_length=6, choices=Product), default=list, blank=True)
    locked = models.BooleanField(null=True)  # locked high-value customers only, or none of them
    from_days = models.PositiveSmallIntegerField(_("days overdue"), default=1)
    from_amount = models.DecimalField(
        _("overdue sum from"), max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )  # in the currency of the account that is judged by it
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: shipped with the product
    made_at = models.DateTimeField(db_default=Now())
    current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario", "n"], name="scenario_version_n"),
            models.UniqueConstraint(fields=["scenario"], name="scenario_version_current", condition=Q(current=True)),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="stays",
                fields=["scenario", "n", "kinds", "tiers", "products", "locked", "from_days", "from_amount"],
            )
        ]

    def __str__(self):
        return f"{self.scenario_id} v{self.n}"


class ScenarioStep(models.Model):
    """One step: when, what, and where it leads.

    `days` count from `counts_from`; it comes at least `gap` days after the step before.
    """

    class Action(models.TextChoices):
        MESSAGE = "message", _("Message to the customer")
        TASK = "task", _("Task for a person")
        SUSPEND_ONE_WAY = "suspend_one_way", _("Ask for one-way suspension")
        SUSPEND_TWO_WAY = "suspend_two_way", _("Ask for two-way suspension")
        CANCEL = "cancel", _("Ask for cancellation")

    class From(models.TextChoices):
        DUE = "due", _("the oldest day of payment")
        BEFORE = "before", _("the step before")
        SUSPENDED = "suspended", _("the first confirmed suspension")

    class Doer(models.TextChoices):
        MANAGER = "manager", _("Account manager")
        UNIT = "unit", _("People of the unit")

    class When(models.TextChoices):
        ALWAYS = "always", _("always")
        CREDIT_USED_UP = "credit_used_up", _("once the credit is used up")

    version = models.ForeignKey(ScenarioVersion, models.PROTECT, related_name="steps")
    n = models.PositiveSmallIntegerField()
    stage = models.CharField(_("stage"), max_length=17, choices=Stage)
    action = models.CharField(_("action"), max_length=15, choices=Action)
    counts_from = models.CharField(_("counted from"), max_length=9, choices=From, default=From.DUE)
    days = models.PositiveSmallIntegerField(_("days"), validators=[MaxValueValidator(730)])
    gap = models.PositiveSmallIntegerField(_("days after the step before, at least"), default=1)
    template = models.SlugField(_("template"), max_length=40, blank=True)  # of a message: its code
    doer = models.CharField(_("task for"), max_length=7, choices=Doer, blank=True)
    when = models.CharField(_("condition"), max_length=14, choices=When, default=When.ALWAYS)

    class Meta:
        ordering = ["version", "n"]
        constraints = [
            models.UniqueConstraint(fields=["version", "n"], name="scenario_step_n"),
            models.CheckConstraint(name="scenario_step_message", condition=~Q(action="message") | ~Q(template="")),
            models.CheckConstraint(name="scenario_step_task", condition=~Q(action="task") | ~Q(doer="")),
            models.CheckConstraint(name="scenario_step_leads_on", condition=~Q(stage="closed")),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self):
        return f"{self.version_id} {self.n} {self.action}"
