"""Messages that are planned as one set."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outreach.models.templates import Template
from staff.models import Unit, User
from staff.scope import within_reach


class WaveQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(within_reach(user, "outreach.control", unit="branch", branch="branch"))

    def held(self):
        return self.filter(state=Wave.State.HELD)


class Wave(models.Model):
    """One set of messages by one template; far more than `usual` are held until a person has looked.

    `usual` is the median of the last seven sets of the template, None before there was one.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("wave", "Under way")
        HELD = "held", pgettext_lazy("wave", "Held for a person")
        RELEASED = "released", pgettext_lazy("wave", "Released")
        CANCELLED = "cancelled", pgettext_lazy("wave", "Cancelled")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, models.PROTECT, related_name="waves")
    key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    planned = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)  # how many there were when somebody let them go
    usual = models.PositiveIntegerField(null=True)
    planned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="wave_decided_by_another",
                condition=Q(decided_by=None) | Q(planned_by=None) | ~Q(decided_by=models.F("planned_by")),
            )
        ]
        indexes = [models.Index(fields=["template", "-id"], name="wave_of_template")]
        verbose_name = _("wave")

    def __str__(self):
        return self.key

    @property
    def factor(self):
        """How many times the usual it is; None where nothing is usual yet."""
        return self.planned / self.usual if self.usual else None

    def reach(self) -> dict:
        """How far it got: (state, reason) → how many of its messages (A29)."""
        counted = self.messages.values_list("state", "reason").annotate(many=models.Count("pk"))
        return {(state, reason): many for state, reason, many in counted.order_by("state", "reason")}
