"""Cases that reached the regulator, with clocks of their own (domain 2.1 nos. 1–4)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from complaints.models.complaints import Complaint
from complaints.models.work import Attachment, OfComplaint
from staff.models import User
from staff.scope import within_reach

REGULATOR = "complaints.regulator"


class AppealQuerySet(OfComplaint):
    def answered_for_by(self, user):
        """Whoever speaks with the regulator for the branch."""
        return self.filter(within_reach(user, REGULATOR, unit="complaint__unit", branch="complaint__branch"))


@only_listed_moves
class RegulatorCase(Stateful):
    """`decided_by`: the working day by which the regulator decides whether to take it; `answer_by`: when it answers."""

    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("appeal", "Received")
        ANSWERED = "answered", pgettext_lazy("appeal", "Answered")
        SETTLED = "settled", pgettext_lazy("appeal", "Settled with the customer")
        CLOSED = "closed", pgettext_lazy("appeal", "Closed")

    MOVES = {
        State.RECEIVED: {State.ANSWERED, State.SETTLED},
        State.ANSWERED: {State.SETTLED, State.CLOSED},
        State.SETTLED: {State.CLOSED},
        State.CLOSED: set(),
    }

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="appeals")
    authority = models.CharField(_("authority"), max_length=100)
    reference = models.CharField(_("its reference"), max_length=60)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    decide_by = models.DateTimeField()
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(_("what was answered"), blank=True, db_default="")
    settled_at = models.DateTimeField(null=True)
    proof = models.ForeignKey(  # that the customer took the appeal back
        Attachment, models.PROTECT, null=True, related_name="+", verbose_name=_("proof")
    )
    closed_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "authority", "reference"], name="appeal_reference"),
            models.CheckConstraint(
                name="appeal_answered", condition=~Q(state="answered") | (Q(answered_at__isnull=False) & ~Q(answer=""))
            ),
            models.CheckConstraint(
                name="appeal_settled",
                condition=~Q(state="settled") | Q(settled_at__isnull=False, proof__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["decide_by"], name="appeal_open", condition=~Q(state="closed"))]

    def __str__(self):
        return self.reference

    @property
    def branch_id(self) -> int:
        return self.complaint.branch_id

    @property
    def customer_id(self) -> int | None:
        return self.complaint.customer_id
