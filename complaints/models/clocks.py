"""By when a complaint is to be contacted, answered and called back, and the steps that were climbed (4.1, 2.1 no. 1).

Rows are derived from the log of its moves by one function (`complaints.clocks.deriving`) and kept as it says.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaints import Complaint
from complaints.models.policies import PolicyStep, PolicyVersion
from staff.models import User

# The queue of the desk is in the order of `Complaint.due_at`: one column, one index. Whoever writes a clock holds its
# complaint, so that no two of them count at once.
NEAREST = """
    UPDATE complaints_complaint c SET due_at = nearest.due_at
    FROM (SELECT min(k.due_at) AS due_at FROM complaints_clock k WHERE k.complaint_id = NEW.complaint_id
          AND k.met_at IS NULL AND k.stopped_at IS NULL AND k.paused_at IS NULL) nearest
    WHERE c.id = NEW.complaint_id AND c.due_at IS DISTINCT FROM nearest.due_at;
    RETURN NULL;
"""


class Clock(models.Model):
    """One clock of a complaint. `due_at` moves while it is paused; the legal clock never is.

    `round`: 1, and one more with every reopening for contact, result and callback; the legal clock has one round.
    """

    Kind = PolicyStep.Clock

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="clocks")
    kind = models.CharField(_("clock"), max_length=8, choices=Kind)
    round = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()  # pauses that are over are counted in
    paused_at = models.DateTimeField(null=True)  # since when it stands still
    paused_minutes = models.PositiveIntegerField(default=0)  # working minutes of the pauses that are over
    met_at = models.DateTimeField(null=True)  # when what it waits for was done, in time or late
    stopped_at = models.DateTimeField(null=True)  # nothing is waited for any more: withdrawn, merged
    version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")  # of its round
    basis = models.CharField(max_length=80, blank=True, db_default="")  # hours or rule it was worked out by
    look_at = models.DateTimeField(null=True)  # when the next step of its ladder may be due; null: nothing more comes

    objects = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "kind", "round"], name="clock_once"),
            models.CheckConstraint(name="clock_ended_once", condition=Q(met_at=None) | Q(stopped_at=None)),
            models.CheckConstraint(name="clock_legal_never_pauses", condition=~Q(kind="legal") | Q(paused_at=None)),
        ]
        indexes = [
            models.Index(fields=["look_at"], name="clock_look", condition=Q(look_at__isnull=False)),
            models.Index(fields=["kind", "due_at"], name="clock_running", condition=Q(met_at=None, stopped_at=None)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="nearest", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Update, func=NEAREST
            )
        ]

    def __str__(self):
        return f"{self.complaint_id} {self.kind} {self.round}"

    @property
    def is_running(self):
        return self.met_at is None and self.stopped_at is None


class Escalated(models.Model):
    """A step of the ladder that was climbed, once for complaint, clock and step."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="escalations")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="escalations")
    step = models.CharField(max_length=20)  # "50 %" and "step 3" of the policy, "warning" to "over" of the law
    at = models.DateTimeField()
    to = models.ManyToManyField(User, related_name="+")
    raised_to = models.PositiveSmallIntegerField(null=True)  # the level, where the step raised it

    objects = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="escalated_step_once")]

    def __str__(self):
        return f"{self.complaint_id} {self.step}"
