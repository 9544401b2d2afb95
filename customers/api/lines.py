"""Lines, and the plan they are on."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from customers.api.bodies import PlanChange
from customers.api.narrowing import LineFilter
from customers.api.shapes import LineShape
from customers.models import Line
from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages


def seen_by(user):
    return Line.objects.visible_to(user).select_related("customer", "plan")


class Lines(Endpoint):
    scope, filters, rights = "customers", LineFilter, {"GET": "customers.view"}

    @extend_schema(operation_id="lines_list", summary=_("Lines"), responses=listed(LineShape))
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), LineShape)


class OneLine(Endpoint):
    scope, rights = "customers", {"GET": "customers.view"}

    @extend_schema(operation_id="line_read", summary=_("One line"), responses=LineShape)
    def get(self, request, pk):
        return self.one(LineShape, get_object_or_404(seen_by(request.user), pk=pk))


class ChangePlan(Endpoint):
    scope, rights = "customers", {"POST": "customers.change"}

    @extend_schema(
        operation_id="line_change_plan", summary=_("Put a line on another plan"), request=PlanChange,
        responses=LineShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """From the day `on`; the same day again corrects the day's plan."""
        rows = seen_by(request.user).reached_with("customers.change", request.user)
        line = get_object_or_404(rows, pk=pk)
        line.change_plan(**self.said(PlanChange), by=request.user)
        return self.one(LineShape, get_object_or_404(seen_by(request.user), pk=pk))
