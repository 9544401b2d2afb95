"""What the lists of bills, payments, adjustments and usage are narrowed down by: ids, fixed words and days."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from billing.models import Adjustment, Payment, PaymentPromise, Service
from customers.filters import YES_OR_NO
from door.filtering import IdFilter


class BillFilter(filters.FilterSet):
    account = IdFilter(field_name="account_id", label=_("Account"))
    customer = IdFilter(field_name="account__customer_id", label=_("Customer"))
    unpaid = filters.ChoiceFilter(label=_("Unpaid"), choices=YES_OR_NO, method="is_unpaid")
    due_from = filters.DateFilter(label=_("Due from"), field_name="due_on", lookup_expr="gte")
    due_to = filters.DateFilter(label=_("Due up to"), field_name="due_on", lookup_expr="lte")

    def is_unpaid(self, rows, name, answer):
        return rows.unpaid() if answer == "true" else rows.filter(open=0)


class PaymentFilter(filters.FilterSet):
    account = IdFilter(field_name="account_id", label=_("Account"))
    customer = IdFilter(field_name="account__customer_id", label=_("Customer"))
    source = filters.ChoiceFilter(label=_("Source"), choices=Payment.Source.choices)


class AdjustmentFilter(filters.FilterSet):
    bill = IdFilter(field_name="bill_id", label=_("Bill"))
    account = IdFilter(field_name="bill__account_id", label=_("Account"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Adjustment.Kind.choices)


class UsageFilter(filters.FilterSet):
    account = IdFilter(field_name="account_id", label=_("Account"))
    line = IdFilter(field_name="line_id", label=_("Line"))
    service = filters.ChoiceFilter(label=_("Service"), choices=Service.choices)
    from_month = filters.DateFilter(label=_("From the month of"), field_name="month", lookup_expr="gte")
    to_month = filters.DateFilter(label=_("Up to the month of"), field_name="month", lookup_expr="lte")


class PaymentPromiseFilter(filters.FilterSet):
    account = IdFilter(field_name="account_id", label=_("Account"))
    customer = IdFilter(field_name="account__customer_id", label=_("Customer"))
    state = filters.ChoiceFilter(label=_("State"), choices=PaymentPromise.State.choices)


class DisputeFilter(filters.FilterSet):
    account = IdFilter(field_name="account_id", label=_("Account"))
    bill = IdFilter(field_name="bill_id", label=_("Bill"))
    customer = IdFilter(field_name="account__customer_id", label=_("Customer"))
