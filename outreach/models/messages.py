"""What is owed to customers, and what was tried.

Queueing: `outreach.queueing`. Sending: `outreach.claims`, `outreach.sending`, `outreach.closing`. Doubt:
`outreach.settling`.
"""

from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from audit.trail import record
from customers.models import Customer
from outreach.kinds import Channel, MessageClass
from outreach.models.templates import Template
from outreach.models.waves import Wave
from staff import withheld
from staff.models import Unit, User
from staff.scope import within_reach


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may see messages of the customer as they stand today; none about what is kept from the person."""
        return self.reached_with("outreach.view", user).filter(~withheld.kept_from(user))

    def reached_with(self, right, user):
        reach = {"unit": "customer__unit", "owner": "customer__manager", "branch": "branch"}
        return self.filter(within_reach(user, right, **reach))

    def handed_over(self):
        """To a gateway, at least once; what a sender has only just in hand is not yet."""
        in_hand = Q(state=Message.State.SUBMITTING, in_doubt=False)
        return self.filter(~in_hand, submitted_at__isnull=False)

    def need_a_person(self):
        """Unknown ones that nothing settles by itself any more."""
        return self.filter(state=Message.State.UNKNOWN, next_at=None)


@only_listed_moves
class Message(Stateful):
    """One text for one customer, final from the moment it is queued.

    `ref` is what the gateway knows it by, the same on every attempt until a person has it tried anew. `next_at` is when
    somebody has to look at it: due, postponed, the lease's end, or the next question about one in doubt; None when
    nothing happens by itself.
    `reason` is why it stands where it stands (`outreach.reasons`).
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("message", "Planned")
        HELD = "held", pgettext_lazy("message", "Held for a person")
        SUBMITTING = "submitting", pgettext_lazy("message", "Being sent")
        ACCEPTED = "accepted", pgettext_lazy("message", "Accepted by the gateway")
        DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
        FAILED = "failed", pgettext_lazy("message", "Failed")
        EXPIRED = "expired", pgettext_lazy("message", "Too late")
        UNKNOWN = "unknown", pgettext_lazy("message", "In doubt")
        CANCELLED = "cancelled", pgettext_lazy("message", "Cancelled")
        WITHHELD = "withheld", pgettext_lazy("message", "Not sent")

    MOVES = {
        # a report may still come for one that is to be sent again
        State.PLANNED: {
            State.HELD,
            State.SUBMITTING,
            State.EXPIRED,
            State.CANCELLED,
            State.WITHHELD,
            State.DELIVERED,
        },
        State.HELD: {State.PLANNED, State.EXPIRED, State.CANCELLED, State.WITHHELD},
        State.SUBMITTING: {State.ACCEPTED, State.PLANNED, State.FAILED, State.UNKNOWN},
        State.UNKNOWN: {State.SUBMITTING, State.ACCEPTED, State.DELIVERED, State.FAILED, State.PLANNED},
        State.ACCEPTED: {State.DELIVERED, State.FAILED},
        State.FAILED: {State.PLANNED, State.DELIVERED},  # a person tries again; a report that came late
        State.EXPIRED: {State.PLANNED},
        State.DELIVERED: set(),
        State.CANCELLED: set(),
        State.WITHHELD: set(),
    }
    WAITING = (State.PLANNED, State.HELD, State.SUBMITTING, State.UNKNOWN)
    ENDED = (State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED, State.WITHHELD)

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="messages", db_index=False)
    to = models.CharField(max_length=254, blank=True)  # as it is dialled; blank where there was none
    channel = models.CharField(max_length=5, choices=Channel)
    message_class = models.CharField(max_length=9, choices=MessageClass)
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, models.PROTECT, null=True, related_name="messages", db_index=False)
    language = models.CharField(max_length=7, choices=settings.LANGUAGES)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    key = models.CharField(max_length=200, unique=True)
    ref = models.UUIDField(default=uuid4, db_default=RandomUUID(), unique=True, editable=False)
    about_type = models.CharField(max_length=60, blank=True)  # what it is about, as events name their subject
    about_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product
    any_time = models.BooleanField(default=False, db_default=False)
    policy = models.CharField(max_length=13, choices=Template.Policy, db_default=Template.Policy.AT_MOST_ONCE)
    not_before = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, db_default=Now())
    state = models.CharField(max_length=10, choices=State, db_default=State.PLANNED)
    reason = models.CharField(max_length=40, blank=True, db_default="")
    attempts = models.PositiveIntegerField(db_default=0)
    forgiven = models.PositiveIntegerField(
        db_default=0
    )  # attempts before somebody had it tried anew, or in which nothing left
    lease_token = models.UUIDField(null=True)
    cancel_asked = models.CharField(max_length=40, blank=True, db_default="")  # why, while it was in a sender's hand
    cancel_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    in_doubt = models.BooleanField(db_default=False)  # an attempt may have arrived and nothing has settled it yet
    gateway = models.CharField(max_length=40, blank=True, db_default="")
    gateway_ref = models.CharField(max_length=100, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)  # last handed to a gateway, the first time of one in doubt
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_submitting_is_leased",
                condition=Q(state="submitting", lease_token__isnull=False)
                | (~Q(state="submitting") & Q(lease_token=None)),
            ),
            models.CheckConstraint(
                name="message_ended_has_time",
                condition=Q(
                    state__in=["delivered", "failed", "expired", "cancelled", "withheld"], ended_at__isnull=False
                )
                | Q(state__in=["planned", "held", "submitting", "accepted", "unknown"], ended_at=None),
            ),
            models.CheckConstraint(
                name="message_due_has_time",
                condition=~Q(state__in=["planned", "submitting"]) | Q(next_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_unsent_has_reason", condition=~Q(state__in=["withheld", "expired"]) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="message_goes_somewhere", condition=~Q(to="") | Q(state__in=["withheld", "cancelled"])
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_at"],
                name="message_due",
                condition=Q(state__in=["planned", "submitting", "unknown"], next_at__isnull=False),
            ),
            models.Index(fields=["next_at"], name="message_doubtful", condition=Q(state__in=["submitting", "unknown"])),
            models.Index(
                fields=["branch", "state", "-id"],
                name="message_open",
                condition=Q(state__in=["planned", "held", "submitting", "unknown", "failed"]),
            ),
            models.Index(
                fields=["not_after"],
                name="message_expiring",
                condition=Q(state__in=["planned", "held"], not_after__isnull=False),
            ),
            models.Index(fields=["customer", "-id"], name="message_customer"),
            models.Index(
                fields=["customer", "message_class", "-submitted_at"],
                name="message_frequency",
                condition=Q(submitted_at__isnull=False),
            ),
            models.Index(fields=["branch", "-id"], name="message_branch"),
            models.Index(fields=["wave", "state"], name="message_wave", condition=Q(wave__isnull=False)),
            models.Index(fields=["to", "-id"], name="message_to"),
            models.Index(fields=["gateway", "gateway_ref"], name="message_gateway_ref", condition=~Q(gateway_ref="")),
            models.Index(fields=["about_type", "about_id"], name="message_about", condition=~Q(about_type="")),
        ]

    def __str__(self):
        return f"#{self.pk}"

    def lock(self):
        """As every Stateful, but what refers to the row need not wait."""
        self.refresh_from_db(from_queryset=Message.objects.select_for_update(of=("self",), no_key=True))

    @property
    def tries(self):
        """Attempts since it was queued, or since somebody had it tried anew."""
        return self.attempts - self.forgiven

    @property
    def is_unsent(self):
        return self.state in (self.State.PLANNED, self.State.HELD)

    def put(self, **columns):
        """Write these columns; the caller holds the row, and this object stays as it was read."""
        Message.objects.filter(pk=self.pk).update(**columns)

    def note(self, what, reason):
        """Keep what the product itself decided about it, and why."""
        self.decisions.create(what=what, reason=reason)

    @transaction.atomic
    def decide(self, state, what, reason, *, by, note="", only=None, **columns):
        """Move to `state` and keep who decided so and why; with `only`, from these states alone.

        Raises ValidationError for a move that MOVES does not list.
        """
        self.lock()
        if state not in self.MOVES[self.state] or (only and self.state not in only):
            raise ValidationError(self._refusal(state), code="move")
        was, self.state = self.state, state
        self.reason = "" if state == self.State.PLANNED else reason
        self.ended_at = Now() if state in self.ENDED else None
        self.next_at = Now() if state == self.State.PLANNED else None
        columns |= {"cancel_asked": "", "cancel_by": None} if state == self.State.PLANNED else {}
        for name, value in columns.items():
            setattr(self, name, value)
        self.save(update_fields=["state", "reason", "ended_at", "next_at", *columns])
        self.decisions.create(what=what, reason=reason, by=by, note=note)
        record(self, f"message.{what}", by=by, **{"from": was, "to": state}, reason=reason)
        self.refresh_from_db()


ONCE = """
    IF (NEW.message_id, NEW.n, NEW.started_at, NEW.gateway) IS DISTINCT FROM
       (OLD.message_id, OLD.n, OLD.started_at, OLD.gateway) OR OLD.outcome NOT IN ('', 'lost') THEN
        RAISE EXCEPTION 'an attempt is written once and ended once';
    END IF;
    RETURN NEW;
"""


class Attempt(models.Model):
    """One call to a gateway: written before it, its answer after it. One without an end may have arrived.

    A sender writes down the attempts of all messages it takes in hand together, and may then have to give some back:
    those were never called.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("attempt", "Accepted")
        REFUSED = "refused", pgettext_lazy("attempt", "Refused")
        BUSY = "busy", pgettext_lazy("attempt", "Not taken now")
        UNKNOWN = "unknown", pgettext_lazy("attempt", "No clear answer")
        LOST = "lost", pgettext_lazy("attempt", "The sender stopped")
        UNCALLED = "uncalled", pgettext_lazy("attempt", "Never called")

    message = models.ForeignKey(Message, models.CASCADE, related_name="made", db_index=False)
    n = models.PositiveIntegerField()
    gateway = models.CharField(max_length=40)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, db_default="")
    status = models.CharField(max_length=40, blank=True, db_default="")  # the gateway's own code
    answer = models.CharField(max_length=500, blank=True, db_default="")
    ms = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "n"], name="message_attempt_once"),
            models.CheckConstraint(
                name="message_attempt_ended_has_outcome",
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        triggers = [pgtrigger.Trigger(name="once", when=pgtrigger.Before, operation=pgtrigger.Update, func=ONCE)]

    def __str__(self):
        return f"{self.message_id}/{self.n}"


class Decision(models.Model):
    """Why a message was not sent, not yet, or not by itself; never changed (reasons: `outreach.reasons`)."""

    class What(models.TextChoices):
        POSTPONED = "postponed", pgettext_lazy("decision", "Put off")
        HELD = "held", pgettext_lazy("decision", "Held for a person")
        RELEASED = "released", pgettext_lazy("decision", "Released")
        WITHHELD = "withheld", pgettext_lazy("decision", "Not sent")
        EXPIRED = "expired", pgettext_lazy("decision", "Too late")
        CANCELLED = "cancelled", pgettext_lazy("decision", "Cancelled")
        DOUBTED = "doubted", pgettext_lazy("decision", "In doubt")
        SETTLED = "settled", pgettext_lazy("decision", "Settled")
        RETRIED = "retried", pgettext_lazy("decision", "Tried anew")

    message = models.ForeignKey(Message, models.CASCADE, related_name="decisions")
    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=9, choices=What)
    reason = models.CharField(max_length=40)
    until = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.what} {self.reason}"
