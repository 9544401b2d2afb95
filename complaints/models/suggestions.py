"""Opinions that are no complaint: each has a decision and an answer (A31, B43, D12)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from complaints.models.categories import OfBranch, named
from complaints.models.states import Channel
from customers.models import Customer
from staff.models import Unit, User
from staff.scope import within_reach

VIEW, DECIDE = "complaints.suggestions", "complaints.decide_suggestions"


class Topic(models.Model):
    """What suggestions are about; ranked by how many there are."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    active = models.BooleanField(_("active"), default=True)

    objects = OfBranch.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("topic of suggestions")
        verbose_name_plural = _("topics of suggestions")
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="topic_code")]

    def __str__(self):
        return named(self)


class SuggestionQuerySet(models.QuerySet):
    def visible_to(self, user):
        of = within_reach(user, VIEW, unit="customer__unit", owner="customer__manager", branch="branch")
        return self.filter(of | within_reach(user, VIEW, unit="unit", branch="branch"))

    def decided_by_person(self, user):
        return self.filter(within_reach(user, DECIDE, unit="unit", branch="branch"))


@only_listed_moves
class Suggestion(Stateful):
    """From the customer's words to the answer. Taken up or not: both with a reason that the customer is told (D12)."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("suggestion", "New")
        DECIDED = "decided", pgettext_lazy("suggestion", "Decided")
        ANSWERED = "answered", pgettext_lazy("suggestion", "Answered")

    class Decision(models.TextChoices):
        TAKEN = "taken", _("Taken up")
        LATER = "later", _("Later")
        KNOWN = "known", _("Is the case already")
        NOT = "not", _("Not taken up")

    MOVES = {State.NEW: {State.DECIDED}, State.DECIDED: {State.ANSWERED}, State.ANSWERED: set()}

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("department"))
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="suggestions")
    key = models.CharField(max_length=120)
    channel = models.CharField(_("channel"), max_length=9, choices=Channel)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name=_("topic"))
    text = models.TextField(_("in the customer's words"))
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("to be answered by"))
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    decision = models.CharField(_("decision"), max_length=5, choices=Decision, blank=True, db_default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, db_default="")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer to the customer"), max_length=500, blank=True, db_default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    late_told_at = models.DateTimeField(null=True)  # when those who decide heard that it is late

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [
            models.UniqueConstraint(fields=["branch", "key"], name="suggestion_key"),
            models.CheckConstraint(
                name="suggestion_decided", condition=Q(state="new") | (~Q(decision="") & ~Q(reason=""))
            ),
            models.CheckConstraint(name="suggestion_answered", condition=~Q(state="answered") | ~Q(answer="")),
        ]
        indexes = [
            models.Index(fields=["branch", "-id"], name="suggestion_branch"),
            models.Index(fields=["customer", "-id"], name="suggestion_customer"),
            models.Index(fields=["due_at"], name="suggestion_late", condition=Q(answered_at=None, late_told_at=None)),
        ]

    def __str__(self):
        return self.text[:40]
