"""Complaints through the second door: accepted, and read within reach."""

from uuid import uuid4

import django_filters as filters
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from complaints.accepting import RIGHT, accept, accepted_by
from complaints.api.bodies import NewComplaint
from complaints.api.shapes import ComplaintShape
from complaints.models import Complaint
from complaints.models.complaints import VIEW
from complaints.models.states import State
from door.endpoint import Endpoint
from door.filtering import IdFilter
from door.once import once
from door.schema import listed, pages

SHOWN = ("customer__tier", "category", "owner", "first_owner", "unit", "branch")


def drawn(rows):
    return rows.select_related(*SHOWN).prefetch_related("clocks")


def seen_by(user):
    return drawn(Complaint.objects.visible_to(user))


class ComplaintFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=State.choices)
    category = filters.CharFilter(field_name="category__code", label=_("Class, by its number"), max_length=10)
    owner = IdFilter(field_name="owner_id", label=_("Owner"))
    customer = IdFilter(field_name="customer_id", label=_("Customer"))
    since = filters.DateFilter(field_name="received_at", lookup_expr="date__gte", label=_("Received since"))


class Complaints(Endpoint):
    scope, filters = "complaints", ComplaintFilter
    rights = {"GET": VIEW, "POST": RIGHT}

    @extend_schema(
        operation_id="complaints_list", summary=_("Complaints, the newest first"), responses=listed(ComplaintShape)
    )
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), ComplaintShape, newest_first=True)

    @extend_schema(
        operation_id="complaint_accept", summary=_("Accept a complaint"), request=NewComplaint,
        responses={201: ComplaintShape},
    )  # fmt: skip
    @once
    def post(self, request):
        """The asker is its first owner; the customer is sent the number at once."""
        said = self.said(NewComplaint)
        made = accept(by=request.user, branch=request.user.branch, key=f"api:{uuid4()}", **said)
        row = drawn(accepted_by(request.user)).get(pk=made.pk)
        return self.one(ComplaintShape, row, status=201, at="api-complaint")


class OneComplaint(Endpoint):
    scope, rights = "complaints", {"GET": VIEW}

    @extend_schema(operation_id="complaint_read", summary=_("One complaint"), responses=ComplaintShape)
    def get(self, request, pk):
        return self.one(ComplaintShape, get_object_or_404(seen_by(request.user), pk=pk))
