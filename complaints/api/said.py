"""What the API shows of suggestions and of what customers answered, masked as on the pages."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.masked import masked_for
from complaints.models import Suggestion, Topic
from complaints.models.complaints import ACCEPT
from complaints.models.states import Channel
from customers.masking import Shown
from customers.models import Customer
from door.fields import Body, ByCode, Reachable
from door.filtering import IdFilter
from door.shapes import Coded, PersonNamed, Shape, UnitNamed


class SuggestionShape(Shape):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id", allow_null=True)
    channel = serializers.ChoiceField(Channel)
    topic = Coded()
    unit = UnitNamed()
    text = serializers.CharField(source="text_shown")
    at = serializers.DateTimeField()
    by = PersonNamed()
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(Suggestion.State)
    decision = serializers.ChoiceField(Suggestion.Decision, allow_blank=True)
    reason = serializers.CharField(source="reason_shown", allow_blank=True)
    answer = serializers.CharField(source="answer_shown", allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)

    def prepare(self, row, user):
        shown = Shown(row.customer, user).text if row.customer_id else str
        row.text_shown, row.reason_shown, row.answer_shown = shown(row.text), shown(row.reason), shown(row.answer)


class CallbackAnswerShape(Shape):
    """Marks from 1 to 10; `gap` is what was experienced less what was expected."""

    id = serializers.IntegerField()
    complaint = serializers.IntegerField(source="complaint_id")
    round = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = PersonNamed()
    solved = serializers.BooleanField(allow_null=True)
    attitude = serializers.IntegerField(allow_null=True)
    speed = serializers.IntegerField(allow_null=True)
    result = serializers.IntegerField(allow_null=True)
    expectation = serializers.IntegerField(allow_null=True)
    experience = serializers.IntegerField(allow_null=True)
    gap = serializers.IntegerField(allow_null=True)
    recommends = serializers.IntegerField(allow_null=True)
    comment = serializers.CharField(source="comment_shown", allow_blank=True)

    def prepare(self, row, user):
        row.comment_shown = masked_for(user, row.complaint).text(row.comment)


class SuggestionFilters(filters.FilterSet):
    customer = IdFilter(field_name="customer_id", label=_("Customer"))
    state = filters.ChoiceFilter(label=_("State"), choices=Suggestion.State.choices)
    decision = filters.ChoiceFilter(label=_("decision"), choices=Suggestion.Decision.choices)


class AnswerFilters(filters.FilterSet):
    complaint = IdFilter(field_name="complaint_id", label=_("complaint"))


class NewSuggestion(Body):
    """Without a customer it is of somebody who is not named."""

    topic = ByCode(lambda user: Topic.objects.visible_to(user).filter(branch=user.branch, active=True))
    text = serializers.CharField(max_length=4000)
    channel = serializers.ChoiceField(Channel)
    customer = Reachable(lambda user: Customer.objects.visible_to(user).reached_with(ACCEPT, user), required=False)


class NewDecision(Body):
    decision = serializers.ChoiceField(Suggestion.Decision)
    reason = serializers.CharField(max_length=500)
    answer = serializers.CharField(max_length=200)
