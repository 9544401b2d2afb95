"""What a customer agreed to: every word with its proof."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from customers.views.lookup import customer_of
from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages
from outreach import consents
from outreach.api.bodies import WRITE, NewConsent
from outreach.api.shapes import ConsentShape
from outreach.models import Consent


class Consents(Endpoint):
    scope, rights = "messages", {"GET": "outreach.view", "POST": WRITE}

    @extend_schema(
        operation_id="consents_list", summary=_("Consent of a customer, the newest first"),
        responses=listed(ConsentShape),
    )  # fmt: skip
    @pages
    def get(self, request, pk):
        customer, _shown = customer_of(request, pk, right="outreach.view")
        rows = Consent.objects.visible_to(request.user).filter(customer=customer).select_related("customer", "by")
        return self.page(rows, ConsentShape, newest_first=True)

    @extend_schema(
        operation_id="consent_say", summary=_("Keep what a customer says"), request=NewConsent,
        responses={201: ConsentShape},
    )  # fmt: skip
    @once
    def post(self, request, pk):
        """A no cancels at once what it was meant for and has not gone yet."""
        customer, _shown = customer_of(request, pk, right=WRITE)
        said = consents.say(customer, by=request.user, **self.said(NewConsent))
        said.refresh_from_db()
        return self.one(ConsentShape, said, status=201)
