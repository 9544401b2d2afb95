"""What narrows the leaders' list down. Only ids, codes and days."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

import django_filters as filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.forms import DayInput
from staff.leading import led_by
from staff.models import Unit, User
from staff.scope import scope_of
from work.models import FollowUp
from work.models.follow_ups import LEAD
from work.models.states import Kind, State

WHICH = [
    ("late", _("Late")),
    ("open", _("All that is open")),
    ("nobodys", _("Nobody has taken it")),
    ("unreachable", _("Not reached")),
    ("escalated", _("Escalated")),
    ("stalled", _("Nothing noted for days")),
    ("kept", _("Promises kept")),
    ("broken", _("Promises broken")),
    ("done", _("Answered")),
]
USUAL = "late"
ENDED = {"unreachable", "kept", "broken", "done"}  # lists that only grow: of a period
PERIOD = timedelta(days=30)


def of_these(rows, which, now):
    """The rows of one of WHICH."""
    return {
        "late": lambda: rows.late(now),
        "open": rows.open,
        "nobodys": lambda: rows.to_do().filter(owner=None),
        "unreachable": lambda: ended(rows).filter(state=State.UNREACHABLE),
        "escalated": lambda: rows.to_do().filter(level__gt=0),
        "stalled": lambda: rows.open().exclude(stalled_at=None),
        "kept": lambda: ended(rows).filter(kind=Kind.PROMISE).exclude(kept_at=None),
        "broken": lambda: rows.filter(kind=Kind.PROMISE).exclude(broken_at=None),
        "done": lambda: ended(rows).filter(state__startswith="done_"),
    }[which]()


def ended(rows):
    """Said beside the state, by which the index of ended ones is found."""
    return rows.exclude(ended_at=None)


def usual_begin(until) -> str:
    """The first day of the usual period that ends with the day `until`, as text; with today where that is no day."""
    with suppress(ValueError, OverflowError):
        return (date.fromisoformat(until or "") - PERIOD).isoformat()
    return (timezone.localdate() - PERIOD).isoformat()


def midnight(day) -> datetime:
    """At which the day begins for whoever reads; compared with the column, so that its index serves."""
    return timezone.make_aware(datetime.combine(day, time.min))


class FollowUpFilter(filters.FilterSet):
    """Offers the units that the person leads and who is posted there today; anything else finds nothing."""

    which = filters.ChoiceFilter(label=_("Which"), choices=WHICH, method="narrowed", empty_label=None)
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices)
    unit = filters.ModelChoiceFilter(label=_("Unit"), queryset=Unit.objects.none())
    owner = filters.ModelChoiceFilter(label=_("Person"), queryset=User.objects.none(), method="of_person")
    late_from = filters.DateFilter(label=_("From"), method="from_day", widget=DayInput)
    late_to = filters.DateFilter(label=_("Up to"), method="to_day", widget=DayInput)

    class Meta:
        model = FollowUp
        fields = []

    def __init__(self, data, queryset, **kwargs):
        data = data.copy()
        data.setdefault("which", USUAL)
        if data["which"] in ENDED and not data.get("late_from"):
            data["late_from"] = usual_begin(data.get("late_to"))
        super().__init__(data, queryset, **kwargs)
        led = scope_of(self.request.user, LEAD)
        here = Q(pk__in=led.units | led.branches) | Q(branch__in=led.branches)
        self.filters["unit"].queryset = Unit.objects.filter(here).order_by("path")
        self.filters["owner"].queryset = User.objects.filter(led_by(self.request.user, LEAD)).order_by("name")

    def narrowed(self, rows, name, which):
        return of_these(rows, which, timezone.now())

    def from_day(self, rows, name, day):
        return rows.filter(late_at__gte=midnight(day))

    def to_day(self, rows, name, day):
        return rows if day == date.max else rows.filter(late_at__lt=midnight(day + timedelta(days=1)))

    def of_person(self, rows, name, person):
        return rows.filter(Q(owner=person) | Q(for_owner=person))

    @property
    def qs(self):
        """Nothing, where the address asks for something that is not there."""
        return super().qs if self.is_valid() else self.queryset.none()
