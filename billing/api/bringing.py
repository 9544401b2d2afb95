"""What a billing system sends: up to some hundreds of rows, all of them brought in or none."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from billing.api.bodies import many
from billing.api.shapes import BroughtShape
from billing.imports.direct import NotTaken, bring_in
from billing.models.accounts import VIEW
from customers.imports.reasons import words_of
from door.endpoint import Endpoint
from door.once import once
from door.problems import Problem
from door.schema import listed, pages

IMPORT = "billing.import"
BROUGHT = inline_serializer("BroughtRows", {"results": BroughtShape(many=True)})


class Conflict(Problem):
    """`rows`: each with its place in the request, its number, and what differs from what is there."""

    status_code, kind = 409, "conflict"
    default_detail = _("These are there already with other figures. Nothing was brought in.")


class Bringing(Endpoint):
    """A list that is read, and sent to. `name`: of the list in the body; `about`: the subject of the rows."""

    scope, rights = "billing", {"GET": VIEW, "POST": IMPORT}
    name, about, body, shape = "", None, None, None

    def seen(self):
        """The rows that the asker sees."""
        raise NotImplementedError

    @pages
    def get(self, request):
        return self.page(self.seen(), self.shape)

    @once
    def post(self, request):
        """All or none. What is there already with the same figures is `unchanged`."""
        rows = self.said(self.body)[self.name]
        try:
            brought = bring_in(self.about, rows, by=request.user)
        except NotTaken as refusal:
            raise refused(self.about, self.name, refusal.rows) from None
        return Response({"results": BroughtShape(brought, many=True).data})


def refused(about, name, rows):
    """The refusal of a request by what its rows were refused for."""
    reasons = [reasons_of(about, row) for row in rows]
    if any(reasons):
        return serializers.ValidationError({name: reasons})
    return Conflict(rows=[said for row in rows for said in differing(row)])


def differing(row):
    for problem in row.problems:
        yield {"index": row.n - 1, "number": row.number, "differs": problem["columns"]}


def reasons_of(about, row):
    """{field: [reason]} of one row, conflicts apart."""
    found = {}
    for problem in row.problems:
        if problem["code"] != "conflict":
            found.setdefault(problem.get("column", "non_field_errors"), []).append(str(words_of(problem, about)))
    if row.outcome == "duplicate":
        found["non_field_errors"] = [str(about.same_as) % {"row": row.same_as}]
    return found


def described(name, said, shape, *, listing, bringing, example):
    """Gives a `Bringing` its body and shape, and its operations their description with an example."""
    body = many(name, said)
    sent = OpenApiExample("sent", {name: [example]}, request_only=True)

    def wrap(view):
        view.name, view.body, view.shape = name, body, shape
        get = extend_schema(operation_id=f"{view.__name__.lower()}_list", summary=listing, responses=listed(shape))
        post = extend_schema(
            operation_id=f"{view.__name__.lower()}_bring_in", summary=bringing, request=body, examples=[sent],
            responses=BROUGHT,
        )  # fmt: skip
        return extend_schema_view(get=get, post=post)(view)

    return wrap
