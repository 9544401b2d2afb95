"""What happened to the records: added, never changed. Operations of this app: `audit.trail`, `audit.stateful`."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class EventQuerySet(models.QuerySet):
    def of_customer(self, pk):
        """What happened to one customer and all that is theirs, newest first. The caller has checked the reach."""
        return self.filter(customer_id=pk).order_by("-id")


class Event(models.Model):
    """One thing that happened to one record, kept in the transaction of the change.

    The subject is named by type and id without a foreign key; `customer_id` puts the event on a customer's timeline.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    branch_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(
                fields=["customer_id", "-id"],
                name="event_customer",
                condition=models.Q(customer_id__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="append_only",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
                func="RAISE EXCEPTION 'audit events are never changed';",
            )
        ]

    def __str__(self):
        return f"{self.verb} {self.subject_type}#{self.subject_id}"
