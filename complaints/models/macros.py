"""What is done to complaints again and again, kept under one name: several changes that go together or not at all."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from complaints.models.categories import Category, Cause, named
from complaints.models.complaints import LEAD, Complaint
from complaints.models.states import APPEND_ONLY, AnswerWay, Level, Liability
from outreach import texts
from outreach.models import Template
from staff.models import Unit, User
from staff.scope import postings_of, within_reach

PURPOSE = "complaint_macro"  # of its texts and of the templates it may send; see complaints.purposes
TEXTS = ("text", "direction", "given_for", "measure", "answer", "note")
RESULT = ("cause", "liability", "measure", "answer", "answered_by")
REJECTION = ("text", "direction", "answered_by")
TASK = ("department", "hours", "text")
CHANGES = ("category_id", "level", "owner_to", "gives", "step", "note", "message_id")
LONGEST = 24 * 30  # hours that a department may be given


class MacroQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the units in which the person works, of the units above, and of those the person leads."""
        above = {int(key) for posting in postings_of(user) for key in posting.unit.path.strip("/").split("/")}
        here = Q(unit__in=above, branch__in=user.branches_today())
        return self.filter(here | within_reach(user, LEAD, unit="unit", branch="branch"))

    def kept_by(self, user):
        """Those the person may change."""
        return self.filter(within_reach(user, LEAD, unit="unit", branch="branch"))


class Macro(models.Model):
    """The changes in their order: class, level, owner, money, step, note, message. What is empty is left as it is."""

    class To(models.TextChoices):
        ME = "me", _("Whoever uses it")
        CLASS = "class", _("By the class: whoever has least to do")
        PERSON = "person", _("The person named")

    class Step(models.TextChoices):
        CONTACT = "contact", _("Customer was told")
        WAIT = "wait", _("Wait for the customer")
        GO_ON = "go_on", _("Go on")
        ASK = "ask", _("Task for a department")
        RESOLVE = "resolve", _("Resolve")
        REJECT = "reject", _("Not ours")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("for whom"),
        help_text=_("The people of the unit and of those below it."),
    )  # fmt: skip
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    key = models.CharField(
        _("key"), max_length=1, blank=True, validators=[RegexValidator("^[1-9]$", _("A digit from 1 to 9."))],
        help_text=_("A digit that presses it on the complaint's page."),
    )  # fmt: skip
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("class of complaints")
    )
    level = models.PositiveSmallIntegerField(
        pgettext_lazy("complaint", "level"), choices=Level.choices[1:], null=True, blank=True
    )
    owner_to = models.CharField(_("owner"), max_length=6, choices=To, blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person named")
    )
    step = models.CharField(pgettext_lazy("macro", "step"), max_length=7, choices=Step, blank=True)
    text = models.CharField(_("what was said, is awaited or asked, or why not ours"), max_length=300, blank=True)
    direction = models.CharField(
        _("where the customer is to turn"), max_length=300, blank=True, default="", db_default=""
    )
    department = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    hours = models.PositiveSmallIntegerField(
        _("hours the department has"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("At the latest it is due with the complaint itself."),
    )  # fmt: skip
    gives = models.DecimalField(
        _("money given back"), max_digits=8, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("Of the bill it is about, or the newest; beyond one's own limit it waits for approval."),
    )  # fmt: skip
    given_for = models.CharField(_("what it is given for"), max_length=300, blank=True, default="", db_default="")
    cause = models.ForeignKey(
        Cause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("root cause")
    )
    liability = models.CharField(_("whose doing"), max_length=8, choices=Liability, blank=True)
    measure = models.CharField(_("what was done"), max_length=500, blank=True)
    answer = models.TextField(_("what the customer was told"), max_length=1000, blank=True)
    answered_by = models.CharField(_("told"), max_length=9, choices=AnswerWay, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    message = models.ForeignKey(
        Template, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("message to the customer")
    )
    then_next = models.BooleanField(_("then on to the next in the list"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MacroQuerySet.as_manager()

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ["key", "name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="macro_name"),
            models.UniqueConstraint(fields=["unit", "key"], name="macro_key", condition=~Q(key="") & Q(active=True)),
        ]

    def __str__(self):
        return named(self)

    @property
    def does(self) -> list[str]:
        """Its changes in a few words each."""
        field = self._meta.get_field
        before = ("category", "level", "owner_to", "gives")
        said = [str(field(name).verbose_name) for name in before if self._has(name)]
        said += [self.get_step_display()] if self.step else []
        said += [str(field(name).verbose_name) for name in ("note", "message") if self._has(name)]
        return said

    def _has(self, name):
        return bool(getattr(self, self._meta.get_field(name).attname))

    def clean(self):
        """Each step has what it needs, and texts name only variables that there are."""
        problems = {}
        for name in TEXTS:
            try:
                texts.check(getattr(self, name), PURPOSE)
            except ValidationError as error:
                problems[name] = error
        problems |= {name: gettext("This step needs it.") for name in self._missing()}
        if not any(getattr(self, name) for name in CHANGES):
            problems["step"] = gettext("Say what it changes.")
        if problems:
            raise ValidationError(problems)

    def _missing(self):
        needed = {
            "": [],
            self.Step.CONTACT: ["text"],
            self.Step.WAIT: ["text"],
            self.Step.GO_ON: [],
            self.Step.ASK: TASK,
            self.Step.RESOLVE: RESULT,
            self.Step.REJECT: REJECTION,
        }[self.step]
        owner = ["owner"] if self.owner_to == self.To.PERSON else []
        money = ["given_for"] if self.gives else []
        return [name for name in (*needed, *owner, *money) if not getattr(self, name)]

    @transaction.atomic
    def keep(self, *, by: User, version: int | None = None):
        """Save it, new or changed; `version` is the one the person saw. ValidationError where somebody saved since."""
        made = self.pk is None
        if not made and Macro.objects.select_for_update(of=["self"]).get(pk=self.pk).version != version:
            raise ValidationError(gettext("Somebody else changed this in the meantime."), code="outdated")
        self.branch_id = self.unit.home_id
        if not made:
            self.version = F("version") + 1
        self.save()
        self.refresh_from_db(fields=["version"])
        record(self, "macro.made" if made else "macro.changed", by=by, name=self.name, version=self.version)


class MacroUse(models.Model):
    """A macro was applied; the same key, the same use. Added, never changed."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="+")
    macro = models.ForeignKey(Macro, models.PROTECT, related_name="uses")
    version = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "key"], name="macro_use_once")]
        triggers = [APPEND_ONLY]

    def __str__(self):
        return f"{self.complaint_id}: {self.macro_id}"
