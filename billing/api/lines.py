"""What the billing system did with a line by itself."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from billing.api.bodies import ref
from billing.api.bringing import IMPORT
from billing.api.requests import PastMoment
from billing.service_requests.reporting import report
from customers.api.lines import seen_by
from customers.api.shapes import LineShape
from customers.models import Line
from door.endpoint import Endpoint
from door.fields import Body
from door.once import once


class SaidStatus(Body):
    """`ref`: the billing system's number of what it did, at most 80 characters. `because`: of a stop."""

    ref = ref(80)
    status = serializers.ChoiceField(Line.Status)
    at = PastMoment(required=False)
    because = serializers.ChoiceField([("arrears", _("Arrears")), ("other", _("Another reason"))], required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class LineStatus(Endpoint):
    scope, rights = "billing", {"POST": IMPORT}

    @extend_schema(
        operation_id="line_status", summary=_("Tell what was done with a line"), request=SaidStatus, responses=LineShape
    )
    @once
    def post(self, request, pk):
        """Of what the billing system decided by itself. What was asked for and comes to the same is confirmed by it."""
        line = get_object_or_404(seen_by(request.user).reached_with(IMPORT, request.user), pk=pk)
        said = {"at": timezone.now()} | self.said(SaidStatus)
        report(line, said.pop("status"), by=request.user, **said)
        return self.one(LineShape, get_object_or_404(seen_by(request.user), pk=pk))
