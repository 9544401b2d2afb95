"""What the lists of the API are narrowed down by, where no page has such a list."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models import Identifier, Import, Interaction, Line
from customers.models.lines import LineKind
from door.filtering import IdFilter

OPEN = [("true", _("Yes")), ("false", _("No"))]


class LineFilter(filters.FilterSet):
    customer = IdFilter(field_name="customer_id", label=_("Customer"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=LineKind.choices)
    status = filters.ChoiceFilter(label=_("Status"), choices=Line.Status.choices)


class IdentifierFilter(filters.FilterSet):
    customer = IdFilter(field_name="customer_id", label=_("Customer"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Identifier.Kind.choices)


class InteractionFilter(filters.FilterSet):
    customer = IdFilter(field_name="customer_id", label=_("Customer"))
    stage = filters.ChoiceFilter(label=_("Stage"), choices=Interaction.Stage.choices)
    channel = filters.ChoiceFilter(label=_("Channel"), choices=Interaction.Channel.choices)
    open_follow_up = filters.ChoiceFilter(label=_("To be followed up"), choices=OPEN, method="is_open")

    def is_open(self, rows, name, answer):
        waiting = rows.open_follow_ups()
        return waiting if answer == "true" else rows.exclude(pk__in=waiting.values("pk"))


class ImportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=Import.State.choices)
