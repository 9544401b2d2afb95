"""What narrows the list of open cases down. Only ids, codes and sums: an address holds no personal data."""

from datetime import timedelta
from decimal import Decimal

import django_filters as filters
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.dunning.days import DayIn
from billing.dunning.fates import REASONS
from billing.filters import SumInput
from billing.models import CaseStep, DunningCase, Hold, Stage
from customers.filters import ListFilter
from customers.models import Tier
from door.filtering import IdFilter

STAGES = [(value, words) for value, words in Stage.choices if value != Stage.CLOSED]
DAYS = [("8", _("More than 7 days")), ("31", _("More than 30 days")), ("61", _("More than 60 days"))]
WAITING = (
    "promise", "stopped", "credit", "reminder", "announced", "younger", "told_today", "day_off", "no_text",
)  # fmt: skip
WAITS = [(code, REASONS[code]) for code in WAITING]


class CaseFilter(ListFilter):
    """The form of the list of cases."""

    of_unit = "account__customer__unit"

    state = filters.ChoiceFilter(label=pgettext_lazy("dunning", "Stage"), choices=STAGES)
    unit = filters.ChoiceFilter(label=_("Unit"), method="in_unit")
    tier = filters.ChoiceFilter(label=_("Tier"), field_name="account__customer__tier")
    days = filters.ChoiceFilter(label=_("Overdue"), choices=DAYS, method="overdue_for")
    waits = filters.ChoiceFilter(label=_("Waiting"), choices=WAITS, method="waiting_for")
    sum_from = filters.NumberFilter(
        label=_("Overdue at least"), field_name="overdue_then", lookup_expr="gte", min_value=Decimal(0),
        widget=SumInput,
    )  # fmt: skip
    version = IdFilter(label=_("Version"), field_name="version_id")

    class Meta:
        model = DunningCase
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        tiers = Tier.objects.visible_to(self.request.user)
        self.filters["tier"].extra["choices"] = [(one.pk, str(one)) for one in tiers]

    def overdue_for(self, rows, name, days):
        return rows.filter(since__lte=DayIn(timezone.now()) - timedelta(days=int(days)))

    def waiting_for(self, rows, name, reason):
        if reason == "promise":
            return rows.filter(promised=True)
        if reason == "stopped":
            stops = Hold.objects.filter(kind=Hold.Kind.MANUAL, ended_at=None, until__gte=DayIn(timezone.now()))
            return rows.filter(Exists(stops.filter(account=OuterRef("account"))))
        steps = CaseStep.objects.filter(case=OuterRef("pk"), state=CaseStep.State.PLANNED, waits_for=reason)
        return rows.filter(Exists(steps))
