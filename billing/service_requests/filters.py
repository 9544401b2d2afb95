"""What the list of requests to the billing system is narrowed down by. Only ids and fixed words."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from billing.models import ServiceRequest
from customers.filters import ListFilter
from door.filtering import IdFilter

STATES = [("open", _("Not answered yet")), *ServiceRequest.State.choices]


class RequestFilter(ListFilter):
    """The form of the list."""

    of_unit = "account__customer__unit"

    state = filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state")
    action = filters.ChoiceFilter(label=_("Action"), choices=ServiceRequest.Action.choices)
    unit = filters.ChoiceFilter(label=_("Unit"), method="in_unit")
    customer = IdFilter(label=_("Customer"), field_name="account__customer_id")

    class Meta:
        model = ServiceRequest
        fields = []

    def in_state(self, rows, name, state):
        return rows.unanswered() if state == "open" else rows.filter(state=state)
