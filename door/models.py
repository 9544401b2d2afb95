"""What was answered to a request that may be sent again."""

from django.db import models
from django.db.models.functions import Now


class Answer(models.Model):
    """The answer to one POST under its Idempotency-Key. Kept with the effect, in one transaction; see `door.once`."""

    asker = models.CharField(max_length=40)  # "token 5" or "person 7": keys of one say nothing to another
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)  # of path and body: another request under the same key is refused
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()  # JSON, with everything that JSON may hold
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asker", "key"], name="answer_once")]
        indexes = [models.Index(fields=["at"], name="answer_at")]

    def __str__(self):
        return f"{self.asker} {self.key} {self.status}"
