"""What narrows the list of incidents down."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from complaints.models import Incident
from customers.filters import ListFilter
from customers.models.lines import LineKind


class IncidentFilter(ListFilter):
    of_unit = "area"

    state = filters.ChoiceFilter(label=_("State"), choices=Incident.State.choices)
    unit = filters.ChoiceFilter(label=_("Where"), method="in_unit")
    product = filters.ChoiceFilter(label=_("Product"), choices=LineKind.choices)

    class Meta:
        model = Incident
        fields = []
