"""What requests about complaints may say."""

from rest_framework import serializers

from billing.models import Bill
from complaints.accepting import RIGHT
from complaints.models import Category
from complaints.models.states import AnswerWay, Channel, Level
from customers.models import Customer, Line
from door.fields import Body, ByCode, Reachable
from work.owing import colleagues


def approachable(user):
    return Customer.objects.visible_to(user).reached_with(RIGHT, user)


def lines(user):
    return Line.objects.visible_to(user)


def bills(user):
    return Bill.objects.visible_to(user)


class NewComplaint(Body):
    """Of a customer, or of a caller with a `caller_number`. `person`: whom it concerns; they do not handle it."""

    customer = Reachable(approachable, required=False, allow_null=True)
    caller_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    caller_number = serializers.CharField(max_length=64, required=False, allow_blank=True)
    on_behalf = serializers.BooleanField(required=False)
    channel = serializers.ChoiceField(Channel)
    category = ByCode(lambda user: Category.objects.visible_to(user).filter(branch=user.branch).finest())
    words = serializers.CharField(max_length=5000)
    wanted = serializers.CharField(max_length=500, required=False, allow_blank=True)
    answer_by = serializers.ChoiceField(AnswerWay, required=False)
    hours_from = serializers.TimeField(required=False, allow_null=True)
    hours_to = serializers.TimeField(required=False, allow_null=True)
    line = Reachable(lines, required=False, allow_null=True)
    bill = Reachable(bills, required=False, allow_null=True)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    person = Reachable(colleagues, required=False, allow_null=True)
    level = serializers.ChoiceField(Level, required=False, allow_null=True)
    major = serializers.BooleanField(required=False)
    received_at = serializers.DateTimeField(required=False, allow_null=True)
    ref = serializers.CharField(max_length=60, required=False, allow_blank=True)
