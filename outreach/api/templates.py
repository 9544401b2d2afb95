"""Templates of the branch, to be read."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from door.endpoint import Endpoint
from door.schema import listed, pages
from outreach.api.shapes import TemplateShape
from outreach.models import Template


class Templates(Endpoint):
    scope, rights = "messages", {"GET": "outreach.view"}

    @extend_schema(operation_id="templates_list", summary=_("Templates"), responses=listed(TemplateShape))
    @pages
    def get(self, request):
        return self.page(Template.objects.visible_to(request.user), TemplateShape)


class OneTemplate(Endpoint):
    scope, rights = "messages", {"GET": "outreach.view"}

    @extend_schema(operation_id="template_read", summary=_("One template"), responses=TemplateShape)
    def get(self, request, pk):
        return self.one(TemplateShape, get_object_or_404(Template.objects.visible_to(request.user), pk=pk))
