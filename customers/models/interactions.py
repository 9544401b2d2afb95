"""Contacts with customers: what they came for and what became of it (A01, A11; shape of TMF683)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from customers.models.customer import Customer
from customers.models.lines import Line
from staff.models import Unit, User
from staff.scope import within_reach


class Stage(models.TextChoices):
    PRE_SALE = "pre_sale", _("Pre-sale")
    IN_SALE = "in_sale", _("In-sale")
    AFTER_SALE = "after_sale", _("After-sale")


class ReasonQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(branch__in=user.branches_today())

    def choosable(self, branch):
        """What a contact in `branch` may name."""
        return self.filter(branch=branch).finest()

    def finest(self):
        """The reasons in use that no other one refines."""
        return self.filter(active=True).exclude(children__active=True)


class Reason(models.Model):
    """Why a customer came: a tree of at most three levels, found by number or pinyin."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("reason above")
    )
    code = models.CharField(_("code"), max_length=10)  # "2103": its prefix is its parent's code
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    initials = models.CharField(max_length=60, blank=True, editable=False)
    stage = models.CharField(max_length=10, choices=Stage, blank=True)  # the usual one, offered when it is chosen
    active = models.BooleanField(_("active"), default=True)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="reason_code")]
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class InteractionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may see the customer sees what was spoken about with them (amendment 6)."""
        return self.reached_with("customers.view", user)

    def reached_with(self, right, user):
        return self.filter(
            within_reach(
                user,
                right,
                unit="customer__unit",
                owner="customer__manager",
                branch="customer__branch",
            )
        )

    def open_follow_ups(self):
        return self.filter(next_step="follow_up", followed_up_at=None)

    def by_stage(self, since, until):
        """How many contacts each service stage had, from `since` up to but not on `until` (A01)."""
        rows = self.filter(at__gte=since, at__lt=until).order_by("stage")
        counted = dict(rows.values_list("stage").annotate(n=Count("pk")))
        return {stage: counted.get(stage, 0) for stage in Interaction.Stage.values}


class Interaction(models.Model):
    """One contact; three requests in one visit are one interaction with three items."""

    Stage = Stage

    class Channel(models.TextChoices):
        HALL = "hall", _("Service hall")
        HOTLINE = "hotline", _("Hotline")
        VISIT = "visit", _("Visit")
        PHONE = "phone", _("Phone call")
        APP = "app", _("App")
        WECHAT = "wechat", _("WeChat")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("To the customer")

    class NextStep(models.TextChoices):
        NONE = "none", _("None")
        FOLLOW_UP = "follow_up", _("Follow up")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # where it took place
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="interactions")
    key = models.UUIDField(unique=True)  # of the form that recorded it: sent twice, it is one interaction
    stage = models.CharField(_("stage"), max_length=10, choices=Stage)
    channel = models.CharField(_("channel"), max_length=7, choices=Channel)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.IN)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_owner = models.ForeignKey(User, models.PROTECT, related_name="+")  # stays accountable (A11)
    note = models.TextField(_("note"), blank=True)
    next_step = models.CharField(_("next step"), max_length=9, choices=NextStep, default=NextStep.NONE)
    follow_up = models.CharField(_("what to follow up"), max_length=300, blank=True)
    follow_up_on = models.DateField(_("on"), null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="interaction_follow_up_is_said",
                condition=Q(next_step="none", follow_up="", follow_up_on=None)
                | (Q(next_step="follow_up", follow_up_on__isnull=False) & ~Q(follow_up="")),
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="interaction_timeline"),
            models.Index(
                fields=["first_owner", "follow_up_on"],
                name="interaction_follow_up",
                condition=Q(followed_up_at=None, next_step="follow_up"),
            ),
            models.Index(
                fields=["branch", "follow_up_on"],
                name="interaction_overdue",
                condition=Q(followed_up_at=None, next_step="follow_up"),
            ),
            models.Index(fields=["unit", "-at"], name="interaction_unit"),
            models.Index(fields=["branch", "at"], name="interaction_day"),
        ]

    def __str__(self):
        return f"{self.get_channel_display()} {self.at:%Y-%m-%d}"

    @property
    def awaits_follow_up(self):
        return self.next_step == self.NextStep.FOLLOW_UP and self.followed_up_at is None

    @transaction.atomic
    def follow_up_is_done(self, *, by, at=None):
        """The promised step was taken. Said twice, the first time counts; returns whether this was it."""
        if self.next_step != self.NextStep.FOLLOW_UP:
            raise ValidationError(gettext("Nothing was to be followed up here."))
        at = at or timezone.now()
        first = bool(Interaction.objects.filter(pk=self.pk, followed_up_at=None).update(followed_up_at=at))
        self.refresh_from_db()
        if first:
            record(self, "interaction.followed_up", by=by, customer=self.customer, what=self.follow_up)
            self.tell_followers(by=by)
        return first

    @transaction.atomic
    def follow_up_is_open_again(self, *, by):
        """It was said to be done by mistake."""
        if Interaction.objects.filter(pk=self.pk).exclude(followed_up_at=None).update(followed_up_at=None):
            record(self, "interaction.open_again", by=by, customer=self.customer)
        self.refresh_from_db()

    def tell_followers(self, *, by):
        """Let the apps above do what follows from this contact, in its transaction (settings.INTERACTION_FOLLOWERS)."""
        for path in settings.INTERACTION_FOLLOWERS:
            import_string(path)(self, by=by)


class InteractionItem(models.Model):
    """One thing the customer came for, and what became of it."""

    class Result(models.TextChoices):
        SETTLED = "settled", _("Settled on the spot")
        PASSED_ON = "passed_on", _("Passed on")
        OPEN = "open", _("Still open")
        DECLINED = "declined", _("Could not be done")

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="+")
    detail = models.CharField(max_length=500, blank=True)
    result = models.CharField(max_length=9, choices=Result, default=Result.SETTLED)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["interaction", "position"], name="item_position")]

    def __str__(self):
        return f"{self.reason}"
