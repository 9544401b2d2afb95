"""Events told to other systems: who is told (Subscription), what is owed (Delivery), what was tried (Attempt).

The rows of the outbox are written by a trigger on `audit_event` (migration 0002), in the transaction of the change.
Sending: `webhooks.claims`, `webhooks.sending`. Operations over many deliveries: `webhooks.redelivery`.
"""

from datetime import timedelta
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from audit.stateful import Stateful, only_listed_moves
from audit.trail import record
from staff.models import Unit, User
from staff.scope import within_reach
from webhooks import signing
from webhooks.destinations import Refused, destination

RIGHT = "webhooks.manage"
BOTH_HOLD = timedelta(hours=24)  # how long the former secret still signs beside a new one


class SubscriptionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(within_reach(user, RIGHT, unit="unit", branch="branch"))

    def standing_still(self):
        """Paused by the product: somebody has to look."""
        return self.filter(state=Subscription.State.PAUSED).exclude(stopped_for="")


@only_listed_moves
class Subscription(Stateful):
    """One address that is told of events at a unit and everything below it, by the unit the customer has today.

    While it is paused its deliveries are kept and wait. `failures` counts failed attempts since the last good one.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Stop(models.TextChoices):
        """Why the product itself paused it."""

        FAILURES = "failures", _("The receiver failed too often in a row.")
        GONE = "gone", _("The receiver answered that it is gone (410).")

    MOVES = {
        State.ACTIVE: {State.PAUSED, State.WITHDRAWN},
        State.PAUSED: {State.ACTIVE, State.WITHDRAWN},
        State.WITHDRAWN: set(),
    }

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True, default=uuid4, editable=False)  # of the form: sent twice is one subscription
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=60))  # of webhooks.kinds
    state = models.CharField(max_length=9, choices=State, default=State.ACTIVE)
    stopped_for = models.CharField(max_length=8, choices=Stop, blank=True)
    salt = models.UUIDField(default=uuid4, editable=False)  # the secret is made of it and a key outside the database
    secret_number = models.PositiveIntegerField(default=1)
    former_until = models.DateTimeField(null=True)  # until when the secret before this one signs too
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)  # a receiver that fails again and again is left in peace
    served_at = models.DateTimeField(null=True)  # whose turn was longest ago is next
    last_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=8, blank=True)
    last_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subscription_stopped_is_paused", condition=Q(stopped_for="") | ~Q(state="active")
            )
        ]
        indexes = [models.Index(fields=["branch", "-id"], name="subscription_branch")]

    def __str__(self):
        return self.name

    @classmethod
    @transaction.atomic
    def subscribe(cls, *, by, unit, name, url, kinds, key):
        """Tell `url` of events at `unit` from now on; (subscription, whether it is new): `key` twice is one.

        Raises ValidationError by field where the address may not be called.
        """
        try:
            destination(url)
        except Refused as refused:
            raise ValidationError({"url": str(refused)}) from refused
        told = {"unit": unit, "branch": unit.home, "name": name, "url": url, "kinds": kinds, "created_by": by}
        made, is_new = cls.objects.get_or_create(key=key, defaults=told)
        if is_new:
            record(made, "webhook.subscribed", by=by, unit=unit.pk, url=url, kinds=kinds)
        return made, is_new

    @property
    def secret(self):
        """What the receiver checks signatures with."""
        return signing.secret(self.salt, self.secret_number)

    def secrets_at(self, moment):
        """The secrets that sign at this moment, the newest first."""
        numbers = [self.secret_number]
        if self.former_until and moment < self.former_until:
            numbers.append(self.secret_number - 1)
        return [signing.secret(self.salt, number) for number in numbers]

    @property
    def last_error_label(self):
        return Attempt.Trouble(self.last_error).label if self.last_error else ""

    def lock(self):
        """As every Stateful, but events that are just being put out need not wait."""
        self.refresh_from_db(from_queryset=Subscription.objects.select_for_update(of=("self",), no_key=True))

    @transaction.atomic
    def pause(self, *, by, stopped_for=""):
        """Send nothing until it is resumed; what happens meanwhile waits."""
        self.move_to(self.State.PAUSED, by=by, reason=stopped_for)
        self.stopped_for = stopped_for
        self.save(update_fields=["stopped_for"])

    @transaction.atomic
    def resume(self, *, by):
        """Send again, what has waited first. Raises ValidationError where the address may not be called any more."""
        self.lock()
        try:
            destination(self.url)
        except Refused as refused:
            raise ValidationError(str(refused)) from refused
        if self.state == self.State.PAUSED:
            Subscription.objects.filter(pk=self.pk).update(stopped_for="", failures=0, rest_until=None)
        self.move_to(self.State.ACTIVE, by=by)

    @transaction.atomic
    def withdraw(self, *, by):
        """End it for good; what was still to be sent is not sent."""
        self.move_to(self.State.WITHDRAWN, by=by)

    @transaction.atomic
    def change_secret(self, *, by, seen):
        """A new secret; for a day the former one signs too. `seen` is the number the person saw: asked twice is once.

        Raises ValidationError where somebody changed it in between.
        """
        self.lock()
        if self.state == self.State.WITHDRAWN:
            raise ValidationError(gettext("It is withdrawn."))
        if self.secret_number != seen:
            raise ValidationError(gettext("The secret has been changed already."))
        self.secret_number += 1
        self.former_until = Now() + BOTH_HOLD
        self.save(update_fields=["secret_number", "former_until"])
        record(self, "webhook.secret_changed", by=by, number=self.secret_number)


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(subscription__in=Subscription.objects.visible_to(user))


class Delivery(models.Model):
    """One event owed to one subscription: at least once, always under the same `key`.

    `payload` is what is sent, as it was when the event happened. `forgiven` attempts do not count any more: somebody
    had it sent again. Moved by conditional updates (`webhooks.claims`), fenced by `lease_token`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        DELIVERED = "delivered", _("Delivered")
        DEAD = "dead", _("Given up")

    OPEN = (State.WAITING, State.SENDING)

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    key = models.UUIDField(db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    state = models.CharField(max_length=9, choices=State, db_default=State.WAITING)
    attempts = models.PositiveIntegerField(db_default=0)
    forgiven = models.PositiveIntegerField(db_default=0)
    next_at = models.DateTimeField(db_default=Now())  # when it may be claimed: due, backing off, or the lease's end
    lease_token = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_sending_is_leased",
                condition=Q(state="sending", lease_token__isnull=False) | (~Q(state="sending") & Q(lease_token=None)),
            ),
            models.CheckConstraint(
                name="delivery_ended_has_time",
                condition=Q(state__in=["delivered", "dead"], ended_at__isnull=False)
                | Q(state__in=["waiting", "sending"], ended_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["subscription", "next_at"], name="delivery_due", condition=Q(state__in=["waiting", "sending"])
            ),
            models.Index(fields=["subscription"], name="delivery_in_hand", condition=Q(state="sending")),
            models.Index(fields=["subscription"], name="delivery_dead", condition=Q(state="dead")),
            models.Index(fields=["subscription", "-id"], name="delivery_log"),
        ]

    def __str__(self):
        return self.message_id

    @property
    def message_id(self):
        """`webhook-id`: the same on every attempt."""
        return f"msg_{self.key.hex}"

    @property
    def tries(self):
        """Attempts since it was owed, or since somebody had it sent again."""
        return self.attempts - self.forgiven

    @property
    def is_open(self):
        return self.state in self.OPEN

    @classmethod
    def again(cls):
        """The columns of a delivery that begins anew."""
        return {"state": cls.State.WAITING, "forgiven": F("attempts"), "next_at": Now(), "ended_at": None}


class Attempt(models.Model):
    """One call: written before it, its answer after it. One without an end was cut short and may have arrived."""

    class Trouble(models.TextChoices):
        HOST = "host", _("This address may not be called.")
        ADDRESS = "address", _("The name leads to an address that may not be called.")
        NAME = "name", _("The name was not found.")
        CONNECT = "connect", _("No connection.")
        TLS = "tls", _("The certificate was not accepted.")
        TIMEOUT = "timeout", _("No answer in time.")
        BROKEN = "broken", _("The connection broke off.")
        LOST = "lost", _("The sender stopped; it may have arrived.")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="made", db_index=False)
    n = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)  # the beginning of the body
    ms = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=8, choices=Trouble, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "n"], name="attempt_once")]

    def __str__(self):
        return f"{self.delivery_id}/{self.n}"
