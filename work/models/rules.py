"""How a branch follows up: when it tries again, who hears of what is late. Edited in the back office."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import BranchRules, Unit, User
from staff.rights import Role
from work.models.follow_ups import FollowUp

TIMES = (time(10), time(15, 30), time(19))


def usual_times():
    return list(TIMES)


def between(least, most):
    return [MinValueValidator(least), MaxValueValidator(most)]


class FollowUpRules(BranchRules):
    """One row a branch; a branch without one has these defaults."""

    branch = models.OneToOneField(Unit, models.PROTECT, related_name="+")
    most_tries = models.PositiveSmallIntegerField(_("tries before giving up"), default=3, validators=between(1, 20))
    least_days = models.PositiveSmallIntegerField(_("on at least so many days"), default=2, validators=between(1, 10))
    first_pause = models.PositiveSmallIntegerField(
        _("minutes until the second try"), default=120, validators=between(1, 1440)
    )
    busy_pause = models.PositiveSmallIntegerField(
        _("minutes until the next try after a busy line"), default=30, validators=between(1, 1440)
    )
    times = ArrayField(models.TimeField(), verbose_name=_("times of day for further tries"), default=usual_times)
    merge_days = models.PositiveSmallIntegerField(
        _("days within which callbacks to one customer become one call"), default=7, validators=between(0, 60)
    )
    stall_days = models.PositiveSmallIntegerField(
        _("days without a note after which it alarms"), default=3, validators=between(1, 60)
    )
    cool_down = models.PositiveSmallIntegerField(
        _("minutes between two rings of a leader"), default=60, validators=between(0, 1440)
    )
    pool_minutes = models.PositiveSmallIntegerField(
        _("minutes until the leader hears of what nobody has taken"), default=15, validators=between(1, 1440)
    )

    class Meta:
        verbose_name = _("rules of follow-ups")
        verbose_name_plural = _("rules of follow-ups")

    def clean(self):
        if not self.times:
            raise ValidationError({"times": _("Name at least one time of day.")})


class EscalationStep(models.Model):
    """After so much working time past `late_at` the nearest of these roles, from the unit upwards, hears of it."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    n = models.PositiveSmallIntegerField(_("step"), validators=between(1, 9))
    after = models.PositiveIntegerField(_("working minutes late"), validators=between(0, 100_000))
    roles = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name=_("roles"))
    rings = models.BooleanField(_("rings at once"), default=False, help_text=_("Otherwise it waits for the digest."))

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["branch", "n"], name="escalation_step")]
        verbose_name = _("step of escalation")
        verbose_name_plural = _("steps of escalation")

    def __str__(self):
        return f"{self.n}: {self.after}"


class Escalation(models.Model):
    """A step of the ladder that was climbed, once; `to` is null where nobody holds such a role."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="escalations")
    step = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["follow_up", "step"], name="escalated_once")]

    def __str__(self):
        return f"{self.follow_up_id} ^{self.step}"
