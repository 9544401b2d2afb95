"""What narrows the list of accounts down. Only ids, codes and sums: an address holds no personal data."""

from datetime import timedelta
from decimal import Decimal

import django_filters as filters
from django.db.models import Exists, OuterRef
from django.forms import NumberInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Account, Bill
from customers.filters import ListFilter
from customers.models import Tier
from door.filtering import IdFilter

OVERDUE = [
    ("no", _("Nothing overdue")),
    ("1", _("Overdue")),
    ("31", _("More than 30 days")),
    ("61", _("More than 60 days")),
    ("91", _("More than 90 days")),
]


class SumInput(NumberInput):
    """An <input type="number"> for money."""

    def __init__(self, attrs=None):
        super().__init__(attrs={"min": "0", "step": "0.01"} | (attrs or {}))


class AccountFilter(ListFilter):
    """The form of the list of accounts."""

    of_unit = "customer__unit"

    overdue = filters.ChoiceFilter(label=_("Overdue"), choices=OVERDUE, method="is_overdue")
    unit = filters.ChoiceFilter(label=_("Unit"), method="in_unit")
    tier = filters.ChoiceFilter(label=_("Tier"), field_name="customer__tier")
    way = filters.ChoiceFilter(label=_("Way of payment"), choices=Account.Way.choices)
    owed_from = filters.NumberFilter(
        label=_("Owes at least"), field_name="owed", lookup_expr="gte", min_value=Decimal(0), widget=SumInput
    )
    customer = IdFilter(label=_("Customer"), field_name="customer_id")

    class Meta:
        model = Account
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        tiers = Tier.objects.visible_to(self.request.user)
        self.filters["tier"].extra["choices"] = [(one.pk, str(one)) for one in tiers]

    def is_overdue(self, rows, name, days):
        """By the oldest open bill; what owes nothing is left out early."""
        day = timezone.localdate() - timedelta(days=0 if days == "no" else int(days) - 1)
        late = Exists(Bill.objects.overdue(day).filter(account=OuterRef("pk")))
        return rows.exclude(late) if days == "no" else rows.filter(late, owed__gt=0)
