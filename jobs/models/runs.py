"""Work that outlives a request: schedule slots, runs with progress, and the switches people hold.

A run is claimed with a lease and a token on the database's clock; each step commits its work, its cursor and its
progress together, so a kill at any moment repeats at most the step that was not committed.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.stateful import Stateful, only_listed_moves
from audit.trail import record
from jobs import bell, registry


class SwitchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("jobs.view") else self.none()


class Switch(models.Model):
    """One row a job: whether a person has paused it, and up to which moment its slots are laid out."""

    job = models.CharField(max_length=60, unique=True)
    paused = models.BooleanField(default=False)
    slots_until = models.DateTimeField(null=True)  # the last slot; null: no schedule
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)

    objects = SwitchQuerySet.as_manager()

    def __str__(self):
        return self.job


class RunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own runs; with `jobs.view` all of the branch and the product's own."""
        if not user.is_authenticated:
            return self.none()
        seen = models.Q(asked_by=user.pk)
        if user.has_perm("jobs.view"):
            seen |= models.Q(branch_id=None) | models.Q(branch_id=user.branch_id)
        return self.filter(seen)

    def lapsed(self):
        """Running in name only: nobody has renewed the lease."""
        return self.filter(state=Run.State.RUNNING, lease_until__lt=Now())


@only_listed_moves
class Run(Stateful):
    """One execution of a job, asked for by a person or by a schedule slot.

    The clockwork moves runs by conditional updates over sets (`jobs.claims`) and writes no event for each: the row
    itself says when it began, ended and why it failed. What a person does goes through `move_to` and is recorded.
    Both meet the same table of moves, which the database checks as well.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        DEAD = "dead", _("Given up")  # after `max_attempts`; a person may retry it

    MOVES = {
        State.WAITING: {State.RUNNING, State.CANCELLED},
        State.RUNNING: {State.WAITING, State.DONE, State.CANCELLED, State.DEAD},
        State.DEAD: {State.WAITING},
        State.DONE: set(),
        State.CANCELLED: set(),
    }
    OPEN = (State.WAITING, State.RUNNING)

    job = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)  # the same request twice is one run
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    branch_id = models.BigIntegerField(null=True)  # null: the product's own
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(db_default=Now())  # when it may be claimed: due, backing off, or the lease's end
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # at the step it stands at; a committed step forgives
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    cancel_asked = models.BooleanField(default=False)
    cursor = models.JSONField(default=dict)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)  # the last trouble, without personal data

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="run_open", condition=models.Q(state__in=["waiting", "running"])),
            models.Index(fields=["job", "-id"], name="run_job"),
            models.Index(fields=["asked_by", "-id"], name="run_asked", condition=models.Q(asked_by__isnull=False)),
        ]

    def __str__(self):
        return f"{self.job} #{self.pk}"

    @property
    def title(self):
        known = registry.find(self.job)
        return known.title if known else self.job

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def is_broken_off(self):
        """Cancelled or given up: not all of it was done."""
        return self.state in (self.State.CANCELLED, self.State.DEAD)

    @property
    def duration(self):
        """From the first start to the end; None before the end."""
        return self.finished_at - self.started_at if self.finished_at and self.started_at else None

    def labelled_counts(self):
        """(label, number) pairs, labelled as the job declares them."""
        known = registry.find(self.job)
        labels = known.counts if known else {}
        return [(labels.get(name, name), number) for name, number in self.counts.items()]

    def count(self, done, **more):
        """That much further, and that many more of each of the counts; kept with the step."""
        self.done += done
        self.counts = self.counts | {name: self.counts.get(name, 0) + n for name, n in more.items()}

    def controllable_by(self, user):
        """Whether `user` may cancel and retry it: who asked for it, and who controls jobs."""
        return self.asked_by_id == user.pk or user.has_perm("jobs.control")

    @transaction.atomic
    def cancel(self, *, by):
        """Stop it: at once when nobody works on it, else after the step in hand. What is done stays done.

        A second call does nothing; ValidationError when it has ended otherwise.
        """
        self.lock()
        if self.state == self.State.CANCELLED or (self.is_open and self.cancel_asked):
            return
        if self.state == self.State.WAITING or Run.objects.lapsed().filter(pk=self.pk).exists():
            self.move_to(self.State.CANCELLED, by=by)
            self.finished_at = Now()
            self.save(update_fields=["finished_at"])
            self.refresh_from_db()
        elif self.state == self.State.RUNNING:
            self.cancel_asked = True
            self.save(update_fields=["cancel_asked"])
            record(self, "run.cancel_asked", by=by, job=self.job)
        else:
            raise ValidationError(_("It has ended already: there is nothing left to cancel."))

    @transaction.atomic
    def retry(self, *, by):
        """Take up a run that was given up where it stopped."""
        self.move_to(self.State.WAITING, by=by)
        self.attempts, self.error, self.cancel_asked, self.finished_at = 0, "", False, None
        self.next_at = Now()
        self.save(update_fields=["attempts", "error", "cancel_asked", "finished_at", "next_at"])
        self.refresh_from_db()
        bell.ring_on_commit()


class SlotQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("jobs.view") else self.none()


class Slot(models.Model):
    """A moment at which a job was due. The unique key is what makes any number of bells ring once."""

    job = models.CharField(max_length=60)
    slot_at = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())
    run = models.OneToOneField(Run, models.PROTECT, null=True)  # null: skipped by the catch-up policy

    objects = SlotQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot_at"], name="slot_once")]

    def __str__(self):
        return f"{self.job} {self.slot_at:%Y-%m-%d %H:%M}"
