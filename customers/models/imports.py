"""Files brought in: uploaded, checked row by row, committed as a job."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.imports.subjects import named_by_right, subject
from customers.models.customer import Customer
from jobs.models import Run
from staff.models import Unit, User
from staff.scope import NOTHING, within_reach


class ImportMapping(models.Model):
    """How the columns of a file become fields; remembered by the header, suggested the next time."""

    branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # null: ships with the product
    subject = models.CharField(max_length=20, default="customers")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    header = ArrayField(models.TextField(), verbose_name=_("header of the file"))
    columns = models.JSONField(_("fields of its columns"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "subject", "name"], name="mapping_name", nulls_distinct=False)
        ]
        verbose_name = _("import mapping")
        verbose_name_plural = _("import mappings")

    def __str__(self):
        return self.name


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those about what the person may bring in."""
        reach = NOTHING
        for right, names in named_by_right().items():
            reach |= models.Q(subject__in=names) & within_reach(user, right, unit="unit", owner="by", branch="branch")
        return self.filter(reach)


class Import(models.Model):
    """One file on its way in. Operations: `customers.imports.intake`.

    `columns` is the mapping in force: {"recipe": name of one that ships, or "", "fields": [field or "" per column],
    "day": the day the figures of the file are as of}.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        COMMITTING = "committing", _("Being brought in")
        DONE = "done", _("Brought in")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    subject = models.CharField(max_length=20, default="customers")  # of customers.imports.subjects
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # customers without a place of their own go here
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=200)
    encoding = models.CharField(max_length=20, blank=True)
    separator = models.CharField(max_length=1, blank=True)
    columns = models.JSONField(default=dict)
    checks = models.PositiveIntegerField(default=0)  # how often it was checked; rows of older checks are gone
    commits = models.PositiveIntegerField(default=0)  # how often its commit was begun
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    check_run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    commit_run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+")
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    emptied_at = models.DateTimeField(null=True)  # when the file and the values read from it were deleted

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["branch", "-id"], name="import_branch")]

    def __str__(self):
        return self.file_name

    @property
    def subject_title(self):
        return subject(self.subject).title

    @property
    def run(self):
        """The job that works or worked on it last."""
        return self.commit_run or self.check_run

    @property
    def stands(self):
        """The state as its job left it: a job that was cancelled or gave up stops the import with it."""
        if self.run and self.state in (self.State.CHECKING, self.State.COMMITTING):
            ended = {Run.State.CANCELLED: self.State.CANCELLED, Run.State.DEAD: self.State.FAILED}
            return ended.get(self.run.state, self.state)
        return self.state

    @property
    def stands_label(self):
        return self.State(self.stands).label


class Within(models.Func):
    """`17/K001`: a value within its import. One expression, so that no index on the import alone is ever taken for it:
    to the planner an import that is just being written looks empty.
    """

    template = "(%(expressions)s)"
    arg_joiner = " || "

    def __init__(self, name, **extra):
        super().__init__(Cast("batch", models.TextField()), models.Value("/"), models.F(name), **extra)


class ImportRow(models.Model):
    """One row of a file: what it asks for, and what became of it. A null says that the file says nothing.

    `said` is what a row of another subject than customers says, in the order of that subject's columns.

    The row number is the one a spreadsheet shows (the header is row 1). ID documents are here only as keyed hash and
    in masked form. `changes` is {field: [old, new]}; `problems` are {"code", "column", further values}, put into words
    by `customers.imports.reasons` for whoever reads them.
    """

    class Outcome(models.TextChoices):
        CREATE = "create", _("New")
        UPDATE = "update", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        DUPLICATE = "duplicate", _("Duplicate")
        ERROR = "error", _("Error")

    pk = models.CompositePrimaryKey("batch", "n")
    batch = models.ForeignKey(Import, models.CASCADE, related_name="rows", db_index=False)
    n = models.PositiveIntegerField()
    outcome = models.CharField(max_length=9, choices=Outcome)
    brought_in = models.BooleanField(default=False)
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    same_as = models.PositiveIntegerField(null=True)  # the earlier row it repeats
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)  # codes of what was taken knowingly
    changes = models.JSONField(default=dict)

    number = models.CharField(max_length=200)
    said = ArrayField(models.TextField(null=True), null=True)
    number_key = models.CharField(max_length=64, default="")  # as searched
    kind = models.CharField(max_length=8, null=True)
    status = models.CharField(max_length=6, null=True)
    name = models.CharField(max_length=200, null=True)
    pinyin = models.CharField(max_length=400, null=True)
    initials = models.CharField(max_length=100, null=True)
    language = models.CharField(max_length=7, null=True)
    birthday = models.DateField(null=True)
    address = models.CharField(max_length=300, null=True)
    tier_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    manager_id = models.BigIntegerField(null=True)
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    monthly_charge = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    total_charge = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    payment_way = models.CharField(max_length=40, null=True)
    document = models.CharField(max_length=64, null=True, db_collation="C")
    document_masked = models.CharField(max_length=64, null=True)
    phones = ArrayField(models.CharField(max_length=64), default=list)  # as written
    phone_keys = ArrayField(models.CharField(max_length=64), default=list)  # as searched

    class Meta:
        indexes = [
            models.Index(Within("number"), name="importrow_number"),
            models.Index(Within("document"), name="importrow_document", condition=models.Q(document__isnull=False)),
            models.Index(fields=["batch", "outcome", "n"], name="importrow_outcome"),
        ]

    def __str__(self):
        return f"{self.batch_id}:{self.n}"

    @classmethod
    def tally(cls, batch):
        """{outcome: rows} of an import."""
        rows = cls.objects.filter(batch=batch).values_list("outcome")
        return {outcome: 0 for outcome in cls.Outcome.values} | dict(rows.annotate(n=models.Count("n")).order_by())


class ImportLine(models.Model):
    """A line that one row of a file names."""

    pk = models.CompositePrimaryKey("batch", "n", "ref")
    batch = models.ForeignKey(Import, models.CASCADE, related_name="lines", db_index=False)
    n = models.PositiveIntegerField()
    ref = models.CharField(max_length=60)
    number = models.CharField(max_length=40, null=True)
    value = models.CharField(max_length=64, null=True, db_collation="C")
    kind = models.CharField(max_length=9)
    plan_code = models.CharField(max_length=60, null=True)
    status = models.CharField(max_length=17, null=True)
    options = models.JSONField(null=True)
    activated_on = models.DateField(null=True)
    contract_end = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(Within("ref"), name="importline_ref")]

    def __str__(self):
        return f"{self.batch_id}:{self.n}:{self.ref}"
