"""What the API shows of money, names masked as on the pages."""

from rest_framework import serializers

from billing.models import Account, Adjustment, MonthlyUsage, Payment, PaymentPromise, Service
from customers.masking import Shown
from door.shapes import PersonNamed, Shape


def money(digits=12, **options):
    return serializers.DecimalField(max_digits=digits, decimal_places=2, **options)


class AccountShape(Shape):
    """`available`: limit and what was paid ahead, less what is owed and not billed yet. `late_fee`: up to today."""

    id = serializers.IntegerField()
    ref = serializers.CharField()
    customer = serializers.IntegerField(source="customer_id")
    name = serializers.CharField(source="name_shown", allow_blank=True)
    currency = serializers.CharField()
    way = serializers.ChoiceField(Account.Way)
    credit_limit = money()
    unbilled = money()
    owed = money(14)
    credit = money(14)
    available = money(15)
    late_fee = money(20)
    closed_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()

    def prepare(self, row, user):
        row.name_shown = Shown(row.customer, user).person(row.name)


class BillShape(Shape):
    """`open` = `amount` + `adjusted` − `paid`."""

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")
    ref = serializers.CharField()
    month = serializers.RegexField(r"^\d{4}-\d{2}$", source="month_shown")
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    amount = money()
    adjusted = money()
    paid = money()
    open = money()

    def prepare(self, row, user):
        row.month_shown = row.month.isoformat()[:7]


class PaymentShape(Shape):
    """`unused` lies on the account for the next bill. One that was reversed counts no more."""

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")
    source = serializers.ChoiceField(Payment.Source)
    ref = serializers.CharField()
    way = serializers.ChoiceField(Account.Way)
    amount = money()
    used = money()
    unused = money()
    at = serializers.DateTimeField()
    booked_at = serializers.DateTimeField()
    reversed_at = serializers.DateTimeField(allow_null=True)


class AdjustmentShape(Shape):
    """Below zero less is owed."""

    id = serializers.IntegerField()
    bill = serializers.IntegerField(source="bill_id")
    ref = serializers.CharField()
    kind = serializers.ChoiceField(Adjustment.Kind)
    amount = money()
    reason = serializers.CharField(source="reason_shown", allow_blank=True)
    at = serializers.DateTimeField()

    def prepare(self, row, user):
        row.reason_shown = Shown(row.bill.account.customer, user).text(row.reason)


class UsageShape(Shape):
    """`line` null: of the whole account."""

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")
    line = serializers.IntegerField(source="line_id", allow_null=True)
    month = serializers.RegexField(r"^\d{4}-\d{2}$", source="month_shown")
    service = serializers.ChoiceField(Service)
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    measure = serializers.ChoiceField(MonthlyUsage.Measure)
    charge = money()

    def prepare(self, row, user):
        row.month_shown = row.month.isoformat()[:7]


class BroughtShape(serializers.Serializer):
    """What became of a row that was sent. `number`: as the billing system knows it."""

    number = serializers.CharField()
    id = serializers.IntegerField(source="pk")
    outcome = serializers.ChoiceField(["create", "update", "unchanged"])


class PartShape(serializers.Serializer):
    """`kept_at` null: what came in does not reach it yet."""

    due_on = serializers.DateField()
    amount = money()
    kept_at = serializers.DateTimeField(allow_null=True)


class PaymentPromiseShape(Shape):
    """`next_on`: the day of the first part that is not kept."""

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")
    state = serializers.ChoiceField(PaymentPromise.State)
    made_at = serializers.DateTimeField()
    made_by = PersonNamed()
    next_on = serializers.DateField(allow_null=True)
    note = serializers.CharField(source="note_shown", allow_blank=True)
    beyond = serializers.CharField(source="beyond_shown", allow_blank=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    parts = PartShape(source="parts.all", many=True)

    def prepare(self, row, user):
        shown = Shown(row.account.customer, user)
        row.note_shown, row.beyond_shown = shown.text(row.note), shown.text(row.beyond)


class DisputeShape(Shape):
    """`until`: its last day, null until it is settled. `outcome`: what came of it."""

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")
    bill = serializers.IntegerField(source="bill_id")
    reason = serializers.CharField(source="reason_shown")
    until = serializers.DateField(allow_null=True)
    at = serializers.DateTimeField()
    by = PersonNamed(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(source="outcome_shown", allow_blank=True)

    def prepare(self, row, user):
        shown = Shown(row.account.customer, user)
        row.reason_shown, row.outcome_shown = shown.text(row.reason), shown.text(row.ended_for)
