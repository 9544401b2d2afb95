"""What narrows the customer list down. Only ids, codes and days: an address holds no personal data."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Tier
from staff.models import Unit
from staff.scope import scope_of

SORTS = {  # of the address: the stored, indexed column
    "name": "pinyin",
    "number": "number",
    "joined": "joined_on",
    "contact": "last_contact_at",
}


def day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def units_offered(request):
    """The next steps down the tree from the chosen unit, the way back up, and the unit itself: never the whole tree."""
    scope, chosen = scope_of(request.user, "customers.view"), request.GET.get("unit", "")
    reached = Unit.objects.filter(pk__in=scope.units) | Unit.objects.filter(branch__in=scope.branches)
    here = reached.filter(pk=chosen).first() if chosen.isdecimal() else None
    if here:
        way = [int(step) for step in here.path.strip("/").split("/")]
        return (reached.filter(pk__in=way) | reached.filter(parent=here)).order_by("path", "code")
    tops = reached.filter(parent__in=scope.branches) | reached.exclude(parent__in=scope.units).exclude(
        branch__in=scope.branches
    )
    return tops.order_by("kind", "code")


class CustomerFilter(filters.FilterSet):
    """The list's form. Its choices are the person's own branch and reach."""

    unit = filters.ChoiceFilter(label=_("Unit"), method="in_unit", empty_label=_("All"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Customer.Kind.choices, empty_label=_("All"))
    tier = filters.ChoiceFilter(label=_("Tier"), empty_label=_("All"))
    status = filters.ChoiceFilter(label=_("Status"), choices=Customer.Status.choices, empty_label=_("All"))
    manager = filters.ChoiceFilter(
        label=_("Account manager"),
        choices=[("me", _("Me")), ("none", _("Nobody")), ("any", _("Anybody"))],
        method="led_by",
        empty_label=_("All"),
    )
    locked = filters.BooleanFilter(
        label=_("Locked high-value"),
        field_name="locked_high_value",
        widget=forms.Select(choices=[("", _("All")), ("true", _("Yes")), ("false", _("No"))]),
    )
    joined_from = filters.DateFilter(label=_("Joined from"), field_name="joined_on", lookup_expr="gte", widget=day())
    joined_to = filters.DateFilter(label=_("Joined up to"), field_name="joined_on", lookup_expr="lte", widget=day())

    class Meta:
        model = Customer
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units_offered(self.request)}
        tiers = Tier.objects.filter(branch=self.request.user.branch_id)
        for name, rows in (("unit", self.units.values()), ("tier", tiers)):
            self.filters[name].extra["choices"] = [(row.pk, str(row)) for row in rows]

    @property
    def qs(self):
        """Nobody, where the address asks for something that is not there: the field says so."""
        return super().qs if self.is_valid() else self.queryset.none()

    def in_unit(self, rows, name, key):
        """The unit with everything below it."""
        below = Unit.objects.filter(path__startswith=self.units[int(key)].path).values_list("pk", flat=True)
        return rows.filter(unit__in=list(below))

    def led_by(self, rows, name, whom):
        if whom == "me":
            return rows.filter(manager=self.request.user)
        return rows.filter(manager__isnull=whom == "none")
