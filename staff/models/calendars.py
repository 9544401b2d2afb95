"""When a unit works: calendars with a week, public holidays, and single days that differ."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from staff import windows
from staff.models.public_days import Country
from staff.models.units import Unit

WEEKDAYS = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
HOURS = "08:30-12:00 14:00-18:00"
OFFICE_WEEK = [HOURS] * 5 + ["", ""]


class WorkCalendar(models.Model):
    """The hours of a kind of place. A unit keeps its own calendar, or that of the nearest unit above that has one."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    week = ArrayField(  # Monday first, seven texts of `staff.windows`
        models.CharField(max_length=100, blank=True, validators=[windows.known_windows]), size=7
    )
    holidays = models.CharField(_("public holidays"), max_length=2, choices=Country, default=Country.NONE, blank=True)
    version = models.UUIDField(default=uuid4, editable=False)  # another one after every change of the hours

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "name"], name="calendar_name"),
            models.CheckConstraint(name="calendar_whole_week", condition=models.Q(week__len=7)),
        ]
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @classmethod
    @transaction.atomic
    def set_up(cls, *, by, branch, **told):
        """A new calendar of the branch. Raises ValidationError by field."""
        made = cls(branch=branch, **told)
        made.full_clean()
        made.save()
        record(made, "calendar.set_up", by=by)
        return made

    @transaction.atomic
    def describe(self, *, by, **told):
        """Change name, week or public holidays; counts from now on for every clock that runs by it."""
        self._lock()
        changed = [name for name, value in told.items() if getattr(self, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(self, name, told[name])
        self.full_clean()
        self._save_anew(*changed)
        record(self, "calendar.described", by=by, fields=changed)

    @transaction.atomic
    def mark_day(self, day, *, by, kind, windows="", weekday=None, name=""):
        """Let `day` differ from the week and from public holidays; what was said of it before is replaced."""
        self._lock()
        marked = CalendarDay.objects.filter(calendar=self, day=day).first() or CalendarDay(calendar=self, day=day)
        marked.kind, marked.windows, marked.weekday, marked.name = kind, windows, weekday, name
        marked.full_clean()
        marked.save()
        self._save_anew()
        record(self, "calendar.day_marked", by=by, day=day, kind=kind, hours=marked.windows, weekday=marked.weekday)
        return marked

    def _lock(self):
        self.refresh_from_db(from_queryset=WorkCalendar.objects.select_for_update(no_key=True))

    def _save_anew(self, *changed):
        self.version = uuid4()
        self.save(update_fields=["version", *changed])


class CalendarDay(models.Model):
    """A single day of a calendar that is unlike its weekday. It goes before public holidays and the week."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Closed")
        WORKING = "working", _("Hours of a weekday")  # a make-up working day, or a holiday on which one works
        OWN = "own", _("Hours of its own")

    calendar = models.ForeignKey(WorkCalendar, models.PROTECT, related_name="days", verbose_name=_("working calendar"))
    day = models.DateField(_("day"))
    kind = models.CharField(pgettext_lazy("day", "kind"), max_length=7, choices=Kind, default=Kind.HOLIDAY)
    weekday = models.PositiveSmallIntegerField(_("weekday"), null=True, blank=True, choices=list(enumerate(WEEKDAYS)))
    windows = models.CharField(_("hours"), max_length=100, blank=True, validators=[windows.known_windows])
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once"),
            models.CheckConstraint(
                name="calendar_day_says_its_hours",
                condition=models.Q(kind="holiday", weekday=None, windows="")
                | models.Q(kind="working", weekday__range=(0, 6), windows="")
                | (models.Q(kind="own", weekday=None) & ~models.Q(windows="")),
            ),
        ]
        verbose_name = _("special day")
        verbose_name_plural = _("special days")

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.name}".strip()

    @property
    def branch_id(self):
        return self.calendar.branch_id

    def clean(self):
        """Keeps what its kind needs and nothing else."""
        if self.kind == self.Kind.WORKING and self.weekday is None:
            raise ValidationError({"weekday": _("Say whose hours this day has.")}, code="weekday")
        if self.kind == self.Kind.OWN and not self.windows.strip():
            raise ValidationError({"windows": _("Say when it is open.")}, code="hours")
        self.weekday = self.weekday if self.kind == self.Kind.WORKING else None
        self.windows = self.windows.strip() if self.kind == self.Kind.OWN else ""
