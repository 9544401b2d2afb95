"""Appeals to the regulator through the second door, and everything there is of a complaint as one file."""

import django_filters as filters
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer

from complaints.api.complaints import seen_by
from complaints.appeals import evidence, handling
from complaints.attaching import LARGEST
from complaints.masked import masked_for
from complaints.models import RegulatorCase
from complaints.models.regulator import REGULATOR
from door.endpoint import Endpoint
from door.fields import Body
from door.filtering import IdFilter
from door.once import once
from door.schema import listed, pages
from door.shapes import Shape


class AppealShape(Shape):
    """The authority decides by `decide_by` whether it takes the appeal, and answers the customer by `answer_by`."""

    id = serializers.IntegerField()
    complaint = serializers.IntegerField(source="complaint_id")
    number = serializers.CharField(source="complaint.number")
    authority = serializers.CharField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(RegulatorCase.State)
    received_at = serializers.DateTimeField()
    decide_by = serializers.DateTimeField()
    answer_by = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(source="answer_shown", allow_blank=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    def prepare(self, row: RegulatorCase, user):
        row.answer_shown = masked_for(user, row.complaint).text(row.answer)


class AppealFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=RegulatorCase.State.choices)
    complaint = IdFilter(field_name="complaint_id", label=_("Complaint"))


class NewAppeal(Body):
    authority = serializers.CharField(max_length=100)
    reference = serializers.CharField(max_length=60)
    received_at = serializers.DateTimeField()


class AppealAnswer(Body):
    text = serializers.CharField(max_length=5000)


class AppealProof(Body):
    """A picture, PDF, recording, text, Word or Excel file of at most 10 MB."""

    proof = serializers.FileField()


def answered_for_by(user):
    rows = RegulatorCase.objects.visible_to(user).answered_for_by(user)
    return rows.select_related("complaint__customer__unit", "complaint__branch", "complaint__unit")


class Appeals(Endpoint):
    scope, filters, rights = "complaints", AppealFilter, {"GET": REGULATOR}

    @extend_schema(
        operation_id="appeals_list", summary=_("Appeals to the regulator, the newest first"),
        responses=listed(AppealShape),
    )  # fmt: skip
    @pages
    def get(self, request):
        return self.page(answered_for_by(request.user), AppealShape, newest_first=True)


class OneAppeal(Endpoint):
    scope, rights = "complaints", {"GET": REGULATOR}

    @extend_schema(operation_id="appeal_read", summary=_("One appeal"), responses=AppealShape)
    def get(self, request, pk):
        return self.one(AppealShape, get_object_or_404(answered_for_by(request.user), pk=pk))


class OpenAppeal(Endpoint):
    scope, rights = "complaints", {"POST": REGULATOR}

    @extend_schema(
        operation_id="appeal_open", summary=_("The customer of a complaint appealed"), request=NewAppeal,
        responses={201: AppealShape},
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """The complaint is major from here on; one reference of an authority is one appeal."""
        told = self.said(NewAppeal)
        one = get_object_or_404(seen_by(request.user).answered_for_by(request.user), pk=pk)
        made = handling.open_appeal(one, by=request.user, at=timezone.now(), **told)
        return self.one(AppealShape, answered_for_by(request.user).get(pk=made.pk), status=201, at="api-appeal")


class AppealAct(Endpoint):
    scope, rights = "complaints", {"POST": REGULATOR}

    def done(self, pk, operate, **told):
        one = get_object_or_404(answered_for_by(self.request.user), pk=pk)
        operate(one, by=self.request.user, at=timezone.now(), **told)
        return self.one(AppealShape, answered_for_by(self.request.user).get(pk=pk))


class AnswerAppeal(AppealAct):
    @extend_schema(
        operation_id="appeal_answer", summary=_("Write down what the regulator was answered"), request=AppealAnswer,
        responses=AppealShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        return self.done(pk, handling.answer, **self.said(AppealAnswer))


class SettleAppeal(AppealAct):
    parser_classes = [MultiPartParser]
    largest = LARGEST + (1 << 20)

    @extend_schema(
        operation_id="appeal_settle", summary=_("The customer took the appeal back"), request=AppealProof,
        responses=AppealShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """The file that shows it is kept with the complaint."""
        return self.done(pk, handling.settle, **self.said(AppealProof))


class CloseAppeal(AppealAct):
    @extend_schema(operation_id="appeal_close", summary=_("Close an appeal"), request=None, responses=AppealShape)
    @once
    def post(self, request, pk):
        """Once it is answered or settled."""
        return self.done(pk, handling.close)


class Zip(JSONRenderer):
    """Only chosen by who asks for application/zip; problems are JSON all the same."""

    media_type, format = "application/zip", "zip"


class Evidence(Endpoint):
    scope, rights, renderer_classes = "complaints", {"GET": REGULATOR}, [Zip, JSONRenderer]

    @extend_schema(
        operation_id="complaint_evidence", summary=_("Everything there is of a complaint, as one zip file"),
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request, pk):
        """Not masked: it is for the regulator. Who took it is kept."""
        one = get_object_or_404(seen_by(request.user).answered_for_by(request.user), pk=pk)
        with evidence.bundle(one, by=request.user, at=timezone.now()) as file:
            answer = HttpResponse(file.read(), content_type="application/zip")
        answer.headers["Content-Disposition"] = f'attachment; filename="{one.number}.zip"'
        return answer
