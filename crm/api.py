"""The description of the API, for programs and for people."""

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation

from door.endpoint import Endpoint


class Schema(Endpoint, SpectacularAPIView):
    """OpenAPI 3, in the language of the reader."""

    content_negotiation_class = DefaultContentNegotiation

    @extend_schema(operation_id="schema", summary=_("This description"), responses=OpenApiTypes.OBJECT, filters=False)
    def get(self, request, *args, **kwargs):
        return self._get_schema_response(request)


class Docs(Endpoint):
    """Swagger: a signed-in person reads the description and tries a request under their own session."""

    @extend_schema(exclude=True)
    def get(self, request):
        return render(request._request, "api/docs.html")
