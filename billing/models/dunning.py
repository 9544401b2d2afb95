"""Cases of accounts that are overdue, their steps, and the reminders that were recorded (A25, A26, domain 4.3).

`billing.dunning` holds the operations: planning by the night, carrying out, and looking again when money moves.
"""

from datetime import time
from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from billing.models.accounts import VIEW, Account, reached
from billing.models.bills import APPEND_ONLY
from billing.models.scenarios import ScenarioStep, ScenarioVersion, Stage
from outreach.models import Message
from staff.models import BranchRules, Unit
from work.models import FollowUp

MOST_WITHIN = 90  # days in which a payment may count as an effect of a step
ORDER = [stage for stage in Stage if stage != Stage.CLOSED]


class DunningCaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "account__"))

    def seen_by(self, user):
        """Whoever sees the dunning of the customer whose account it is."""
        return self.reached_with("billing.view_dunning", user)

    def open(self):
        return self.exclude(state=Stage.CLOSED)


@only_listed_moves
class DunningCase(Stateful):
    """One cycle of one account: it begins when the account becomes overdue and ends when nothing undisputed is.

    All overdue bills of the account are in it. `since` is the oldest of their last days of payment when the cycle
    began. `next_step` is carried out from `next_on` on; both are null where nothing happens by itself: after the last
    step, or while a suspension is waited for.
    """

    class Ended(models.TextChoices):
        PAID = "paid", pgettext_lazy("dunning", "Paid")
        DISPUTED = "disputed", pgettext_lazy("dunning", "Only disputed sums are left")
        ADJUSTED = "adjusted", pgettext_lazy("dunning", "Bills were corrected")
        WRITTEN_OFF = "written_off", pgettext_lazy("dunning", "Written off")
        LEGAL = "legal", pgettext_lazy("dunning", "Handed over for legal collection")

    MOVES = {
        was: {then for then in ORDER if ORDER.index(then) > ORDER.index(was)} | {Stage.CLOSED} for was in ORDER
    } | {Stage.CLOSED: set()}

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="dunning_cases")
    cycle = models.PositiveIntegerField()  # 1 for the first case of an account
    version = models.ForeignKey(ScenarioVersion, models.PROTECT, related_name="+", db_index=False)
    since = models.DateField(_("oldest day of payment"))
    opened_on = models.DateField(_("opened on"))
    opened_at = models.DateTimeField(db_default=Now())
    overdue_then = models.DecimalField(max_digits=14, decimal_places=2)  # what was overdue and undisputed at opening
    state = models.CharField(max_length=17, choices=Stage, default=Stage.OVERDUE, db_default=Stage.OVERDUE)
    next_step = models.ForeignKey(ScenarioStep, models.PROTECT, null=True, related_name="+")
    next_on = models.DateField(null=True)
    promised = models.BooleanField(db_default=False)  # to pay, as is open; promises keep it by a trigger
    stopped_at = models.DateTimeField(null=True)  # the first suspension that was confirmed in this cycle
    ended_at = models.DateTimeField(null=True)
    ended_for = models.CharField(max_length=11, choices=Ended, blank=True, db_default="")

    objects = DunningCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("dunning case")
        verbose_name_plural = _("dunning cases")
        constraints = [
            models.UniqueConstraint(fields=["account"], name="dunning_case_one_open", condition=~Q(state="closed")),
            models.UniqueConstraint(fields=["account", "cycle"], name="dunning_case_cycle"),
            models.CheckConstraint(
                name="dunning_case_ended",
                condition=Q(state="closed", ended_at__isnull=False, next_on=None) & ~Q(ended_for="")
                | (~Q(state="closed") & Q(ended_at=None, ended_for="")),
            ),
            models.CheckConstraint(name="dunning_case_next", condition=Q(next_on=None) | Q(next_step__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["next_on", "id"], name="dunning_case_next", condition=Q(next_on__isnull=False)),
            models.Index(fields=["branch", "state", "id"], name="dunning_case_state", condition=~Q(state="closed")),
            models.Index(fields=["version"], name="dunning_case_version", condition=~Q(state="closed")),
            models.Index(fields=["branch", "-ended_at"], name="dunning_case_ended", condition=Q(state="closed")),
            models.Index(fields=["branch", "since", "id"], name="dunning_case_since", condition=~Q(state="closed")),
            models.Index(
                fields=["branch", "since", "id"],
                name="dunning_case_promised",
                condition=Q(promised=True) & ~Q(state="closed"),
            ),
            models.Index(
                fields=["branch", "overdue_then", "id"], name="dunning_case_sum", condition=~Q(state="closed")
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self):
        return f"{self.account_id} {self.cycle}"

    @property
    def customer_id(self) -> int:
        """On whose timeline its events stand."""
        return self.account.customer_id


class CaseStepQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(reached(user, VIEW, "case__account__"))


@only_listed_moves
class CaseStep(Stateful):
    """A step of a case: planned once by the night, then carried out, or left out with its reason.

    A stop that came to nothing is planned again (`billing.dunning.again`), and what was left out for one who had left.
    What announces a stop has a further row, `again`, for each debt that comes to be the oldest before the stop does
    (`billing.dunning.announcing`).
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("dunning step", "Planned")
        DONE = "done", pgettext_lazy("dunning step", "Done")
        LEFT_OUT = "left_out", pgettext_lazy("dunning step", "Left out")

    MOVES = {
        State.PLANNED: {State.DONE, State.LEFT_OUT},
        State.DONE: {State.PLANNED},
        State.LEFT_OUT: {State.PLANNED},
    }

    case = models.ForeignKey(DunningCase, models.PROTECT, related_name="steps", db_index=False)
    step = models.ForeignKey(ScenarioStep, models.PROTECT, related_name="+", db_index=False)
    again = models.PositiveSmallIntegerField(default=0, db_default=0)  # 0 is the first row of the step in the case
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED, db_default=State.PLANNED)
    planned_for = models.DateField()
    planned_at = models.DateTimeField(db_default=Now())
    look_at = models.DateTimeField(null=True, db_default=Now())  # of a planned one: when to try (again)
    waits_for = models.CharField(max_length=40, blank=True, db_default="")  # why it could not be carried out yet
    done_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, db_default="")  # why it was left out
    sum = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # overdue and undisputed when it was done
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="+")
    since = models.DateField(null=True)  # of what its message asks for: the oldest day of payment
    bills = ArrayField(models.BigIntegerField(), null=True)  # ids of all it asks for; null: from before they were kept
    told_on = models.DateField(null=True)  # the branch's day on which its message was written, the last time
    stop_on = models.DateField(null=True)  # before this day nothing comes of what its message may announce
    follow_up = models.ForeignKey(FollowUp, models.PROTECT, null=True, related_name="+")
    recorded = models.BooleanField(db_default=False)  # its reminder is on record, or never will be

    objects = CaseStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "step", "again"], name="case_step_once_for_each_debt"),
            models.CheckConstraint(
                name="case_step_done_has_time", condition=~Q(state="done") | Q(done_at__isnull=False)
            ),
            models.CheckConstraint(name="case_step_left_out_says_why", condition=~Q(state="left_out") | ~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["look_at"], name="case_step_planned", condition=Q(state="planned")),
            models.Index(fields=["planned_for"], name="case_step_day"),
            models.Index(fields=["step", "done_at"], name="case_step_done", condition=Q(state="done")),
            models.Index(
                fields=["message"], name="case_step_unrecorded", condition=Q(recorded=False, message__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(  # what a reminder on record named is what a stop goes by
                name="names",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__recorded=True)
                & (
                    pgtrigger.Q(old__since__df=pgtrigger.F("new__since"))
                    | pgtrigger.Q(old__bills__df=pgtrigger.F("new__bills"))
                ),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.step_id}"


# A reminder counts when the gateway took or delivered the message, or when so many attempts failed for certain and a
# call was planned; never while it is in doubt (amendment 4).
PROVEN = """
    IF NEW.how = 'attempts' THEN
        IF NEW.attempts < 1 OR NOT EXISTS (SELECT FROM work_followup f WHERE f.id = NEW.follow_up_id) THEN
            RAISE EXCEPTION 'failed attempts need a call' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'reminder_proven';
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM outreach_message m WHERE m.id = NEW.message_id AND m.state::text IN ('accepted', 'delivered')
    ) THEN
        RAISE EXCEPTION 'the gateway has not taken this message' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'reminder_proven';
    END IF;
    RETURN NEW;
"""


# A bill, due on the day that the step `s` of the reminder `r` names and dunned now, for which the message did not ask:
# it came later, or was disputed and is dunned again since then.
UNSAID = """
    SELECT FROM billing_bill late LEFT JOIN outreach_message m ON m.id = r.message_id
    WHERE late.account_id = r.account_id AND late.due_on = s.since AND late.open > 0
      AND NOT EXISTS (SELECT FROM billing_hold o
                      WHERE o.bill_id = late.id AND o.kind = 'dispute' AND o.ended_at IS NULL)
      AND (late.id <> ALL (s.bills) OR EXISTS (
          SELECT FROM billing_hold h
          WHERE h.bill_id = late.id AND h.kind = 'dispute' AND h.ended_at > least(r.at, m.created_at)))
"""
NAMING = RawSQL(  # noqa: S611  a piece of our own
    f"""EXISTS (
        SELECT FROM billing_reminder r JOIN billing_casestep s ON s.id = r.step_id
        WHERE r.id = billing_reminder.id AND NOT EXISTS ({UNSAID}))""",
    [],
    output_field=models.BooleanField(),
)


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(reached(user, VIEW, "account__"))

    def naming(self, since):
        """Those of messages that asked for every bill that was due on the day `since` and is dunned now."""
        return self.filter(NAMING, step__since=since)


class Reminder(models.Model):
    """The recorded proof that the customer was reminded by a step of a case. Never changed."""

    class How(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted by the gateway")
        DELIVERED = "delivered", _("Delivered")
        ATTEMPTS = "attempts", _("Tried several times, then called")

    account = models.ForeignKey(Account, models.PROTECT, related_name="reminders")
    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="reminder")
    how = models.CharField(max_length=9, choices=How)
    at = models.DateTimeField(db_default=Now())
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    follow_up = models.ForeignKey(FollowUp, models.PROTECT, null=True, related_name="+")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reminder_has_proof",
                condition=Q(how="attempts", follow_up__isnull=False) | (~Q(how="attempts") & Q(message__isnull=False)),
            )
        ]
        indexes = [models.Index(fields=["account", "-at"], name="reminder_of_account")]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(name="proven", when=pgtrigger.Before, operation=pgtrigger.Insert, func=PROVEN),
        ]

    def __str__(self):
        return f"{self.account_id} {self.at}"


class DunningRules(BranchRules):
    """The numbers dunning is judged by: one row for a branch, every one of them a parameter (domain 4.3)."""

    branch = models.OneToOneField(Unit, models.PROTECT, related_name="dunning_rules")
    reminded_hours = models.PositiveSmallIntegerField(_("hours between the reminder and a suspension"), default=24)
    cancel_hours = models.PositiveSmallIntegerField(_("hours between the notice and a cancellation"), default=168)
    attempts = models.PositiveSmallIntegerField(_("failed attempts, then a call counts as a reminder"), default=3)
    stop_tries = models.PositiveSmallIntegerField(
        _("times a stop is asked for that the billing system refuses"), default=3, validators=[MinValueValidator(1)]
    )
    promise_days = models.PositiveSmallIntegerField(_("longest promise to pay, in days"), default=10)
    promises_a_quarter = models.PositiveSmallIntegerField(_("promises to pay in a quarter"), default=1)
    promise_parts = models.PositiveSmallIntegerField(_("most parts of a promise"), default=6)
    instalment_days = models.PositiveSmallIntegerField(_("longest plan of instalments, in days"), default=180)
    restore_minutes = models.PositiveSmallIntegerField(_("minutes in which a line is meant to be restored"), default=60)
    restore_hours = models.PositiveSmallIntegerField(_("hours in which it has to be restored"), default=24)
    restore_law_hours = models.PositiveSmallIntegerField(_("hours the law allows"), default=48)
    freeze_days = models.PositiveSmallIntegerField(_("days a cancelled number is kept"), default=90)
    eve_from = models.TimeField(_("no suspension on the eve of a day off from"), default=time(18))
    paid_within = models.PositiveSmallIntegerField(
        _("days in which a payment counts as an effect of a step"), default=7,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WITHIN)],
    )  # fmt: skip
    message_cost = models.DecimalField(
        _("what a message costs, ¥"), max_digits=6, decimal_places=3, default=Decimal("0.050"),
        validators=[MinValueValidator(0)], help_text=_("Of each message a step sends; up to a tenth of a fen."),
    )  # fmt: skip
    task_cost = models.DecimalField(
        _("what a task costs, ¥"), max_digits=6, decimal_places=2, default=Decimal("3.00"),
        validators=[MinValueValidator(0)], help_text=_("Of each task a step gives to a person, on the average."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("rules of dunning")
        verbose_name_plural = _("rules of dunning")
        constraints = [
            models.CheckConstraint(
                name="dunning_rules_reminded",
                condition=Q(reminded_hours__gte=24, cancel_hours__gte=F("reminded_hours")),
            )
        ]
