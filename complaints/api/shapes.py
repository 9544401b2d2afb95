"""What the API shows of complaints, masked as on the pages."""

from rest_framework import serializers

from complaints.masked import masked_for
from complaints.models import Clock, Complaint
from complaints.models.states import AnswerWay, Channel, Level, Satisfied, State
from customers.models.lines import LineKind
from door.shapes import Coded, PersonNamed, Shape, UnitNamed

FREE = ("words", "wanted", "place", "measure", "answer", "caller_name", "waits_for")


class ClockShape(serializers.ModelSerializer):
    """`kind` "legal" is the law's; it never stands still. One with `met_at` or `stopped_at` runs no more."""

    class Meta:
        model = Clock
        fields = ("kind", "round", "started_at", "due_at", "paused_at", "met_at", "stopped_at")


class ComplaintShape(Shape):
    """`number` is what the customer was told; `edition` grows with every change."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    ref = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(State)
    level = serializers.ChoiceField(Level)
    channel = serializers.ChoiceField(Channel, allow_blank=True)
    category = Coded(allow_null=True)
    customer = serializers.IntegerField(source="customer_id", allow_null=True)
    caller_name = serializers.CharField(source="caller_name_shown", allow_blank=True)
    caller_number = serializers.CharField(source="caller_number_shown", allow_blank=True)
    words = serializers.CharField(source="words_shown", allow_blank=True)
    wanted = serializers.CharField(source="wanted_shown", allow_blank=True)
    answer_by = serializers.ChoiceField(AnswerWay)
    product = serializers.ChoiceField(LineKind, allow_blank=True)
    place = serializers.CharField(source="place_shown", allow_blank=True)
    major = serializers.BooleanField()
    repeats = serializers.IntegerField(source="repeats_id", allow_null=True)
    owner = PersonNamed()
    first_owner = PersonNamed()
    unit = UnitNamed()
    transfers = serializers.IntegerField()
    reopened = serializers.IntegerField()
    waits_for = serializers.CharField(source="waits_for_shown", allow_blank=True)
    measure = serializers.CharField(source="measure_shown", allow_blank=True)
    answer = serializers.CharField(source="answer_shown", allow_blank=True)
    satisfied = serializers.ChoiceField(Satisfied, allow_blank=True)
    received_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    edition = serializers.IntegerField()
    clocks = ClockShape(many=True)

    def prepare(self, row: Complaint, user):
        shown = masked_for(user, row)
        for name in FREE:
            setattr(row, f"{name}_shown", shown.text(getattr(row, name)))
        row.caller_number_shown = shown.number(row.caller_number) if row.caller_number else ""
