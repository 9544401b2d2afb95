"""What keeps dunning from an account, a bill or a line: disputes, promises, exemptions (domain 4.3, 2.1 no. 14)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from billing.models.accounts import VIEW, Account, reached
from billing.models.bills import Bill
from billing.models.dunning import DunningCase
from customers.models import Line
from staff.models import Unit, User


class ReachedByAccount(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "account__"))


class HoldQuerySet(ReachedByAccount):
    def standing(self, day):
        return self.filter(Q(until=None) | Q(until__gte=day), ended_at=None)


class Hold(models.Model):
    """A dispute takes one bill out of dunning; a person stops it for the account. `until` is its last day."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Disputed")
        MANUAL = "manual", _("Stopped by a person")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="holds")
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="holds")
    kind = models.CharField(max_length=7, choices=Kind)
    key = models.CharField(max_length=120)  # unique in the branch: the same wish twice is one hold
    reason = models.CharField(_("reason"), max_length=300)
    until = models.DateField(_("until"), null=True, blank=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_for = models.CharField(max_length=300, blank=True, db_default="")

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold on dunning")
        verbose_name_plural = _("holds on dunning")
        constraints = [
            models.UniqueConstraint(fields=["branch", "key"], name="hold_key"),
            models.UniqueConstraint(
                fields=["bill"], name="hold_one_dispute", condition=Q(kind="dispute", ended_at=None)
            ),
            models.UniqueConstraint(
                fields=["account"], name="hold_one_manual", condition=Q(kind="manual", ended_at=None)
            ),
            models.CheckConstraint(
                name="hold_of_a_bill",
                condition=Q(kind="dispute", bill__isnull=False) | Q(kind="manual", bill=None, until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["account"], name="hold_standing", condition=Q(ended_at=None)),
            models.Index(fields=["until"], name="hold_until", condition=Q(ended_at=None, until__isnull=False)),
        ]

    def __str__(self):
        return f"{self.kind} {self.account_id}"


class ExemptionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "line__"))

    def standing(self, day):
        return self.filter(Q(until=None) | Q(until__gte=day), state=Exemption.State.APPROVED)


@only_listed_moves
class Exemption(Stateful):
    """A line that is never suspended for arrears: hospital, police, public emergency.

    Asked for by one person, approved by another.
    """

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital")
        POLICE = "police", _("Police")
        EMERGENCY = "emergency", _("Public emergency list")
        OTHER = "other", _("Other reason")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("exemption", "Asked for")
        APPROVED = "approved", pgettext_lazy("exemption", "Approved")
        REFUSED = "refused", pgettext_lazy("exemption", "Refused")
        ENDED = "ended", pgettext_lazy("exemption", "Ended")

    MOVES = {
        State.ASKED: {State.APPROVED, State.REFUSED, State.ENDED},
        State.APPROVED: {State.ENDED},
        State.REFUSED: set(),
        State.ENDED: set(),
    }

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, models.PROTECT, related_name="exemptions")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    reason = models.CharField(_("reason"), max_length=300)
    until = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True, db_default="")

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exempt line")
        verbose_name_plural = _("exempt lines")
        constraints = [
            models.UniqueConstraint(
                fields=["line"], name="exemption_one", condition=Q(state__in=("approved", "asked"))
            ),
            models.CheckConstraint(
                name="exemption_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")) | Q(state="ended"),
            ),
            models.CheckConstraint(
                name="exemption_approved_by_somebody", condition=~Q(state="approved") | Q(decided_by__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.line_id}"


# The list of cases that wait for a promise is a list of its own: an index of them.
OF_ITS_CASE = """
    UPDATE billing_dunningcase SET promised = NEW.state = 'open'
    WHERE account_id = NEW.account_id AND state <> 'closed' AND promised <> (NEW.state = 'open');
    RETURN NULL;
"""


@only_listed_moves
class PaymentPromise(Stateful):
    """The customer says when they will pay, in one part or in instalments; meanwhile the ladder rests.

    Kept when each part came in by its day; broken the day after one did not. `case` is null where it was made before
    the night opened one; `next_on` is the day of the first part that is not kept (of a promise that was kept, of its
    last); `beyond` says why it may go beyond the rules of the branch, `ended_for` why it was withdrawn.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise to pay", "Open")
        KEPT = "kept", pgettext_lazy("promise to pay", "Kept")
        BROKEN = "broken", pgettext_lazy("promise to pay", "Broken")
        WITHDRAWN = "withdrawn", pgettext_lazy("promise to pay", "Withdrawn")

    MOVES = {
        State.OPEN: {State.KEPT, State.BROKEN, State.WITHDRAWN},
        State.KEPT: set(),
        State.BROKEN: set(),
        State.WITHDRAWN: set(),
    }

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="payment_promises")
    case = models.ForeignKey(DunningCase, models.PROTECT, null=True, related_name="payment_promises")
    key = models.CharField(max_length=120)  # unique in the branch
    state = models.CharField(max_length=9, choices=State, default=State.OPEN, db_default=State.OPEN)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    next_on = models.DateField(_("by"), null=True)
    note = models.CharField(_("what was said"), max_length=300, blank=True)
    beyond = models.CharField(_("why beyond the rules"), max_length=300, blank=True, db_default="")
    ended_at = models.DateTimeField(null=True)
    ended_for = models.CharField(max_length=300, blank=True, db_default="")

    objects = ReachedByAccount.as_manager()

    class Meta:
        verbose_name = _("promise to pay")
        verbose_name_plural = _("promises to pay")
        constraints = [
            models.UniqueConstraint(fields=["branch", "key"], name="payment_promise_key"),
            models.UniqueConstraint(fields=["account"], name="payment_promise_one_open", condition=Q(state="open")),
            models.CheckConstraint(
                name="payment_promise_ended",
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-made_at"], name="payment_promise_account"),
            models.Index(fields=["branch", "-ended_at"], name="payment_promise_ended", condition=~Q(state="open")),
            models.Index(fields=["next_on"], name="payment_promise_next", condition=Q(state="open")),
            models.Index(fields=["branch", "next_on", "id"], name="payment_promise_list"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="of_its_case",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                func=OF_ITS_CASE,
            )
        ]

    def __str__(self):
        return f"{self.account_id} {self.made_at}"


class PromisePart(models.Model):
    """So much by the end of this day."""

    promise = models.ForeignKey(PaymentPromise, models.PROTECT, related_name="parts")
    n = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("by"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    kept_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["promise", "n"]
        constraints = [
            models.UniqueConstraint(fields=["promise", "n"], name="promise_part_n"),
            models.CheckConstraint(name="promise_part_of_something", condition=Q(amount__gt=0)),
        ]

    def __str__(self):
        return f"{self.promise_id} {self.n}"
