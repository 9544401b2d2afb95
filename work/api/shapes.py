"""What the API shows of follow-ups, masked as on the pages, and what requests about them may say."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers.models import Customer
from door.fields import Body, Reachable
from door.filtering import IdFilter
from door.shapes import PersonNamed, Shape, UnitNamed
from work.models import Attempt
from work.models.follow_ups import DO
from work.models.states import Kind, Origin, Outcome, Priority, Result, State, Told
from work.owing import colleagues
from work.shown import shown_to

MADE = [Kind.CALLBACK, Kind.PROMISE, Kind.VISIT, Kind.CARE, Kind.PROACTIVE]


def reachable(user):
    return Customer.objects.visible_to(user).reached_with(DO, user)


class AttemptShape(serializers.ModelSerializer):
    by = PersonNamed()
    note = serializers.CharField(source="note_shown")

    class Meta:
        model = Attempt
        fields = ("n", "at", "by", "outcome", "result", "note", "next_at")


class FollowUpShape(Shape):
    """`due_at`: rings; `late_at`: late, or a promise broken, from then on. No owner: all of the unit together."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    kind = serializers.ChoiceField(Kind)
    what = serializers.CharField(source="what_shown")
    told_by = serializers.ChoiceField(Told, allow_blank=True)
    origin = serializers.ChoiceField(Origin)
    unit = UnitNamed()
    owner = PersonNamed(allow_null=True)
    for_owner = PersonNamed(allow_null=True)
    due_at = serializers.DateTimeField()
    late_at = serializers.DateTimeField()
    number = serializers.CharField(source="number_shown", allow_blank=True)
    priority = serializers.ChoiceField(Priority)
    state = serializers.ChoiceField(State)
    kept_at = serializers.DateTimeField(allow_null=True)
    broken_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    part_of = serializers.IntegerField(source="merged_into_id", allow_null=True)
    version = serializers.IntegerField()
    attempts = AttemptShape(many=True, source="attempts_shown")

    def prepare(self, row, user):
        shown = shown_to(user, row)
        row.what_shown = shown.text(row.what)
        row.number_shown = shown.number(row.number) if row.number else ""
        row.attempts_shown = list(row.attempts.all())
        for one in row.attempts_shown:
            one.note_shown = shown.text(one.note)


class FollowUpFilter(filters.FilterSet):
    customer = IdFilter(field_name="customer_id", label=_("Customer"))
    owner = IdFilter(field_name="owner_id", label=_("Owner"))
    state = filters.ChoiceFilter(label=_("State"), choices=State.choices)
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices)


class NewFollowUp(Body):
    """Owned by the asker. `origin` "analysis" is a proactive service that was found in the data."""

    customer = Reachable(reachable)
    kind = serializers.ChoiceField(MADE)
    what = serializers.CharField(max_length=300)
    due_at = serializers.DateTimeField()
    late_at = serializers.DateTimeField(required=False, allow_null=True)
    told_by = serializers.ChoiceField(Told, required=False)
    priority = serializers.ChoiceField(Priority, required=False)
    origin = serializers.ChoiceField([Origin.PERSON, Origin.ANALYSIS], required=False)


class PartAnswer(Body):
    id = serializers.IntegerField()
    result = serializers.ChoiceField(Result)


class NewAttempt(Body):
    outcome = serializers.ChoiceField(Outcome)
    result = serializers.ChoiceField(Result, required=False)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    call_at = serializers.DateTimeField(required=False, allow_null=True)
    parts = PartAnswer(many=True, required=False)


class NewNote(Body):
    note = serializers.CharField(max_length=1000)


class NewTime(Body):
    due_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class NewOwner(Body):
    """Without an owner it belongs to all of the unit."""

    owner = Reachable(colleagues, allow_null=True)
    reason = serializers.CharField(max_length=200)


class Reason(Body):
    reason = serializers.CharField(max_length=200)
