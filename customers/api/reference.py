"""What the branch chooses from: tiers, plans, reasons."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from customers.api.shapes import PlanShape, ReasonShape, TierShape
from customers.models import Plan, Reason, Tier
from door.endpoint import Endpoint
from door.schema import listed, pages


class Tiers(Endpoint):
    scope = "customers"

    @extend_schema(operation_id="tiers_list", summary=_("Tiers"), responses=listed(TierShape))
    @pages
    def get(self, request):
        return self.page(Tier.objects.visible_to(request.user), TierShape)


class Plans(Endpoint):
    scope = "customers"

    @extend_schema(operation_id="plans_list", summary=_("Plans"), responses=listed(PlanShape))
    @pages
    def get(self, request):
        return self.page(Plan.objects.visible_to(request.user), PlanShape)


class Reasons(Endpoint):
    scope = "interactions"

    @extend_schema(
        operation_id="reasons_list", summary=_("Reasons that a contact may name"), responses=listed(ReasonShape)
    )
    @pages
    def get(self, request):
        return self.page(Reason.objects.visible_to(request.user).finest().select_related("parent"), ReasonShape)
