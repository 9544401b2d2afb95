"""The description of the API, for programs and for people."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView

from door.endpoint import Endpoint


class Schema(Endpoint, SpectacularAPIView):
    """OpenAPI 3, in the language of the reader."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2]

    @extend_schema(operation_id="schema", summary=_("This description"), responses=OpenApiTypes.OBJECT, filters=False)
    def get(self, request):
        return self._get_schema_response(request)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def nowhere(request, rest):
    """Said plainly: a redirection to the address with its slash would turn a POST into a GET."""
    raise Http404


@require_safe
def docs(request):
    """Swagger: whoever is signed in reads the description and tries a request under their own session."""
    return render(request, "api/docs.html")
