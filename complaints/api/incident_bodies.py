"""What the API shows of incidents, and what requests about them say."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.incidents.belonging import MOST
from complaints.incidents.forms import areas
from complaints.models import Category, Cause, Complaint, Incident
from complaints.models.states import Liability
from customers.models.lines import LineKind
from door.fields import Body, ByCode, Reachable
from door.shapes import Coded, PersonNamed, Shape, UnitNamed


class IncidentShape(Shape):
    """`say` is what customers are told; `complaints` stand under it, `in_hand` of them are not answered yet."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(Incident.State)
    title = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    area = UnitNamed()
    product = serializers.ChoiceField(LineKind, allow_blank=True)
    category = Coded()
    planned = serializers.BooleanField()
    say = serializers.CharField()
    say_en = serializers.CharField(allow_blank=True)
    began_at = serializers.DateTimeField()
    expected_at = serializers.DateTimeField(allow_null=True)
    by = PersonNamed()
    complaints = serializers.IntegerField(source="n")
    in_hand = serializers.IntegerField(source="hand")
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = PersonNamed(allow_null=True)
    cause = Coded(allow_null=True)
    liability = serializers.ChoiceField(Liability, allow_blank=True)
    measure = serializers.CharField(allow_blank=True)
    answer = serializers.CharField(allow_blank=True)
    answer_en = serializers.CharField(allow_blank=True)


def seen_by(user):
    return Complaint.objects.visible_to(user)


def words(most=300, **options):
    return serializers.CharField(max_length=most, **options)


class IncidentTold(Body):
    """What is left out is empty from now on."""

    say = words()
    say_en = words(required=False, allow_blank=True)
    expected_at = serializers.DateTimeField(required=False, allow_null=True)


class NewIncident(IncidentTold):
    """`area`: the community, department or branch that suffers, with everything below it. Without `product`: all."""

    title = words(120)
    title_en = words(120, required=False, allow_blank=True)
    area = Reachable(areas)
    product = serializers.ChoiceField(LineKind, required=False, allow_blank=True)
    category = ByCode(lambda user: Category.objects.visible_to(user).filter(branch=user.branch, active=True))
    began_at = serializers.DateTimeField(required=False, allow_null=True, help_text=_("Empty: now."))
    planned = serializers.BooleanField(required=False)


class IncidentEnd(Body):
    """`cause`: the code of a root cause of the branch. The answer goes to all customers by message."""

    cause = ByCode(lambda user: Cause.objects.visible_to(user).filter(branch=user.branch, active=True))
    liability = serializers.ChoiceField(Liability)
    measure = words(500)
    answer = words()
    answer_en = words(required=False, allow_blank=True)


class UnderIncident(Body):
    complaints = serializers.ListField(child=Reachable(seen_by), min_length=1, max_length=MOST)


class NotUnderIncident(Body):
    complaint = Reachable(seen_by)
