"""Working calendars and their special days in the back office."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff import public_holidays
from staff.configuration import Operated, OperationForm
from staff.forms import DayInput
from staff.models import CalendarDay, WorkCalendar
from staff.models.calendars import WEEKDAYS
from staff.models.public_days import Country
from staff.windows import parse, spell

WEEK = [f"day_{n}" for n in range(7)]


class CalendarForm(OperationForm):
    """One field for each weekday."""

    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = (
        forms.CharField(label=label, max_length=100, required=False) for label in WEEKDAYS
    )

    class Meta:
        model = WorkCalendar
        fields = ["name", "name_en", "holidays"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day_0"].help_text = _("Hours like 08:30-12:00 14:00-18:00; empty: closed. Midnight is 24:00.")
        for name, hours in zip(WEEK, self.instance.week or [], strict=False):
            self.initial[name] = hours

    def clean(self):
        told = super().clean()
        for name in WEEK:
            try:
                told[name] = spell(parse(told.get(name, "")))
            except ValidationError as wrong:
                self.add_error(name, wrong)
        return told

    def operate(self):
        told = dict(self.cleaned_data)
        told["week"] = [told.pop(name) for name in WEEK]
        if self.instance.pk is None:
            return WorkCalendar.set_up(by=self.by, branch=self.branch, **told)
        self.instance.describe(by=self.by, **told)
        return self.instance


@admin.register(WorkCalendar)
class WorkCalendarAdmin(Operated):
    form = CalendarForm
    list_display = ["name", "name_en", "holidays"]
    fields = ["name", "name_en", "holidays", *WEEK]
    ordering = ["name"]

    def changelist_view(self, request, extra_context=None):
        """Says up to which year made-up days are known, and warns when they have to be entered."""
        if request.method in ("GET", "HEAD"):
            self._say_what_is_known(request)
        return super().changelist_view(request, extra_context)

    def _say_what_is_known(self, request):
        today = timezone.localdate()
        for calendar in self.get_queryset(request).exclude(holidays=Country.NONE):
            entered = calendar.days.filter(kind=CalendarDay.Kind.WORKING).values_list("day__year", flat=True)
            missing = public_holidays.year_to_enter(calendar.holidays, today, set(entered))
            said = {"calendar": calendar, "known": public_holidays.known_until(calendar.holidays), "missing": missing}
            if missing:
                text = _("%(calendar)s: enter the made-up working days of %(missing)s as special days.") % said
                self.message_user(request, text, messages.WARNING)
            else:
                text = _("%(calendar)s: made-up working days are known up to %(known)s.") % said
                self.message_user(request, text, messages.INFO)


class CalendarDayForm(OperationForm):
    class Meta:
        model = CalendarDay
        fields = ["calendar", "day", "kind", "weekday", "windows", "name"]
        widgets = {"day": DayInput}
        help_texts = {
            "weekday": _("Whose hours a made-up working day has."),
            "windows": _("Hours of its own, like 10:00-16:00."),
        }

    def operate(self):
        told = dict(self.cleaned_data)
        calendar = told.pop("calendar", None) or self.instance.calendar
        day = told.pop("day", None) or self.instance.day
        return calendar.mark_day(day, by=self.by, **told)


@admin.register(CalendarDay)
class CalendarDayAdmin(Operated):
    form = CalendarDayForm
    branch_lookup = "calendar__branch"
    list_display = ["day", "calendar", "kind", "weekday", "windows", "name"]
    list_filter = ["kind"]
    list_select_related = ["calendar"]
    fields = ["calendar", "day", "kind", "weekday", "windows", "name"]
    ordering = ["-day", "pk"]

    def get_readonly_fields(self, request, obj=None):
        return ["calendar", "day"] if obj else []
