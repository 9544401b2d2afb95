"""What the API shows of what is done with whole lists, and what requests about it say."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from door.fields import Body
from door.shapes import Shape
from jobs.bulk import asking, lists
from jobs.models import BulkRow

STAGES = ("checking", "stopped", "previewed", "doing", "done", "undoing", "undone")


def names():
    return sorted(lists.every())


class BulkShape(Shape):
    """`rows`: how many stand in each state. `done` of `total` are those of the job in hand. `can_be_undone`: now."""

    id = serializers.IntegerField()
    list = serializers.CharField()
    action = serializers.CharField()
    query = serializers.CharField(allow_blank=True)
    asked_at = serializers.DateTimeField()
    stage = serializers.ChoiceField(STAGES)
    run = serializers.IntegerField(source="latest.pk")
    done = serializers.IntegerField(source="latest.done")
    total = serializers.IntegerField(source="latest.total", allow_null=True)
    rows = serializers.DictField(source="tally", child=serializers.IntegerField())
    can_be_undone = serializers.BooleanField()

    def prepare(self, row, user):
        action = lists.get(row.list).action(row.action)
        row.stage, row.tally = asking.stage_of(row), asking.tally(row)
        row.can_be_undone = asking.may_undo(row, action, row.tally)


class BulkRowShape(Shape):
    id = serializers.IntegerField(source="row.pk")
    record = serializers.IntegerField(source="row.subject_id")
    name = serializers.CharField(source="shown.name", default=None, allow_null=True)
    who = serializers.CharField(source="shown.who", default=None, allow_null=True, allow_blank=True)
    state = serializers.ChoiceField(BulkRow.State, source="row.state")
    reason = serializers.CharField(source="row.reason", allow_blank=True)


class BulkFilter(filters.FilterSet):
    list = filters.ChoiceFilter(label=_("List"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["list"].extra["choices"] = [(name, name) for name in names()]


class RowFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=BulkRow.State.choices)


class BulkAsked(Body):
    """`query`: what narrows the list down, as in its address; `told`: what the action asks for, by name."""

    list = serializers.ChoiceField([])
    action = serializers.CharField(max_length=40)
    query = serializers.DictField(child=serializers.CharField(max_length=200), required=False)
    told = serializers.DictField(child=serializers.CharField(max_length=2000, allow_blank=True), required=False)

    def get_fields(self):
        return super().get_fields() | {"list": serializers.ChoiceField([(name, name) for name in names()])}
