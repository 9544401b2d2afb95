"""The numbers that find a customer."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from customers.api.bodies import NewNumber
from customers.api.narrowing import IdentifierFilter
from customers.api.shapes import IdentifierShape
from customers.models import Identifier
from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages


def seen_by(user):
    return Identifier.objects.visible_to(user).select_related("customer")


class Identifiers(Endpoint):
    scope, filters = "customers", IdentifierFilter
    rights = {"GET": "customers.view", "POST": "customers.change"}

    @extend_schema(operation_id="identifiers_list", summary=_("Numbers"), responses=listed(IdentifierShape))
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), IdentifierShape)

    @extend_schema(
        operation_id="identifier_add", summary=_("Add a number"), request=NewNumber, responses={201: IdentifierShape}
    )
    @once
    def post(self, request):
        """An old number of the customer counts again. An ID document is kept as a fingerprint only."""
        said = self.said(NewNumber)
        added = said["customer"].add_number(said["kind"], said["written"], by=request.user)
        return self.one(IdentifierShape, added, status=201, at="api-identifier")


class OneIdentifier(Endpoint):
    scope, rights = "customers", {"GET": "customers.view"}

    @extend_schema(operation_id="identifier_read", summary=_("One number"), responses=IdentifierShape)
    def get(self, request, pk):
        return self.one(IdentifierShape, get_object_or_404(seen_by(request.user), pk=pk))


class EndIdentifier(Endpoint):
    scope, rights = "customers", {"POST": "customers.change"}

    @extend_schema(operation_id="identifier_end", summary=_("End a number"), request=None, responses=IdentifierShape)
    @once
    def post(self, request, pk):
        """From today it is an old number: it still finds, marked as old."""
        rows = seen_by(request.user).reached_with("customers.change", request.user)
        held = get_object_or_404(rows, pk=pk)
        held.customer.end_number(held, by=request.user)
        return self.one(IdentifierShape, get_object_or_404(seen_by(request.user), pk=pk))
