"""What the billing system is asked to do with a line, and what it answered (domain 4.3).

A request is a row with an answer, never an assumption: a line is suspended, restored or cancelled when the billing
system has confirmed it. `billing.service_requests` holds the operations.
"""

from datetime import timedelta

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.db.models.lookups import LessThan
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from audit.trail import record
from billing.models.accounts import VIEW, Account, reached
from billing.models.dunning import UNSAID, DunningCase, Reminder
from customers.models import Line
from staff.models import Unit, User

# Nobody is stopped without a friendly reminder: of this cycle of this account, recorded at least 24 hours ago, and of
# the oldest debt that is overdue and undisputed now, every bill of it (A25, domain 2.1 no. 28). The database refuses,
# whoever asks.
REMINDED = f"""
    NEW.reminded_at := (
        SELECT r.at FROM billing_reminder r JOIN billing_casestep s ON s.id = r.step_id
        WHERE r.id = NEW.reminder_id AND s.case_id = NEW.case_id AND r.account_id = NEW.account_id
          AND r.at <= least(NEW.asked_at, now()) - interval '24 hours'
          AND NOT EXISTS (
              SELECT FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
              WHERE b.account_id = NEW.account_id AND b.open > 0
                AND b.due_on < (NEW.asked_at AT TIME ZONE u.time_zone)::date
                AND NOT EXISTS (SELECT FROM billing_hold h
                                WHERE h.bill_id = b.id AND h.kind = 'dispute' AND h.ended_at IS NULL)
              HAVING min(b.due_on) IS DISTINCT FROM s.since AND count(*) > 0)
          AND NOT EXISTS ({UNSAID})
    );
    IF NEW.reminded_at IS NULL THEN
        RAISE EXCEPTION 'no reminder was recorded 24 hours before' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'service_request_reminded';
    END IF;
    RETURN NEW;
"""  # noqa: S608  pieces of our own
A_DAY = timedelta(hours=24)
STOPS_FOR_ARREARS = {"origin": "arrears", "action__in": ("cancel", "suspend_one_way", "suspend_two_way")}
# Stops that name no proof, or one younger than a day. There cannot be any, so that an index of them is always empty: it
# makes counting them exact and costs nothing.
UNREMINDED = Q(Q(reminded_at=None) | LessThan(F("asked_at") - F("reminded_at"), A_DAY), **STOPS_FOR_ARREARS)


class AccountLine(models.Model):
    """Which account pays for a line. A line without a row is paid for by the customer's first account that is open."""

    line = models.OneToOneField(Line, models.PROTECT, related_name="paid_by")
    account = models.ForeignKey(Account, models.PROTECT, related_name="account_lines")

    def __str__(self):
        return f"{self.line_id} {self.account_id}"


class ServiceRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "account__"))

    def unanswered(self):
        return self.filter(state__in=ServiceRequest.OPEN)

    def on_the_clock(self):
        """Restorations that nobody has confirmed yet."""
        return self.unanswered().filter(action=ServiceRequest.Action.RESTORE, due_at__isnull=False)

    def unreminded(self):
        """Stops for arrears without a reminder of their case that was recorded a day before: none (A25)."""
        return self.filter(UNREMINDED)

    def for_arrears(self):
        """Stops that a payment undoes: those of dunning, and what the billing system itself did for arrears."""
        by_itself = Q(origin=ServiceRequest.Origin.BILLING, details__because="arrears")
        return self.filter(Q(origin=ServiceRequest.Origin.ARREARS) | by_itself, action__in=ServiceRequest.STOPS)


@only_listed_moves
class ServiceRequest(Stateful):
    """One thing asked of the billing system for one line.

    `key` makes the same wish asked twice one request. `due_at`, `late_at` and `law_at` are the clock of a restoration
    (domain 2.1 no. 8: 1 hour meant, 24 hours at most, 48 by law); null for the rest.
    """

    class Action(models.TextChoices):
        SUSPEND_ONE_WAY = "suspend_one_way", _("Suspend one-way")
        SUSPEND_TWO_WAY = "suspend_two_way", _("Suspend two-way")
        RESTORE = "restore", _("Restore")
        CANCEL = "cancel", _("Cancel the line")
        CHANGE_PLAN = "change_plan", _("Change the plan")
        HOLD = "hold", _("Keep the number, stop the line")
        RECLAIM = "reclaim", _("Give the number back to its owner")

    class Origin(models.TextChoices):
        ARREARS = "arrears", _("Arrears")
        PAID = "paid", _("Paid")
        CUSTOMER = "customer", _("The customer's wish")
        STAFF = "staff", _("Decided by a person")
        BILLING = "billing", _("Decided by the billing system")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("request", "Asked")
        ACCEPTED = "accepted", pgettext_lazy("request", "Accepted")
        CONFIRMED = "confirmed", pgettext_lazy("request", "Confirmed")
        REFUSED = "refused", pgettext_lazy("request", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")

    MOVES = {
        State.ASKED: {State.ACCEPTED, State.CONFIRMED, State.REFUSED, State.WITHDRAWN},
        State.ACCEPTED: {State.CONFIRMED, State.REFUSED},
        State.CONFIRMED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }
    OPEN = (State.ASKED, State.ACCEPTED)
    STOPS = (Action.SUSPEND_ONE_WAY, Action.SUSPEND_TWO_WAY, Action.CANCEL)

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="service_requests")
    line = models.ForeignKey(Line, models.PROTECT, related_name="service_requests")
    case = models.ForeignKey(DunningCase, models.PROTECT, null=True, related_name="service_requests")
    reminder = models.ForeignKey(Reminder, models.PROTECT, null=True, related_name="+")
    reminded_at = models.DateTimeField(null=True, editable=False)  # of a stop for arrears; the database writes it
    action = models.CharField(_("action"), max_length=15, choices=Action)
    origin = models.CharField(_("asked because of"), max_length=8, choices=Origin)
    key = models.CharField(max_length=120)  # unique in the branch
    # Of a change {"plan": code}; of what the billing system did by itself {"because": "arrears" or "other"}.
    details = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True, db_default="")
    state = models.CharField(max_length=9, choices=State, default=State.ASKED, db_default=State.ASKED)
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    refused_for = models.CharField(_("why it was refused"), max_length=300, blank=True, db_default="")
    due_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    law_at = models.DateTimeField(null=True)
    told = models.PositiveSmallIntegerField(db_default=0)  # how many of the three have passed and were told

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to the billing system")
        verbose_name_plural = _("requests to the billing system")
        constraints = [
            models.UniqueConstraint(fields=["branch", "key"], name="service_request_key"),
            models.UniqueConstraint(
                fields=["line", "action"], name="service_request_one_open", condition=Q(state__in=("accepted", "asked"))
            ),
            models.CheckConstraint(
                name="service_request_stop_was_reminded",
                condition=~Q(**STOPS_FOR_ARREARS) | Q(reminder__isnull=False, case__isnull=False),
            ),
            models.CheckConstraint(
                name="service_request_stop_for_arrears_or_wish",
                condition=~Q(action__in=("suspend_one_way", "suspend_two_way")) | ~Q(origin="paid"),
            ),
            models.CheckConstraint(
                name="service_request_ended_has_time",
                condition=Q(state__in=("accepted", "asked"), ended_at=None)
                | (~Q(state__in=("accepted", "asked")) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="service_request_clock",
                condition=Q(due_at=None) | Q(late_at__gte=F("due_at"), law_at__gte=F("late_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["branch", "id"], name="service_request_open", condition=Q(state__in=("accepted", "asked"))
            ),
            models.Index(fields=["branch"], name="service_request_unreminded", condition=UNREMINDED),
            models.Index(fields=["account", "-id"], name="service_request_account"),
            models.Index(fields=["line", "-id"], name="service_request_line"),
            models.Index(
                fields=["due_at"],
                name="service_request_clocks",
                condition=Q(state__in=("accepted", "asked"), due_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays",
                fields=["branch", "account", "line", "case", "reminder", "reminded_at", "action", "origin", "asked_at"],
            ),
            pgtrigger.Trigger(
                name="reminded",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(
                    new__origin="arrears", new__action__in=("cancel", "suspend_one_way", "suspend_two_way")
                ),
                func=REMINDED,
            ),
        ]

    def __str__(self):
        return f"{self.action} {self.line_id}"

    @property
    def customer_id(self) -> int:
        """On whose timeline its events stand."""
        return self.account.customer_id

    def go(self, state: str, *, by: User | None, data: dict | None = None, **columns):
        """Move to `state` together with these columns, and record it; the caller has locked the row.

        `data` is added to the event. Raises ValidationError for a move that MOVES does not list.
        """
        if state not in self.MOVES[self.state]:
            raise ValidationError(self._refusal(state), code="move")
        self.state = state
        for name, value in columns.items():
            setattr(self, name, value)
        self.save(update_fields=["state", *columns])
        record(self, f"service_request.{state}", by=by, action=self.action, origin=self.origin, **data or {})


class FrozenNumberQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "account__"))

    def kept(self):
        """Neither given back nor free again."""
        return self.filter(reclaimed_at=None, released_at=None)


class FrozenNumber(models.Model):
    """The number of a cancelled line, kept for its owner until `until` (domain 4.3: 90 days)."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="frozen_numbers")
    line = models.ForeignKey(Line, models.PROTECT, related_name="frozen_numbers")
    number = models.CharField(_("number"), max_length=40)
    since = models.DateTimeField(db_default=Now())
    until = models.DateField(_("kept until"))
    reclaimed_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    objects = FrozenNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("frozen number")
        verbose_name_plural = _("frozen numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["line"], name="frozen_number_once", condition=Q(reclaimed_at=None, released_at=None)
            ),
            models.CheckConstraint(name="frozen_number_one_end", condition=Q(reclaimed_at=None) | Q(released_at=None)),
        ]
        indexes = [
            models.Index(fields=["until"], name="frozen_number_kept", condition=Q(reclaimed_at=None, released_at=None))
        ]

    def __str__(self):
        return self.number
