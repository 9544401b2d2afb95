"""One thing done with everything that a list shows: the set is fixed when it is asked for, tried, carried out, undone.

Where it stands follows from its runs: the first tries each row and takes it back again, the second does it, the third
undoes it. What became of each row is kept.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jobs.models.runs import Run

KEPT = timedelta(days=30)  # what became of each row, and with it what can be undone


class BulkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever asked for it: what it holds is what that person reached."""
        return self.filter(asked_by=user.pk) if user.is_authenticated else self.none()


class Bulk(models.Model):
    """`query`: the list's address when it was asked for (ids, codes and days only). `told`: the action's form."""

    key = models.CharField(max_length=120, unique=True)  # of the form: sent twice it is one
    list = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    told = models.JSONField(default=dict)
    query = models.TextField(blank=True)
    branch_id = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    check_run = models.OneToOneField(Run, models.PROTECT, null=True, related_name="+")
    run = models.OneToOneField(Run, models.PROTECT, null=True, related_name="+")
    undo_run = models.OneToOneField(Run, models.PROTECT, null=True, related_name="+")

    objects = BulkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["asked_by", "-id"], name="bulk_asked")]

    def __str__(self):
        return f"{self.list}.{self.action} #{self.pk}"

    @property
    def kept_until(self):
        """Until then its rows can be fetched, and it can be undone."""
        return self.asked_at + KEPT

    @property
    def latest(self) -> Run | None:
        """The run that was asked for last: it says how far all of it is."""
        return self.undo_run or self.run or self.check_run


class BulkRow(models.Model):
    """One record of the set. `edition`: which it had after it was done; `kept`: what undoing it needs."""

    class State(models.TextChoices):
        COUNTED = "counted", pgettext_lazy("bulk", "Not tried yet")
        FIT = "fit", pgettext_lazy("bulk", "Can be done")
        LEFT_OUT = "left_out", pgettext_lazy("bulk", "Left out")
        DONE = "done", pgettext_lazy("bulk", "Done")
        REFUSED = "refused", pgettext_lazy("bulk", "Refused")
        UNDONE = "undone", pgettext_lazy("bulk", "Undone")
        STAYS = "stays", pgettext_lazy("bulk", "Not undone")

    bulk = models.ForeignKey(Bulk, models.PROTECT, related_name="rows")
    subject_id = models.BigIntegerField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.COUNTED)
    reason = models.CharField(max_length=300, blank=True)
    edition = models.PositiveIntegerField(null=True)
    kept = models.JSONField(default=dict)

    objects = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "subject_id"], name="bulk_row_once")]
        indexes = [models.Index(fields=["bulk", "state", "id"], name="bulk_row_state")]

    def __str__(self):
        return f"{self.bulk_id}: {self.subject_id} {self.state}"
