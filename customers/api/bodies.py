"""What requests about customers may say."""

from rest_framework import serializers

from customers.forms.standing import NumberForm
from customers.models import Customer, Interaction, InteractionItem, Line, Plan, Reason
from customers.visits import MOST_ITEMS
from customers.visits import RIGHT as RECORD
from door.fields import Body, ByCode, Reachable
from staff.models import Unit

MOST_AT_ONCE = 100


def communities(user):
    return Unit.objects.visible_to(user).filter(kind=Unit.Kind.COMMUNITY)


def changeable(user):
    return Customer.objects.visible_to(user).reached_with("customers.change", user)


def approachable(user):
    return Customer.objects.visible_to(user).reached_with(RECORD, user)


def plans(user):
    return Plan.objects.visible_to(user)


def reasons(user):
    return Reason.objects.visible_to(user).finest()


def lines(user):
    return Line.objects.visible_to(user)


class Details(Body):
    """What is written about a customer."""

    name = serializers.CharField(max_length=200, allow_blank=True)
    kind = serializers.ChoiceField(Customer.Kind)
    language = serializers.ChoiceField(Customer._meta.get_field("language").choices)
    birthday = serializers.DateField(allow_null=True)
    address = serializers.CharField(max_length=300, allow_blank=True)
    community = Reachable(communities, allow_null=True)
    joined_on = serializers.DateField(allow_null=True)


class NewCustomer(Details):
    """`anyway`: none of those that look the same is meant."""

    number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    document = serializers.CharField(max_length=40, required=False, allow_blank=True)
    anyway = serializers.BooleanField(default=False)

    def get_fields(self):
        fields = super().get_fields()
        for name in ("kind", "language", "birthday", "address", "community", "joined_on"):
            fields[name].required = False
        return fields


class SearchText(Body):
    """Any name, pinyin, initials or number, or a part of one."""

    text = serializers.CharField(max_length=100, allow_blank=True)


class PlanChange(Body):
    plan = ByCode(plans, max_length=60)
    on = serializers.DateField()


class NewNumber(Body):
    customer = Reachable(changeable)
    kind = serializers.ChoiceField(NumberForm.KINDS)
    written = serializers.CharField(max_length=64)


class NewItem(Body):
    reason = ByCode(reasons, max_length=10)
    line = Reachable(lines, required=False, allow_null=True)
    detail = serializers.CharField(max_length=500, required=False, allow_blank=True)
    result = serializers.ChoiceField(InteractionItem.Result, required=False)


class NewInteraction(Body):
    """One contact; three wishes in one visit are one contact with three items."""

    customer = Reachable(approachable)
    stage = serializers.ChoiceField(Interaction.Stage)
    channel = serializers.ChoiceField(Interaction.Channel)
    direction = serializers.ChoiceField(Interaction.Direction, required=False)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    next_step = serializers.ChoiceField(Interaction.NextStep, required=False)
    follow_up = serializers.CharField(max_length=300, required=False, allow_blank=True)
    follow_up_on = serializers.DateField(required=False, allow_null=True)
    items = NewItem(many=True, min_length=1, max_length=MOST_ITEMS)


class ManyInteractions(Body):
    interactions = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_AT_ONCE)
