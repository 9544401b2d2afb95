"""What narrows the list of shifts down. Only ids, codes and days."""

import django_filters as filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import Shift
from billing.models.shifts import VIEW
from staff.forms import DayInput
from staff.models import Unit
from staff.scope import scope_of

WHICH = [
    ("open", pgettext_lazy("shift", "Open")),
    ("left_open", _("Left open on another day")),
    ("counted", _("Wait for a signature")),
    ("differing", _("With a difference")),
]


class ShiftFilter(filters.FilterSet):
    """Offers the units whose tills the person looks after; anything else finds nothing."""

    which = filters.ChoiceFilter(label=_("Which"), choices=WHICH, method="narrowed", empty_label=_("All"))
    unit = filters.ModelChoiceFilter(label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("All"))
    since = filters.DateFilter(label=_("From"), field_name="opened_at", lookup_expr="date__gte", widget=DayInput)
    until = filters.DateFilter(label=_("Up to"), field_name="opened_at", lookup_expr="date__lte", widget=DayInput)

    class Meta:
        model = Shift
        fields = []

    def __init__(self, data, queryset, **kwargs):
        super().__init__(data, queryset, **kwargs)
        scope = scope_of(self.request.user, VIEW)
        here = Q(pk__in=scope.units | scope.branches) | Q(branch__in=scope.branches)
        units = Unit.objects.filter(here, pk__in=queryset.values("unit"))
        self.filters["unit"].queryset = units.order_by("path")

    def narrowed(self, rows, name, which):
        if which == "left_open":
            return rows.left_open(timezone.now())
        return rows.differing() if which == "differing" else rows.filter(state=which)

    @property
    def qs(self):
        """Nothing, where the address asks for something that is not there."""
        return super().qs if self.is_valid() else self.queryset.none()
