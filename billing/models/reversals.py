"""Taking back a payment at the counter: asked by one, allowed by another."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.stateful import Stateful, only_listed_moves
from billing.models.bills import KEPT
from billing.models.receipts import ONLY_OPEN, Receipt
from billing.models.shifts import Shift
from staff.models import Unit, User
from staff.scope import within_reach

APPROVE = "billing.approve"
OUT_OF_OPEN = f"IF NEW.shift_id IS NOT DISTINCT FROM OLD.shift_id THEN RETURN NEW; END IF; {ONLY_OPEN}"


class ReversalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own requests, and those at the units whose tills a person approves for."""
        return self.filter(within_reach(user, APPROVE, unit="receipt__unit") | Q(asked_by=user.pk))

    def approved_by(self, user):
        """What this person may decide by their reach, whoever asked."""
        return self.filter(within_reach(user, APPROVE, unit="receipt__unit"))

    def waiting(self):
        return self.filter(state=Reversal.State.ASKED)


@only_listed_moves
class Reversal(Stateful):
    """A request to take a counter payment back. Approved, the money leaves the till of `shift`, in the payment's way.

    `shift` is the open one of who asked, or else of who approved: never one that has been counted.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        State.ASKED: {State.APPROVED, State.REFUSED, State.WITHDRAWN},
        State.APPROVED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="reversals")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)  # why it was refused
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="reversals")

    objects = ReversalQuerySet.as_manager()

    class Meta:
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"], name="reversal_once", condition=Q(state__in=["asked", "approved"])
            ),
            models.CheckConstraint(name="reversal_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="reversal_four_eyes", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="reversal_decided",
                condition=~Q(state__in=["approved", "refused"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(name="reversal_refused_says_why", condition=~Q(state="refused", answer="")),
            models.CheckConstraint(
                name="reversal_leaves_a_till", condition=~Q(state="approved") | Q(shift__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["branch", "asked_at"], name="reversal_waiting", condition=Q(state="asked"))]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(name="stays", fields=["branch", "receipt", "asked_by", "reason"]),
            pgtrigger.Trigger(
                name="out_of_open_shift", when=pgtrigger.Before, operation=pgtrigger.Update, func=OUT_OF_OPEN
            ),
        ]

    def __str__(self):
        return f"{self.receipt_id} {self.state}"

    @property
    def is_waiting(self):
        return self.state == self.State.ASKED
