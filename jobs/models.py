"""Work that outlives a request: schedule slots, runs with progress, and the switches people hold.

A run is claimed with a lease and a token on the database's clock; each step commits its work, its cursor and its
progress together, so a kill at any moment repeats at most the step that was not committed.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Switch(models.Model):
    """What a person has set for one job; a job without a row runs as declared."""

    job = models.CharField(max_length=60, unique=True)
    paused = models.BooleanField(default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return self.job


class RunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own runs; with `jobs.view` all of the branch and the product's own."""
        seen = models.Q(asked_by=user.pk)
        if user.has_perm("jobs.view"):
            seen |= models.Q(branch_id=None) | models.Q(branch_id=user.branch_id)
        return self.filter(seen)


class Run(models.Model):
    """One execution of a job, asked for by a person or by a schedule slot."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        DEAD = "dead"  # gave up after `max_attempts`; a person may retry it

    job = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)  # the same request twice is one run
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    branch_id = models.BigIntegerField(null=True)  # null: the product's own
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    cancel_asked = models.BooleanField(default=False)
    cursor = models.JSONField(default=dict)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="run_open", condition=models.Q(state__in=["waiting", "running"])),
            models.Index(fields=["job", "-id"], name="run_job"),
        ]

    def __str__(self):
        return f"{self.job} #{self.pk}"


class Slot(models.Model):
    """A moment at which a job was due. The unique key is what makes any number of bells ring once."""

    job = models.CharField(max_length=60)
    slot_at = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())
    run = models.OneToOneField(Run, models.PROTECT, null=True)  # null: skipped by the catch-up policy

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot_at"], name="slot_once")]

    def __str__(self):
        return f"{self.job} {self.slot_at:%Y-%m-%d %H:%M}"
