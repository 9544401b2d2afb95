"""What people are told, each thing once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from work import kinds

UNREAD = Q(read_at=None)


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and nobody else's."""
        return self.filter(user=user.pk)

    def unread(self):
        return self.filter(UNREAD)

    def ringing(self):
        """What the badge counts: unread, and shown by now; what waits for a digest is told by the digest."""
        return self.unread().exclude(urgency=Notice.Urgency.DIGEST).filter(shows_at__lte=Now())

    def mark_read(self):
        """Read from now on; how many were not read before."""
        return self.unread().update(read_at=Now())


class Notice(models.Model):
    """One thing that one person is told. Its words are made when it is read, from kind and data.

    `data` holds no customer's name or number: whoever reads is shown the customer as their reach allows on that day.
    Reading leaves no audit event: the row says when it was seen and read.
    """

    class Urgency(models.TextChoices):
        RING = "ring"  # at once, whatever the hour, with a toast
        NORMAL = "normal"  # in working time
        DIGEST = "digest"  # one of many in the next morning's digest

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    urgency = models.CharField(max_length=6, choices=Urgency, default=Urgency.NORMAL)
    created_at = models.DateTimeField(db_default=Now())
    shows_at = models.DateTimeField(db_default=Now())  # when it rings, or is counted in a digest
    told_at = models.DateTimeField(null=True)  # when a digest counted it
    seen_at = models.DateTimeField(null=True)  # its toast was shown
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)  # the matter was settled; nothing is left to read

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_told_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_person"),
            models.Index(fields=["user", "shows_at"], name="notice_unread", condition=UNREAD),
            models.Index(fields=["subject_type", "subject_id"], name="notice_open_subject", condition=UNREAD),
            models.Index(
                fields=["shows_at"], name="notice_for_digest", condition=UNREAD & Q(urgency="digest", told_at=None)
            ),
            models.Index(fields=["read_at"], name="notice_read", condition=Q(read_at__isnull=False)),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"

    @property
    def words(self):
        """In the language of now; empty for a kind that no longer exists."""
        known = kinds.find(self.kind)
        return known.words(self) if known else ""

    @property
    def opens(self):
        known = kinds.find(self.kind)
        return known.opens(self) if known else ""

    @property
    def icon(self):
        known = kinds.find(self.kind)
        return known.icon if known else "bell"
