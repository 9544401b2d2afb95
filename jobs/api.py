"""Jobs and their runs: looked at, cancelled, retried."""

import django_filters as filters
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages
from door.shapes import PersonNamed, Shape
from jobs import overview, registry
from jobs.models import Run


class JobShape(Shape):
    """`last_run`: the id of the last run that you may see."""

    name = serializers.CharField(source="job.name")
    title = serializers.CharField(source="job.title")
    about = serializers.CharField(source="job.about")
    paused = serializers.BooleanField()
    next_at = serializers.DateTimeField(allow_null=True)
    last_run = serializers.IntegerField(source="last.pk", allow_null=True, default=None)


class RunShape(Shape):
    id = serializers.IntegerField()
    job = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(Run.State)
    asked_by = PersonNamed(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    cancel_asked = serializers.BooleanField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    error = serializers.CharField()


class RunFilter(filters.FilterSet):
    job = filters.ChoiceFilter(label=_("Job"))
    state = filters.ChoiceFilter(label=_("State"), choices=Run.State.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["job"].extra["choices"] = [(name, name) for name in registry.jobs()]


JOBS = inline_serializer("Jobs", {"results": JobShape(many=True)})


class Jobs(Endpoint):
    scope, rights = "jobs", {"GET": "jobs.view"}

    @extend_schema(operation_id="jobs_list", summary=_("Jobs"), responses=JOBS)
    def get(self, request):
        return Response({"results": self.drawn(JobShape, overview.lines(request.user), many=True)})


class OneJob(Endpoint):
    scope, rights = "jobs", {"GET": "jobs.view"}

    @extend_schema(operation_id="job_read", summary=_("One job"), responses=JobShape)
    def get(self, request, name):
        line = next((line for line in overview.lines(request.user) if line.job.name == name), None)
        if line is None:
            raise Http404
        return Response(self.drawn(JobShape, line))


def seen_by(user):
    return Run.objects.visible_to(user).select_related("asked_by")


class Runs(Endpoint):
    scope, filters = "jobs", RunFilter

    @extend_schema(operation_id="runs_list", summary=_("Runs, the newest first"), responses=listed(RunShape))
    @pages
    def get(self, request):
        """One's own, and with the right to see jobs those of the branch."""
        return self.page(seen_by(request.user), RunShape, newest_first=True)


class OneRun(Endpoint):
    scope = "jobs"

    @extend_schema(operation_id="run_read", summary=_("One run"), responses=RunShape)
    def get(self, request, pk):
        return self.one(RunShape, get_object_or_404(seen_by(request.user), pk=pk))


class _Control(Endpoint):
    scope = "jobs"

    def controlled(self, pk):
        run = get_object_or_404(seen_by(self.request.user), pk=pk)
        if not run.controllable_by(self.request.user):
            raise PermissionDenied
        return run


class CancelRun(_Control):
    @extend_schema(operation_id="run_cancel", summary=_("Cancel a run"), request=None, responses=RunShape)
    @once
    def post(self, request, pk):
        """At once when nobody works on it, else after the step in hand. What is done stays done."""
        run = self.controlled(pk)
        run.cancel(by=request.user)
        return self.one(RunShape, run)


class RetryRun(_Control):
    @extend_schema(
        operation_id="run_retry", summary=_("Retry a run that was given up"), request=None, responses=RunShape
    )
    @once
    def post(self, request, pk):
        run = self.controlled(pk)
        run.retry(by=request.user)
        return self.one(RunShape, run)
