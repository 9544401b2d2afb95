"""Customers: found, read, opened and changed."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework.response import Response

from customers.api.bodies import Details, NewCustomer, SearchText
from customers.api.shapes import CustomerShape, HitShape
from customers.duplicates import like
from customers.filters import CustomerFilter
from customers.models import ChangedMeanwhile, Customer
from customers.search.box import find
from customers.views.lookup import customer_of
from customers.visits import place_of
from door.endpoint import Endpoint
from door.etags import version_seen
from door.once import once
from door.problems import Problem, Stale
from door.schema import listed, pages

SHOWN = ("tier", "unit", "community", "manager")
FINDING = ("number", "phone", "document")
FOUND = inline_serializer("Hits", {"results": HitShape(many=True)})


class LooksTheSame(Problem):
    status_code, kind = 409, "looks-the-same"
    default_detail = _("This customer may already be there. Use that one, or send `anyway`.")


class Customers(Endpoint):
    scope, filters = "customers", CustomerFilter
    rights = {"GET": "customers.view", "POST": "customers.create"}

    @extend_schema(operation_id="customers_list", summary=_("Customers"), responses=listed(CustomerShape))
    @pages
    def get(self, request):
        rows = Customer.objects.visible_to(request.user).select_related(*SHOWN)
        return self.page(rows, CustomerShape)

    @extend_schema(
        operation_id="customers_open",
        summary=_("Open a customer"),
        request=NewCustomer,
        responses={201: CustomerShape},
    )
    @once
    def post(self, request):
        said = self.said(NewCustomer)
        if not said.pop("anyway"):
            refuse_likeness(request.user, said)
        made = Customer.open(by=request.user, unit=place_of(request.user), **said)
        return self.one(CustomerShape, made, status=201, at="api-customer")


def refuse_likeness(user, said):
    """What the page asks before it opens a customer that may be there already."""
    found = like(user, **{name: said.get(name, "") for name in FINDING})
    if found:
        raise LooksTheSame(customers=[{"id": one.customer.pk, "why": str(one.why)} for one in found])


class OneCustomer(Endpoint):
    scope = "customers"
    rights = {"GET": "customers.view", "PATCH": "customers.change"}

    @extend_schema(operation_id="customer_read", summary=_("One customer"), responses=CustomerShape)
    def get(self, request, pk):
        customer, _shown = customer_of(request, pk)
        return self.one(CustomerShape, customer)

    @extend_schema(
        operation_id="customer_change", summary=_("Change a customer"), request=Details, responses=CustomerShape
    )
    def patch(self, request, pk):
        """Only what is sent is changed; `If-Match` names the version that was seen."""
        customer, _shown = customer_of(request, pk, right="customers.change")
        version = version_seen(request)
        try:
            customer.change(by=request.user, version=version, **self.said(Details, partial=True))
        except ChangedMeanwhile:
            raise Stale from None
        customer, _shown = customer_of(request, pk)
        return self.one(CustomerShape, customer)


class Search(Endpoint):
    """The text travels in the body: it is personal data, and addresses are logged."""

    scope, reads = "customers", True
    rights = {"POST": "customers.view"}

    @extend_schema(
        operation_id="customers_search", summary=_("Find customers by whatever they say"), request=SearchText,
        responses=FOUND,
    )  # fmt: skip
    def post(self, request):
        hits = find(self.said(SearchText)["text"], request.user)
        return Response({"results": HitShape(hits, many=True).data})
