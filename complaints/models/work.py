"""What is done for a complaint: tasks of departments, notes and tries, files, compensation (A24, D16, G02)."""

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from billing.models import Account, Adjustment, Bill
from complaints.models import states
from complaints.models.complaints import Complaint
from complaints.models.states import APPEND_ONLY, AnswerWay, TaskState
from staff.models import Unit, User
from staff.scope import holds, within_reach

DO_TASK, COMPENSATE, APPROVE = "complaints.do_task", "complaints.compensate", "complaints.approve"


class OfComplaint(models.QuerySet):
    """Rows that belong to a complaint are seen with it."""

    def visible_to(self, user):
        return self.filter(complaint__in=Complaint.objects.visible_to(user))


class SubTaskQuerySet(OfComplaint):
    def visible_to(self, user):
        return self.filter(Q(complaint__in=Complaint.objects.visible_to(user)) | _of_unit(user))

    def done_by(self, user):
        """Whoever works for the department may accept, do and return it."""
        return self.filter(_of_unit(user))

    def open(self):
        return self.filter(state__in=states.TASK_OPEN)


def _of_unit(user):
    mine = Q(taken_by=user) if holds(user, DO_TASK) else Q(pk__in=[])
    reached = within_reach(user, DO_TASK, unit="unit", branch="complaint__branch") | mine
    return reached & ~Q(complaint__person=user.pk)


@only_listed_moves
class SubTask(Stateful):
    """Part of a complaint that a department does; due no later than the complaint itself."""

    State = TaskState
    MOVES = states.TASK_MOVES

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="tasks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("department"))
    key = models.CharField(max_length=120)  # of the form: sent twice, it is one task
    what = models.CharField(_("what is to be done"), max_length=500)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(max_length=9, choices=TaskState, default=TaskState.OPEN)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    result = models.CharField(_("what came of it"), max_length=1000, blank=True, db_default="")
    late_told_at = models.DateTimeField(null=True)

    objects = SubTaskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("task of a department")
        verbose_name_plural = _("tasks of departments")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "key"], name="sub_task_key"),
            models.CheckConstraint(
                name="sub_task_ended",
                condition=Q(state__in=states.TASK_OPEN, ended_at=None)
                | (~Q(state__in=states.TASK_OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="sub_task_taken", condition=~Q(state="accepted") | Q(taken_by__isnull=False)),
            models.CheckConstraint(
                name="sub_task_says_what_came", condition=~Q(state__in=("done", "returned")) | ~Q(result="")
            ),
        ]
        indexes = [models.Index(fields=["unit", "due_at"], name="sub_task_open", condition=Q(ended_at=None))]

    def __str__(self):
        return self.what

    @property
    def is_late(self) -> bool:
        return self.ended_at is None and self.due_at < timezone.now()

    @property
    def branch_id(self) -> int:
        return self.complaint.branch_id

    @property
    def customer_id(self) -> int | None:
        """On whose timeline its events stand."""
        return self.complaint.customer_id


class Note(models.Model):
    """A note, a try to reach the customer, or what they were told meanwhile. Added, never changed."""

    class Kind(models.TextChoices):
        NOTE = "note", pgettext_lazy("complaint", "Note")
        TRIED = "tried", _("Tried, not reached")
        SPOKE = "spoke", _("Spoke with the customer")
        TOLD = "told", _("Told the customer")
        HEARD = "heard", _("Heard from the customer")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.NOTE)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=9, choices=AnswerWay, blank=True, db_default="")
    text = models.CharField(max_length=2000, blank=True, db_default="")
    key = models.CharField(max_length=120)

    objects = OfComplaint.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [APPEND_ONLY]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "key"], name="note_key"),
            models.CheckConstraint(name="note_says_something", condition=~Q(kind="note", text="")),
        ]

    def __str__(self):
        return self.text[:40]


class Attachment(models.Model):
    """A file that the customer or a handler gave. `path` below MEDIA_ROOT; never served by its address."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=100)  # media type, found by looking at the file
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)  # SHA-256
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = OfComplaint.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [APPEND_ONLY]
        constraints = [models.UniqueConstraint(fields=["complaint", "digest", "name"], name="attachment_once")]

    def __str__(self):
        return self.name

    def opened(self):
        """The file, to be read; FileNotFoundError where it is gone."""
        return default_storage.open(self.path)


class CompensationQuerySet(OfComplaint):
    def visible_to(self, user):
        return self.filter(Q(complaint__in=Complaint.objects.visible_to(user)) | _approved(user))

    def approved_by(self, user):
        """What the person may decide on, as far as they did not ask for it themselves."""
        return self.filter(_approved(user)).exclude(asked_by=user)

    def waiting(self):
        return self.filter(state=Compensation.State.ASKED)


def _approved(user):
    reached = within_reach(user, APPROVE, unit="complaint__unit", branch="complaint__branch")
    return reached & ~Q(complaint__person=user.pk)


@only_listed_moves
class Compensation(Stateful):
    """Money given back for a complaint, through billing; above the asker's limit another person approves (A11)."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("compensation", "To be approved")
        GIVEN = "given", pgettext_lazy("compensation", "Given")
        REFUSED = "refused", pgettext_lazy("compensation", "Refused")

    MOVES = {State.ASKED: {State.GIVEN, State.REFUSED}, State.GIVEN: set(), State.REFUSED: set()}

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="compensations")
    key = models.CharField(max_length=120)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="+", verbose_name=_("bill"))
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)  # in the account's currency
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=7, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refused_for = models.CharField(max_length=300, blank=True, db_default="")
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, null=True, related_name="+")
    alone = models.BooleanField(default=False)  # within the asker's own limit

    objects = CompensationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("compensation")
        verbose_name_plural = _("compensations")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "key"], name="compensation_key"),
            models.CheckConstraint(name="compensation_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="compensation_four_eyes",
                condition=Q(decided_by=None) | Q(alone=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="compensation_given", condition=~Q(state="given") | Q(adjustment__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.complaint_id}: {self.amount}"

    @property
    def branch_id(self) -> int:
        return self.complaint.branch_id

    @property
    def customer_id(self) -> int | None:
        return self.complaint.customer_id
