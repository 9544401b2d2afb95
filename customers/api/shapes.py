"""What the API shows of customers and all that is theirs: masked exactly as on the pages."""

from rest_framework import serializers

from customers.masking import Shown
from customers.models import Customer, Identifier, Interaction, InteractionItem, Tier
from customers.models.lines import Line, LineKind, Plan
from door.shapes import Coded, PersonNamed, Shape, UnitNamed


class TierShape(Coded):
    id = serializers.IntegerField()
    mark = serializers.ChoiceField(Tier.Mark)


class ReasonShape(Coded):
    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)
    active = serializers.BooleanField()


class PlanShape(Coded):
    kind = serializers.ChoiceField(LineKind)
    stage = serializers.ChoiceField(Plan.Stage)


class CustomerShape(Shape):
    """`masked`: name, numbers, address and texts are shown in part only."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField(source="shown.name")
    masked = serializers.BooleanField()
    kind = serializers.ChoiceField(Customer.Kind)
    status = serializers.ChoiceField(Customer.Status)
    language = serializers.ChoiceField(Customer._meta.get_field("language").choices)
    birthday = serializers.DateField(source="birthday_shown", allow_null=True)
    address = serializers.CharField(source="shown.address")
    tier = TierShape()
    unit = UnitNamed()
    community = UnitNamed(allow_null=True)
    manager = PersonNamed(allow_null=True)
    locked_high_value = serializers.BooleanField()
    joined_on = serializers.DateField(allow_null=True)
    left_on = serializers.DateField(allow_null=True)
    last_contact_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def prepare(self, row, user):
        row.shown = Shown(row, user)
        row.masked = not row.shown.whole
        row.birthday_shown = row.birthday if row.shown.whole else None


class HitShape(serializers.Serializer):
    """One customer that a search found, and the number by which."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    number = serializers.CharField(source="customer.number")
    found_by = serializers.CharField(source="number", help_text="The number that was found; empty for a name.")
    exact = serializers.BooleanField()
    status = serializers.ChoiceField(Customer.Status, source="customer.status")
    tier = serializers.CharField(source="tier.__str__")
    unit = serializers.CharField()


class OfCustomer(Shape):
    def prepare(self, row, user):
        row.shown = Shown(row.customer, user)


class LineShape(OfCustomer):
    """`ref` is the source's own name for the line; null where numbers are masked."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    ref = serializers.CharField(source="ref_shown", allow_null=True)
    number = serializers.CharField(source="number_shown")
    kind = serializers.ChoiceField(LineKind)
    status = serializers.ChoiceField(Line.Status)
    plan = Coded(allow_null=True)
    options = serializers.ListField(child=serializers.CharField())
    activated_on = serializers.DateField(allow_null=True)
    contract_end = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)

    def prepare(self, row, user):
        super().prepare(row, user)
        row.number_shown = row.shown.number(str(row))
        row.ref_shown = row.ref if row.shown.whole else None


class IdentifierShape(OfCustomer):
    """An ID document is never shown in clear: its text is stored nowhere."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    line = serializers.IntegerField(source="line_id", allow_null=True)
    kind = serializers.ChoiceField(Identifier.Kind)
    number = serializers.CharField(source="number_shown")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)

    def prepare(self, row, user):
        super().prepare(row, user)
        row.number_shown = row.shown.identifier(row)


class ItemShape(serializers.Serializer):
    reason = Coded()
    line = serializers.IntegerField(source="line_id", allow_null=True)
    detail = serializers.CharField(source="detail_shown")
    result = serializers.ChoiceField(InteractionItem.Result)


class InteractionShape(OfCustomer):
    """One contact with everything the customer came for."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    unit = UnitNamed()
    stage = serializers.ChoiceField(Interaction.Stage)
    channel = serializers.ChoiceField(Interaction.Channel)
    direction = serializers.ChoiceField(Interaction.Direction)
    at = serializers.DateTimeField()
    by = PersonNamed()
    first_owner = PersonNamed()
    note = serializers.CharField(source="note_shown")
    next_step = serializers.ChoiceField(Interaction.NextStep)
    follow_up = serializers.CharField(source="follow_up_shown")
    follow_up_on = serializers.DateField(allow_null=True)
    followed_up_at = serializers.DateTimeField(allow_null=True)
    items = ItemShape(many=True, source="items_shown")

    def prepare(self, row, user):
        super().prepare(row, user)
        row.note_shown, row.follow_up_shown = row.shown.text(row.note), row.shown.text(row.follow_up)
        row.items_shown = list(row.items.all())
        for item in row.items_shown:
            item.detail_shown = row.shown.text(item.detail)
