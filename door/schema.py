"""The API's description: what is common to every operation is said here once."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from door import once
from door.filtering import IdFilter
from door.pages import MOST, SIZE
from door.problems import MEDIA_TYPE, TITLES

ALWAYS = (400, 401, 403, 406, 429)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message"],
                "properties": {name: {"type": "string"} for name in ("pointer", "parameter", "message")},
            },
        },
    },
}


def listed(shape):
    """The serializer of a page of such rows."""
    return inline_serializer(
        f"{shape.__name__.removesuffix('Shape')}List",
        {"results": shape(many=True), "next": serializers.URLField(allow_null=True, help_text=_("The next page."))},
    )


def header(name, description, **options):
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, **options)


class Described(AutoSchema):
    """Parameters that follow from the view itself: filters, paging, and the headers of its method."""

    def get_description(self):
        return getattr(self.view, self.method.lower()).__doc__ or ""

    def get_serializer_name(self, serializer, direction):
        return super().get_serializer_name(serializer, direction).removesuffix("Shape")

    def get_override_parameters(self):
        handler = getattr(self.view, self.method.lower())
        found = []
        if getattr(handler, "once", False):
            key = {"type": "string", "pattern": once.KEY, "minLength": 1, "maxLength": 200}
            found.append(OpenApiParameter(once.HEADER, key, OpenApiParameter.HEADER, required=True, description=ONCE))
        if self.method == "PATCH":
            found.append(header("If-Match", _("The ETag of what you saw."), required=True))
        if getattr(handler, "pages", False):
            found += paging() + narrowing(self.view.filters)
        return found


ONCE = _("Sent again with the same key, the request happens once and is answered the same.")


def pages(get):
    """Mark a method that answers a page of a list."""
    get.pages = True
    return get


def paging():
    size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": SIZE}
    return [
        OpenApiParameter("limit", size, description=_("Rows of a page.")),
        OpenApiParameter("cursor", str, description=_("Where to go on: taken from `next`.")),
    ]


def narrowing(kind):
    """A parameter for each field of the filter set."""
    return [_parameter(name, one) for name, one in kind.base_filters.items()] if kind else []


def _parameter(name, one):
    choices = one.extra.get("choices")
    kinds = {"DateFilter": OpenApiTypes.DATE, "IdFilter": {"type": "integer", "minimum": 1}}
    kind = IdFilter.__name__ if choices is None else ""
    wanted = kinds.get(type(one).__name__) or (kinds[kind] if kind else OpenApiTypes.STR)
    values = [value for value, _words in choices] if choices is not None else None
    return OpenApiParameter(name, wanted, description=str(one.label or ""), enum=values)


def with_problems(result, generator, request, public):
    """Every operation may also answer a problem; which ones follows from its method and its address."""
    schemas = result["components"].setdefault("schemas", {})
    for name in [name for name in schemas if name.endswith("Request")]:
        schemas[name]["additionalProperties"] = False  # see door.fields.Body
    schemas["Problem"] = PROBLEM
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            for status in problems_of(path, method):
                operation["responses"].setdefault(str(status), _response(status))
            if method == "get" and "{" in path:
                operation["responses"]["304"] = {"description": str(_("You have it already."))}
    return result


def problems_of(path, method):
    statuses = set(ALWAYS)
    if "{" in path:
        statuses.add(404)
    if method in ("post", "patch"):
        statuses |= {409, 413, 415, 422}
    if method == "patch":
        statuses |= {412, 428}
    return sorted(statuses)


def _response(status):
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": str(TITLES[status]), "content": {MEDIA_TYPE: {"schema": schema}}}
