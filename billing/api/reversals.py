"""Payments taken back by the billing system."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from billing.api.bodies import many, ref
from billing.api.bringing import BROUGHT, IMPORT
from billing.api.requests import PastMoment
from billing.api.shapes import BroughtShape
from billing.imports.direct import NotTaken
from billing.imports.reversals import reverse_all
from door.endpoint import Endpoint
from door.fields import Body
from door.once import once

TAKEN_BACK = {"payment": "P-77120", "reason": "Bounced", "at": "2026-11-05T09:00:00+08:00"}


class SaidReversal(Body):
    """`payment`: its number."""

    payment = ref(80)
    reason = serializers.CharField(max_length=300)
    at = PastMoment(required=False)


ManyReversals = many("reversals", SaidReversal)


class PaymentReversals(Endpoint):
    scope, rights = "billing", {"POST": IMPORT}

    @extend_schema(
        operation_id="payments_reverse", summary=gettext_lazy("Take back up to 500 payments by their numbers"),
        request=ManyReversals, responses=BROUGHT,
        examples=[OpenApiExample("sent", {"reversals": [TAKEN_BACK]}, request_only=True)],
    )  # fmt: skip
    @once
    def post(self, request):
        """Payments of the billing system only. All or none; one that was taken back before is `unchanged`."""
        rows = self.said(ManyReversals)["reversals"]
        try:
            brought = reverse_all(rows, by=request.user)
        except NotTaken as refusal:
            reasons = [_reasons(row) for row in refusal.rows]
            raise serializers.ValidationError({"reversals": reasons}) from None
        return Response({"results": BroughtShape(brought, many=True).data})


def _reasons(row):
    return {"payment": [_("There is no such record.")]} if row.outcome == "error" else {}
