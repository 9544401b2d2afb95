"""What gateways and customers say back; stored first, understood afterwards."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from outreach.models.messages import Message
from staff.models import Unit
from staff.scope import holds, within_reach


class DeliveryReport(models.Model):
    """What became of a message after the gateway took it. It may come before the gateway's own answer."""

    class Status(models.TextChoices):
        DELIVERED = "delivered", pgettext_lazy("report", "Delivered")
        UNDELIVERED = "undelivered", pgettext_lazy("report", "Not delivered")
        PENDING = "pending", pgettext_lazy("report", "Under way")

    gateway = models.CharField(max_length=40)
    gateway_ref = models.CharField(max_length=100, blank=True)
    ref = models.UUIDField(null=True)  # our own, where the gateway gives it back
    status = models.CharField(max_length=11, choices=Status)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="reports")
    received_at = models.DateTimeField(db_default=Now())
    raw = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "gateway_ref", "ref", "status"], name="report_once", nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["ref"], name="report_ref", condition=Q(message=None)),
            models.Index(fields=["gateway", "gateway_ref"], name="report_unmatched", condition=Q(message=None)),
            models.Index(fields=["received_at"], name="report_left", condition=Q(message=None, ref=None)),
        ]

    def __str__(self):
        return f"{self.gateway} {self.status}"


class InboundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """By the customer's reach; one from a number of nobody's, by whoever looks after the outbox of the branch whose
        gateway it came by, or of any where that is not known.
        """
        reach = {"unit": "customer__unit", "owner": "customer__manager", "branch": "customer__branch"}
        seen = within_reach(user, "outreach.view", **reach)
        theirs = within_reach(user, "outreach.control", unit="branch", branch="branch")
        nobodys = Q(customer=None) & (theirs | Q(branch=None)) if holds(user, "outreach.control") else Q(pk__in=[])
        return self.filter(seen | nobodys)


class Inbound(models.Model):
    """One message from a phone or a mailbox; the gateway's id makes it once. `handled_as` is what was done with it."""

    class As(models.TextChoices):
        NEW = "", pgettext_lazy("inbound", "Not looked at yet")
        STOP = "stop", pgettext_lazy("inbound", "Stopped marketing")
        CONSENT = "consent", pgettext_lazy("inbound", "Agreed")
        REPLY = "reply", pgettext_lazy("inbound", "A reply")
        UNMATCHED = "unmatched", pgettext_lazy("inbound", "From a number of nobody's")

    gateway = models.CharField(max_length=40)
    gateway_id = models.CharField(max_length=100)
    branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # whose gateway it is, where one says
    sender = models.CharField(max_length=254)  # digits only, or a mail address in lower case
    text = models.TextField()
    received_at = models.DateTimeField(db_default=Now())
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="inbound")
    answers = models.ForeignKey(Message, models.PROTECT, null=True, related_name="replies")  # the last one they got
    handled_as = models.CharField(max_length=20, choices=As, blank=True)
    handled_at = models.DateTimeField(null=True)

    objects = InboundQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "gateway_id"], name="inbound_once")]
        indexes = [
            models.Index(fields=["sender", "-id"], name="inbound_sender"),
            models.Index(fields=["-id"], name="inbound_unmatched", condition=Q(customer=None)),
            models.Index(fields=["id"], name="inbound_unhandled", condition=Q(handled_at=None)),
        ]

    def __str__(self):
        return f"#{self.pk}"


class InboundPart(models.Model):
    """One part of a text that a phone sent in several. Its octets are kept only until they are put together."""

    gateway = models.CharField(max_length=40)
    sender = models.CharField(max_length=64)
    reference = models.PositiveIntegerField()  # the phone's own, used again after a while
    total = models.PositiveSmallIntegerField()
    n = models.PositiveSmallIntegerField()
    data_coding = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=40)
    received_at = models.DateTimeField(db_default=Now())
    joined_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["gateway", "sender", "reference"], name="inbound_part_of"),
            models.Index(fields=["received_at"], name="inbound_part_left", condition=Q(joined_at=None)),
        ]

    def __str__(self):
        return f"{self.n}/{self.total}"
