"""Tasks of departments through the second door."""

import django_filters as filters
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from complaints import acts, delegating
from complaints.api import act_bodies as bodies
from complaints.api.acts import fresh_key
from complaints.api.complaints import seen_by
from complaints.models import SubTask
from complaints.models.complaints import VIEW
from complaints.models.states import TaskState
from complaints.models.work import DO_TASK
from complaints.seen import seen_by as customer_seen
from door.endpoint import Endpoint
from door.filtering import IdFilter
from door.once import once
from door.schema import listed, pages
from door.shapes import PersonNamed, Shape, UnitNamed


class SubTaskShape(Shape):
    id = serializers.IntegerField()
    complaint = serializers.IntegerField(source="complaint_id")
    number = serializers.CharField(source="complaint.number")
    unit = UnitNamed()
    what = serializers.CharField(source="what_shown")
    words = serializers.CharField(source="words_shown", allow_blank=True)
    place = serializers.CharField(source="place_shown", allow_blank=True)
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(TaskState)
    made_at = serializers.DateTimeField()
    taken_by = PersonNamed(allow_null=True)
    taken_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    result = serializers.CharField(source="result_shown", allow_blank=True)

    def prepare(self, row: SubTask, user):
        """Whoever does the task reads it whole; to others it is shown as the complaint is, and so is that itself."""
        shown = customer_seen(user, row.complaint)
        row.words_shown, row.place_shown = shown.text(row.complaint.words), shown.place(row.complaint.place)
        text = str if row.is_theirs else shown.text
        row.what_shown, row.result_shown = text(row.what), text(row.result)


class SubTaskFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=TaskState.choices)
    complaint = IdFilter(field_name="complaint_id", label=_("Complaint"))
    unit = IdFilter(field_name="unit_id", label=_("Department"))


def tasks_of(user):
    """With `is_theirs`: whether the person does it, for whoever does reads it whole."""
    theirs = SubTask.objects.visible_to(user).done_by(user).filter(pk=OuterRef("pk"))
    rows = SubTask.objects.visible_to(user).annotate(is_theirs=Exists(theirs))
    return rows.select_related(
        "unit", "taken_by", "complaint__branch", "complaint__customer__tier", "complaint__customer__unit"
    )


class SubTasks(Endpoint):
    scope, filters, rights = "complaints", SubTaskFilter, {"GET": DO_TASK}

    @extend_schema(
        operation_id="complaint_tasks_list", summary=_("Tasks that complaints ask of departments"),
        responses=listed(SubTaskShape),
    )  # fmt: skip
    @pages
    def get(self, request):
        return self.page(tasks_of(request.user), SubTaskShape, newest_first=True)


class TasksOfComplaint(Endpoint):
    scope, rights = "complaints", {"POST": VIEW}

    @extend_schema(
        operation_id="complaint_task_ask", summary=_("Ask a department for its part"), request=bodies.NewSubTask,
        responses={201: SubTaskShape},
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """Due no later than the complaint itself; from the second department on somebody coordinates."""
        told = self.said(bodies.NewSubTask)
        one = get_object_or_404(acts.handles(seen_by(request.user), request.user), pk=pk)
        made = delegating.ask(one, told.pop("unit"), by=request.user, key=fresh_key(), **told)
        return self.one(SubTaskShape, tasks_of(request.user).get(pk=made.pk), status=201)


class TaskAct(Endpoint):
    scope, rights = "complaints", {"POST": DO_TASK}

    def done(self, pk, operate, **told):
        rows = tasks_of(self.request.user)
        operate(get_object_or_404(rows.done_by(self.request.user), pk=pk), by=self.request.user, **told)
        return self.one(SubTaskShape, get_object_or_404(tasks_of(self.request.user), pk=pk))


class AcceptTask(TaskAct):
    @extend_schema(
        operation_id="complaint_task_accept", summary=_("The department begins"), request=None, responses=SubTaskShape
    )
    @once
    def post(self, request, pk):
        return self.done(pk, delegating.accept)


class FinishTask(TaskAct):
    @extend_schema(
        operation_id="complaint_task_done", summary=_("The department is done"), request=bodies.TaskResult,
        responses=SubTaskShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        return self.done(pk, delegating.finish, **self.said(bodies.TaskResult))


class ReturnTask(TaskAct):
    @extend_schema(
        operation_id="complaint_task_return", summary=_("The department returns its task"), request=bodies.TaskReturn,
        responses=SubTaskShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        return self.done(pk, delegating.give_back, **self.said(bodies.TaskReturn))
