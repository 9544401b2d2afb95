"""Files of customers brought in: uploaded, checked row by row, committed as a job."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.models import Run
from staff.models import Unit, User
from staff.scope import within_reach


class ImportMapping(models.Model):
    """How the columns of a file become fields; remembered by the header, suggested the next time."""

    branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # null: ships with the product
    name = models.CharField(max_length=60)
    header = ArrayField(models.TextField())
    columns = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "name"], name="mapping_name", nulls_distinct=False)]

    def __str__(self):
        return self.name


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(within_reach(user, "customers.import", unit="unit", owner="by", branch="branch"))


class Import(models.Model):
    """One file on its way in."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        COMMITTING = "committing", _("Being brought in")
        DONE = "done", _("Brought in")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # customers without a place of their own go here
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=200)
    encoding = models.CharField(max_length=20, blank=True)
    separator = models.CharField(max_length=1, blank=True)
    columns = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    check_run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    commit_run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects = ImportQuerySet.as_manager()

    def __str__(self):
        return self.file_name
