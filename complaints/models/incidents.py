"""Something that many customers suffer from at once: an outage, a wrong bill run (batch; peers E 8).

Complaints stand under an incident, incidents under nothing: no path leads to a circle. What is going on now is shown at
the counter before anybody complains.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.stateful import Stateful, only_listed_moves
from complaints.models.categories import Category, Cause, OfBranch
from complaints.models.states import APPEND_ONLY, Liability
from customers.models.lines import LineKind
from staff.models import Unit, User
from staff.scope import within_reach

INCIDENTS = "complaints.incidents"


class IncidentQuerySet(OfBranch):
    def led_by(self, user):
        """What the person may tell customers about, and end."""
        return self.filter(within_reach(user, INCIDENTS, unit="area", branch="branch"))

    def going_on(self):
        return self.filter(state="open")


@only_listed_moves
class Incident(Stateful):
    """`area`: the community, department or branch that suffers, with everything below it."""

    class State(models.TextChoices):
        OPEN = "open", _("Going on")
        OVER = "over", _("Over")

    MOVES = {State.OPEN: {State.OVER}, State.OVER: set()}

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("where"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("class"))
    product = models.CharField(_("product"), max_length=9, choices=LineKind, blank=True, db_default="")
    title = models.CharField(_("what happened"), max_length=120)
    title_en = models.CharField(_("in English"), max_length=120, blank=True)
    say = models.CharField(_("what customers are told"), max_length=300)
    say_en = models.CharField(_("in English"), max_length=300, blank=True)
    planned = models.BooleanField(_("planned work"), default=False)
    began_at = models.DateTimeField(_("since"))
    expected_at = models.DateTimeField(_("expected to end"), null=True, blank=True)
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    # What all complaints under it are answered with, once it is over (G02, D14)
    cause = models.ForeignKey(Cause, models.PROTECT, null=True, related_name="+", verbose_name=_("root cause"))
    liability = models.CharField(_("whose doing"), max_length=8, choices=Liability, blank=True, db_default="")
    measure = models.CharField(_("what was done"), max_length=500, blank=True, db_default="")
    answer = models.CharField(_("what the customers are answered"), max_length=300, blank=True, db_default="")
    answer_en = models.CharField(_("in English"), max_length=300, blank=True, db_default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)  # of the form: sent twice, it is one incident

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            models.UniqueConstraint(fields=["branch", "key"], name="incident_key"),
            models.CheckConstraint(
                name="incident_ended",
                condition=Q(state="over", ended_at__isnull=False) | Q(state="open", ended_at=None),
            ),
            models.CheckConstraint(
                name="incident_answered", condition=Q(ended_by=None) | (Q(cause__isnull=False) & ~Q(answer=""))
            ),
            models.CheckConstraint(
                name="incident_expected", condition=Q(expected_at=None) | Q(expected_at__gt=F("began_at"))
            ),
        ]
        indexes = [models.Index(fields=["branch", "-began_at"], name="incident_branch")]

    def __str__(self):
        return self.title_en if self.title_en and (get_language() or "").startswith("en") else self.title

    @property
    def told(self) -> str:
        """What customers are told, in the language in force."""
        return self.say_en if self.say_en and (get_language() or "").startswith("en") else self.say

    def answer_for(self, language: str) -> str:
        """What a customer who reads `language` is answered."""
        return self.answer_en if self.answer_en and language.startswith("en") else self.answer


class IncidentUpdate(models.Model):
    """What customers were told in between; added, never changed."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="updates")
    n = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["incident", "n"], name="incident_update_n")]
        triggers = [APPEND_ONLY]

    def __str__(self):
        return f"{self.incident_id} {self.n}"

    def text_for(self, language: str) -> str:
        """What a customer who reads `language` is told."""
        return self.text_en if self.text_en and language.startswith("en") else self.text
