"""Requests to the billing system: what it is to do, in the order in which it was asked, and its answers."""

from datetime import timedelta

import django_filters as filters
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from billing.api.bringing import IMPORT
from billing.models import ServiceRequest
from billing.models.accounts import VIEW
from billing.service_requests import answering
from customers.masking import Shown
from door.endpoint import Endpoint
from door.fields import Body
from door.filtering import IdFilter
from door.once import once
from door.schema import listed, pages
from door.shapes import Shape


class ServiceRequestShape(Shape):
    """`after`: an older request for the same line that is still open; it is to be done before this one.

    `plan`: the code of the plan to change to. `due_at`, `late_at`, `law_at`: the clock of a restoration. `line_ref` is
    the source's own name for the line; null where numbers are masked.
    """

    id = serializers.IntegerField()
    account = serializers.IntegerField(source="account_id")
    account_ref = serializers.CharField(source="account.ref")
    customer = serializers.IntegerField(source="customer_id")
    line = serializers.IntegerField(source="line_id")
    line_ref = serializers.CharField(source="ref_shown", allow_null=True)
    number = serializers.CharField(source="number_shown")
    action = serializers.ChoiceField(ServiceRequest.Action)
    plan = serializers.CharField(source="details.plan", allow_null=True, default=None)
    origin = serializers.ChoiceField(ServiceRequest.Origin)
    reason = serializers.CharField(source="reason_shown", allow_blank=True)
    state = serializers.ChoiceField(ServiceRequest.State)
    after = serializers.IntegerField(allow_null=True)
    asked_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    refused_for = serializers.CharField(source="refused_shown", allow_blank=True)
    due_at = serializers.DateTimeField(allow_null=True)
    late_at = serializers.DateTimeField(allow_null=True)
    law_at = serializers.DateTimeField(allow_null=True)

    def prepare(self, row, user):
        shown = Shown(row.account.customer, user)
        row.number_shown = shown.number(str(row.line))
        row.ref_shown = row.line.ref if shown.whole else None
        row.reason_shown, row.refused_shown = shown.text(row.reason), shown.text(row.refused_for)


class ServiceRequestFilter(filters.FilterSet):
    open = filters.ChoiceFilter(label=_("Not answered yet"), choices=[("1", _("Yes"))], method="is_open")
    state = filters.ChoiceFilter(label=_("State"), choices=ServiceRequest.State.choices)
    action = filters.ChoiceFilter(label=_("Action"), choices=ServiceRequest.Action.choices)
    account = IdFilter(field_name="account_id", label=_("Account"))
    line = IdFilter(field_name="line_id", label=_("Line"))
    customer = IdFilter(field_name="account__customer_id", label=_("Customer"))

    def is_open(self, rows, name, answer):
        return rows.unanswered()


class PastMoment(serializers.DateTimeField):
    """When something happened: now where nothing is said, never later, and within the last year."""

    default_error_messages = {"future": _("This moment has not come yet."), "far": _("This time is too far off.")}
    ahead, behind = timedelta(minutes=5), timedelta(days=366)  # clocks differ

    def to_internal_value(self, data):
        at = super().to_internal_value(data)
        if at > timezone.now() + self.ahead:
            self.fail("future")
        if at < timezone.now() - self.behind:
            self.fail("far")
        return at


class Answer(Body):
    at = PastMoment(required=False)


class Refusal(Answer):
    reason = serializers.CharField(max_length=300)


def seen_by(user):
    older = ServiceRequest.objects.visible_to(user).unanswered().filter(pk__lt=OuterRef("pk"), line=OuterRef("line"))
    rows = ServiceRequest.objects.visible_to(user).select_related("account__customer", "line")
    return rows.annotate(after=Subquery(older.order_by("-pk").values("pk")[:1]))


class ServiceRequests(Endpoint):
    scope, filters, rights = "billing", ServiceRequestFilter, {"GET": VIEW}

    @extend_schema(
        operation_id="service_requests_list", summary=_("Requests to the billing system, the oldest first"),
        responses=listed(ServiceRequestShape),
    )  # fmt: skip
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), ServiceRequestShape)


class OneServiceRequest(Endpoint):
    scope, rights = "billing", {"GET": VIEW}

    @extend_schema(
        operation_id="service_request_read", summary=_("One request to the billing system"),
        responses=ServiceRequestShape,
    )  # fmt: skip
    def get(self, request, pk):
        return self.one(ServiceRequestShape, get_object_or_404(seen_by(request.user), pk=pk))


class Answering(Endpoint):
    """An answer of the billing system to one request. Twice is once; it asks for sight of the request, too."""

    scope, rights = "billing", {"POST": IMPORT}

    def answered(self, pk, operate, body):
        rows, said = seen_by(self.request.user), self.said(body)
        operate(get_object_or_404(rows.reached_with(IMPORT, self.request.user), pk=pk), by=self.request.user, **said)
        return self.one(ServiceRequestShape, get_object_or_404(seen_by(self.request.user), pk=pk))


class AcceptServiceRequest(Answering):
    @extend_schema(
        operation_id="service_request_accept", summary=_("It is being carried out"), request=Answer,
        responses=ServiceRequestShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """Before anything is done to the line. One that was withdrawn meanwhile is refused (422): leave it undone."""
        return self.answered(pk, answering.accept, Answer)


class ConfirmServiceRequest(Answering):
    @extend_schema(
        operation_id="service_request_confirm", summary=_("It is done"), request=Answer, responses=ServiceRequestShape
    )
    @once
    def post(self, request, pk):
        """The line follows."""
        return self.answered(pk, answering.confirm, Answer)


class RefuseServiceRequest(Answering):
    @extend_schema(
        operation_id="service_request_refuse", summary=_("It will not be done"), request=Refusal,
        responses=ServiceRequestShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        return self.answered(pk, answering.refuse, Refusal)
