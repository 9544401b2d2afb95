"""What a billing system says of money."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing.api.shapes import money
from billing.models import Account, Adjustment, MonthlyUsage, Service
from door.fields import Body

MOST_AT_ONCE = 500
CENT = Decimal("0.01")


class Month(serializers.RegexField):
    """A month as 2026-10; its first day."""

    default_error_messages = {"invalid": _("Write the month as 2026-10.")}

    def __init__(self, **options):
        super().__init__(r"^[12]\d{3}-(0[1-9]|1[0-2])$", **options)

    def run_validation(self, data=serializers.empty):
        text = super().run_validation(data)
        return date(int(text[:4]), int(text[5:]), 1)


def ref(most=60):
    return serializers.CharField(max_length=most)


class AccountDetails(Body):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    way = serializers.ChoiceField(Account.Way, required=False)
    credit_limit = money(min_value=Decimal(0), required=False)
    unbilled = money(min_value=Decimal(0), required=False)
    closed_on = serializers.DateField(required=False)


class AccountChange(AccountDetails):
    closed_on = serializers.DateField(required=False, allow_null=True)


class SaidAccount(AccountDetails):
    """`customer`: the customer's number; needed for an account that is new."""

    ref = ref()
    customer = serializers.CharField(max_length=40, required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)


class SaidBill(Body):
    """`account`: its number. `due_on`: the last day on which the bill is paid in time."""

    account = ref()
    ref = ref()
    month = Month()
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    amount = money(min_value=Decimal(0))


class SaidPayment(Body):
    account = ref()
    ref = ref(80)
    amount = money(min_value=CENT)
    at = serializers.DateTimeField()
    way = serializers.ChoiceField(Account.Way, required=False)


class SaidAdjustment(Body):
    """`bill`: its number. `amount` below zero: less is owed."""

    bill = ref()
    ref = ref()
    kind = serializers.ChoiceField(Adjustment.Kind)
    amount = money()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class SaidUsage(Body):
    """`line`: the service number, left out for what concerns the whole account."""

    account = ref()
    line = serializers.CharField(max_length=60, required=False)
    month = Month()
    service = serializers.ChoiceField(Service)
    quantity = serializers.DecimalField(14, 3, min_value=Decimal(0), required=False)
    measure = serializers.ChoiceField(MonthlyUsage.Measure, required=False)
    charge = money(required=False)


def many(name, said):
    """A body of one to MOST_AT_ONCE of these, under that name."""
    rows = said(many=True, min_length=1, max_length=MOST_AT_ONCE)
    return type(f"Many{said.__name__.removeprefix('Said')}s", (Body,), {name: rows})
