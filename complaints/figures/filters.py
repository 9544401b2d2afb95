"""The days and what else narrows the figures of complaints and the lists behind them. Ids, codes and days only."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.desk.filters import indented
from complaints.figures.sets import Asked, rows_of
from complaints.models import Category, Complaint
from complaints.models.states import Channel
from customers.filters import ListFilter
from customers.models import Tier
from customers.models.lines import LineKind
from staff.forms import DayInput, DaysForm

USUAL = 30  # days, unless others are asked for


class FiguresFilter(ListFilter):
    """The form above the figures. Days are those of the branch, both counted in."""

    of_unit = "unit"

    first = filters.DateFilter(label=_("From"), widget=DayInput, method="kept_for_asked")
    last = filters.DateFilter(label=_("Up to"), widget=DayInput, method="kept_for_asked")
    unit = filters.ChoiceFilter(label=_("Unit"), method="in_unit")
    category = filters.ChoiceFilter(label=_("Class"), method="of_class")
    product = filters.ChoiceFilter(label=_("Product"), choices=LineKind.choices)
    tier = filters.ChoiceFilter(label=_("Tier"))
    channel = filters.ChoiceFilter(label=_("Channel"), choices=Channel.choices)
    imported = filters.ChoiceFilter(
        label=_("With imported ones"), choices=[("true", _("Yes"))], empty_label=_("No"), method="with_imported"
    )

    class Meta:
        model = Complaint
        form = DaysForm
        fields = []

    def __init__(self, data, *, request, branch):
        usual = days_of("usual", branch.today())
        data = usual | {name: value for name, value in data.items() if value}
        super().__init__(data, rows_of(request.user, branch), request=request)
        self.branch, self.now = branch, timezone.now()
        self.classes = {one.pk: one for one in Category.objects.filter(branch=branch).order_by("code")}
        self.filters["category"].extra["choices"] = [(pk, indented(one)) for pk, one in self.classes.items()]
        self.filters["tier"].extra["choices"] = [(one.pk, str(one)) for one in Tier.objects.filter(branch=branch)]

    @property
    def asked(self) -> Asked:
        said = self.form.cleaned_data
        return Asked.of(
            self.branch, self._start(said["first"]), self._start(said["last"] + timedelta(days=1)), self.now
        )

    @property
    def rows(self):
        """The complaints of the period that everything else is counted of."""
        asked = self.asked
        rows = self.qs.filter(received_at__gte=asked.since, received_at__lt=asked.until)
        return rows if self.data.get("imported") == "true" else rows.filter(imported=False)

    @property
    def said(self) -> dict:
        """What the address says, for the lists behind the figures and other splits."""
        return {name: self.data[name] for name in self.filters if self.data.get(name)}

    @property
    def days(self):
        """(words, address, whether it is chosen) of the usual periods."""
        narrowed = {name: value for name, value in self.said.items() if name not in ("first", "last")}
        narrowed |= {"by": self.data["by"]} if self.data.get("by") else {}
        chosen = self.data["first"], self.data["last"]
        for code, words in PERIODS.items():
            days = days_of(code, self.branch.today())
            yield words, urlencode(days | narrowed), (days["first"], days["last"]) == chosen

    def of_class(self, rows, name, key):
        """The class with everything below it: a class's code begins with that of the one above."""
        code = self.classes[int(key)].code
        return rows.filter(category__in=[pk for pk, one in self.classes.items() if one.code.startswith(code)])

    def kept_for_asked(self, rows, name, day):
        return rows

    def with_imported(self, rows, name, answer):
        return rows

    def _start(self, day):
        return datetime.combine(day, time.min, ZoneInfo(self.branch.time_zone))


PERIODS = {
    "usual": _("Last 30 days"),
    "month": _("This month"),
    "last_month": _("Last month"),
    "quarter": _("This quarter"),
    "last_quarter": _("Last quarter"),
    "year": _("This year"),
}


def days_of(code: str, today: date) -> dict[str, str]:
    """The first and last day of one of PERIODS."""
    month = today.replace(day=1)
    quarter = month.replace(month=3 * ((today.month - 1) // 3) + 1)
    first, last = {
        "usual": (today - timedelta(days=USUAL - 1), today),
        "month": (month, today),
        "last_month": (_month_before(month), month - timedelta(days=1)),
        "quarter": (quarter, today),
        "last_quarter": (_month_before(_month_before(_month_before(quarter))), quarter - timedelta(days=1)),
        "year": (today.replace(month=1, day=1), today),
    }[code]
    return {"first": str(first), "last": str(last)}


def _month_before(month):
    return (month - timedelta(days=1)).replace(day=1)
