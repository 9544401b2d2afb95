"""The organisation: a dated tree of units (B44)."""

from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from staff.models.dated import DateRange
from staff.structure import Structure


def known_time_zone(name):
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone of this name."), code="time_zone")


class UnitQuerySet(models.QuerySet):
    def as_of(self, day):
        """The units that existed on `day`, each with `parent_then`: the id of the unit it stood under."""
        held = Q(placements__valid_from__lte=day) & (Q(placements__valid_to=None) | Q(placements__valid_to__gt=day))
        placed = FilteredRelation("placements", condition=held)
        return self.annotate(placed=placed).filter(placed__isnull=False).annotate(parent_then=F("placed__parent"))

    def structure(self, branch, day):
        """Who stood under whom in `branch` on `day`."""
        rows = self.filter(Q(pk=branch.pk) | Q(branch=branch)).as_of(day).values_list("pk", "parent_then", "kind")
        return Structure(day, {pk: parent for pk, parent, _ in rows}, {pk: kind for pk, _, kind in rows})

    def open_now(self):
        return self.filter(valid_to=None)

    def visible_to(self, user):
        """The organisation of the person's own branch: whoever is posted there today knows its units."""
        return self.in_branches(user.branches_today())

    def in_branches(self, ids):
        return self.filter(Q(pk__in=ids) | Q(branch__in=ids))


class Unit(models.Model):
    """A node of the organisation. Every hall, community, outlet, channel group and desk is one.

    `path` spells the way down as zero-free ids with slashes ("1/7/31/"), so a subtree is one prefix; it is where the
    unit stands today. Where it stood on another day is in `Placement`.
    """

    class Kind(models.TextChoices):
        BRANCH = "branch", _("Branch")
        DEPARTMENT = "department", _("Business department")
        HALL = "hall", _("Service hall")
        COMMUNITY = "community", _("Community")
        OUTLET = "outlet", _("Agent outlet")
        CHANNEL_GROUP = "channel_group", _("Channel group")
        DESK = "desk", _("Desk")

    branch = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")  # a branch: null
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("stands under")
    )
    path = models.CharField(max_length=200, db_collation="C", editable=False, blank=True, default="")
    kind = models.CharField(pgettext_lazy("unit", "kind"), max_length=13, choices=Kind)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[known_time_zone])
    work_calendar = models.ForeignKey(
        "staff.WorkCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("working calendar"),
        help_text=_("Empty: that of the nearest unit above."),
    )
    valid_from = models.DateField(_("open from"))
    valid_to = models.DateField(_("closed from"), null=True, blank=True)  # first day on which it no longer exists

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "code"], name="unit_code", nulls_distinct=False),
            models.CheckConstraint(
                name="unit_branch_is_root",
                condition=Q(kind="branch", parent=None, branch=None)
                | (~Q(kind="branch") & Q(parent__isnull=False, branch__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["path"], name="unit_path")]
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def home(self):
        """The branch this unit belongs to; a branch is its own."""
        return self.branch or self

    @property
    def home_id(self):
        return self.branch_id or self.pk

    def clean(self):
        if self.work_calendar_id and self.work_calendar.branch_id != self.home_id:
            raise ValidationError({"work_calendar": _("This calendar is of another branch.")}, code="branch")

    def today(self):
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    @classmethod
    @transaction.atomic
    def open(cls, *, kind, parent, by, on=None, **fields):
        """Add a unit under `parent` (None: a branch) from the day `on` (default: today; the future is refused)."""
        unit = cls(kind=kind, parent=parent, branch=parent and parent.home, **fields)
        unit.valid_from = on or unit.today()
        parent = unit.lock_structure(parent)
        unit.refuse_place(parent, unit.valid_from)
        unit.full_clean()
        unit.save()
        unit.path = f"{parent.path if parent else ''}{unit.pk}/"
        unit.save(update_fields=["path"])
        Placement.objects.create(unit=unit, parent=parent, valid_from=unit.valid_from)
        record(unit, "unit.opened", by=by, parent=parent and parent.pk, on=str(unit.valid_from))
        return unit

    @transaction.atomic
    def move_under(self, parent, *, by, on=None):
        """Stand under `parent` from the day `on` (default: today), with everything below (B44).

        A past day rewrites the history from there on and must come after the last move. Refused: the future, another
        branch, a cycle on any day since, a third level of communities (C05).
        """
        parent = self.lock_structure(parent)
        on = on or self.today()
        self.refuse_place(parent, on)
        self._place_under(parent, on)
        self.parent = parent
        self.save(update_fields=["parent"])
        self._rewrite_paths(f"{parent.path}{self.pk}/")
        for path in settings.UNIT_FOLLOWERS:
            import_string(path)(self)
        record(self, "unit.moved", by=by, parent=parent.pk, on=str(on))

    @transaction.atomic
    def describe(self, *, by, **told):
        """Change name, English name, time zone or working calendar."""
        changed = [name for name, value in told.items() if getattr(self, name) != value]
        if changed:
            for name in changed:
                setattr(self, name, told[name])
            self.full_clean()
            self.save(update_fields=changed)
            record(self, "unit.described", by=by, fields=changed)

    @transaction.atomic
    def close(self, *, by, on=None):
        """Exist no longer from the day `on` (default: today). Refused while anything or anybody is still there."""
        self.lock_structure()
        on = on or self.today()
        self.refuse_closing(on)
        self.placements.filter(valid_to=None).update(valid_to=on)
        self.valid_to = on
        self.save(update_fields=["valid_to"])
        record(self, "unit.closed", by=by, on=str(on))

    def refuse_place(self, parent, on):
        """Raise a ValidationError unless the unit may stand under `parent` on every day since `on`."""
        self._refuse_day(on)
        if parent is None or self.kind == self.Kind.BRANCH:
            if parent or self.kind != self.Kind.BRANCH or self.pk:
                raise ValidationError(_("A branch stands at the top; every other unit stands under one."), code="top")
            return
        if parent.home != self.branch:
            raise ValidationError(_("A unit stays in its branch."), code="branch")
        if self.pk and on < self.placements.latest("valid_from").valid_from:
            raise ValidationError(_("The unit has moved since that day."), code="moved_since")
        for day in self._days_of_change(since=on):
            Unit.objects.structure(self.branch, day).refuse(self.kind, self.pk, parent.pk)

    def refuse_closing(self, on):
        """Raise a ValidationError while a unit below or a posting reaches beyond `on`."""
        self._refuse_day(on)
        beyond = Q(valid_to=None) | Q(valid_to__gt=on)
        if on <= self.valid_from:
            raise ValidationError(_("It cannot close before it opened."), code="days")
        if Placement.objects.filter(beyond, parent=self).exists():
            raise ValidationError(_("Other units still stand below it: move or close them first."), code="children")
        if self.postings.filter(beyond).exists():
            raise ValidationError(_("People are still posted there: end their postings first."), code="postings")

    def lock_structure(self, parent=None):
        """One change of the branch's structure at a time; nobody else waits for it.

        Reads what the last change left: of the unit, and of `parent`, which is returned.
        """
        if self.branch_id:
            Unit.objects.select_for_update(no_key=True).get(pk=self.branch_id)
        if self.pk:
            self.refresh_from_db(from_queryset=Unit.objects.select_for_update(no_key=True))
        return parent and Unit.objects.get(pk=parent.pk)

    def _refuse_day(self, on):
        if on > self.today():
            raise ValidationError(_("That day lies ahead: make the change when it has come."), code="future")
        if self.pk and self.valid_to:
            raise ValidationError(_("The unit is closed."), code="closed")

    def _days_of_change(self, *, since):
        """`since`, and every later day on which the branch looked different."""
        starts = Placement.objects.filter(unit__branch=self.branch, valid_from__gt=since)
        ends = Placement.objects.filter(unit__branch=self.branch, valid_to__gt=since)
        days = {since, *starts.values_list("valid_from", flat=True), *ends.values_list("valid_to", flat=True)}
        return sorted(days)

    def _place_under(self, parent, on):
        """A second move on the same day replaces the first."""
        replaced = self.placements.filter(valid_to=None, valid_from=on).update(parent=parent)
        if not replaced:
            self.placements.filter(valid_to=None).update(valid_to=on)
            Placement.objects.create(unit=self, parent=parent, valid_from=on)

    def _rewrite_paths(self, path):
        """The new way down for the unit and everything below it, in one statement."""
        below = Unit.objects.filter(path__startswith=self.path)
        below.update(path=Concat(Value(path), Substr("path", len(self.path) + 1)))
        self.path = path


class Placement(models.Model):
    """Where a unit stood in the tree from one day to another; never two places on one day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="placement_one_at_a_date",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to"), RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self):
        return f"{self.unit_id} < {self.parent_id}"
