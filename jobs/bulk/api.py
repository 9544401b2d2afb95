"""What is done with a whole list at once, through the second door: asked for, tried, carried out, undone."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied as TokenDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from door.endpoint import Endpoint
from door.files import CSV
from door.filtering import filtered
from door.lists import LISTS
from door.once import once
from door.pages import page_of
from door.schema import listed, pages
from jobs.bulk import asking, lists, results
from jobs.bulk.api_shapes import BulkAsked, BulkFilter, BulkRowShape, BulkShape, RowFilter
from jobs.models import Bulk

RUNS = ("check_run", "run", "undo_run", "asked_by")


def seen_by(user):
    return Bulk.objects.visible_to(user).select_related(*RUNS)


class BulkEndpoint(Endpoint):
    scope = "bulk"

    def find(self, pk):
        return get_object_or_404(seen_by(self.request.user).filter(list__in=lists.every()), pk=pk)

    def read(self, pk):
        """The same, for a token that carries the scope of what the list shows."""
        one = self.find(pk)
        self.ask_scope(one.list, "read")
        return one

    def list_of(self, name):
        """The list, for whom may change it so: the right, and of a token the scope of what is changed, too."""
        of = lists.get(name)
        if not self.request.user.has_perm(of.right):
            raise PermissionDenied
        self.ask_scope(name, "write")
        return of

    def ask_scope(self, name, verb):
        if not self.carries(name, verb):
            raise TokenDenied(_("This token does not carry the scope %(scope)s.") % {"scope": scope_of(name, verb)})

    def carries(self, name, verb):
        return not self.request.auth or self.request.auth.allows(scope_of(name, verb))

    def acted(self, pk, operate):
        """`operate(bulk, action)`, and how all of it stands then."""
        one = self.find(pk)
        of = self.list_of(one.list)
        operate(one, of.action(one.action))
        return self.one(BulkShape, self.find(pk))


def scope_of(name, verb):
    """Of what a list shows."""
    return f"{name.replace('-', '_')}:{verb}"


def as_said(errors):
    """{name: [words]} of a form's errors."""
    return {name: list(map(str, said)) for name, said in errors.items()}


class Bulks(BulkEndpoint):
    filters = BulkFilter

    @extend_schema(operation_id="bulks_list", summary=_("What one did with lists"), responses=listed(BulkShape))
    @pages
    def get(self, request):
        """One's own, the newest first; of a token those of lists that it may read."""
        readable = [name for name in lists.every() if self.carries(name, "read")]
        return self.page(seen_by(request.user).filter(list__in=readable), BulkShape, newest_first=True)

    @extend_schema(
        operation_id="bulk_ask", summary=_("Ask for something to be done with all that matches"), request=BulkAsked,
        responses={201: BulkShape},
    )  # fmt: skip
    @once
    def post(self, request):
        """The set is fixed, and a job tries each row and takes it back: read it until it is `previewed`."""
        said = self.said(BulkAsked)
        of = self.list_of(said["list"])
        action = of.action(said["action"])
        if action is None:
            raise serializers.ValidationError({"action": [_now("There is no such code.")]})
        (query, rows), form = self.narrowed(of, said), self.understood(action, said.get("told", {}))
        made = asking.prepare(
            of, action, by=request.user, rows=rows, query=query, told=asking.told_by(form), key=f"api:{uuid4()}"
        )
        return self.one(BulkShape, self.find(made.pk), status=201, at="api-bulk")

    def understood(self, action, told):
        """The action's form, valid."""
        form = action.form(told, user=self.request.user)
        wrong = {name[:60]: [_now("There is no such field.")] for name in set(told) - set(form.fields)}
        if wrong or not form.is_valid():
            raise serializers.ValidationError({"told": wrong or as_said(form.errors)})
        return form

    def narrowed(self, of, said):
        """(the query, the rows that match). What the list does not know or take is refused: it would match more."""
        query = QueryDict(mutable=True)
        query.update(said.get("query", {}))
        found = LISTS[of.name].asked(self.request.user, query)
        wrong = {name[:60]: [_now("There is no such parameter.")] for name in set(query) - set(found.filters)}
        if wrong or not found.is_valid():
            raise serializers.ValidationError({"query": wrong or as_said(found.errors)})
        return query.urlencode(), found.qs


class OneBulk(BulkEndpoint):
    @extend_schema(operation_id="bulk_read", summary=_("How it stands"), responses=BulkShape)
    def get(self, request, pk):
        return self.one(BulkShape, self.read(pk))


class BulkRows(BulkEndpoint):
    filters = RowFilter

    @extend_schema(operation_id="bulk_rows", summary=_("What became of each row"), responses=listed(BulkRowShape))
    @pages
    def get(self, request, pk):
        """`name` and `who` are null where the record is out of reach by now."""
        one = self.read(pk)
        found, following = page_of(request, filtered(request, RowFilter, one.rows.all()))
        lines = results.lines(lists.get(one.list), found, request.user)
        return Response({"results": self.drawn(BulkRowShape, lines, many=True), "next": following})


class BulkResults(BulkEndpoint):
    renderer_classes = [CSV, JSONRenderer]

    @extend_schema(
        operation_id="bulk_results", summary=_("What became of each row, as a file"),
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )  # fmt: skip
    def get(self, request, pk):
        """All rows, as the page gives them; that it was fetched is recorded."""
        one = self.read(pk)
        return results.file_answer(lists.get(one.list), one, by=request.user)


class GoBulk(BulkEndpoint):
    @extend_schema(operation_id="bulk_go", summary=_("Do what was previewed"), request=None, responses=BulkShape)
    @once
    def post(self, request, pk):
        """As a job, row by row. After a cancel it goes on with the rest."""
        return self.acted(pk, lambda one, action: asking.go(one, by=request.user))


class UndoBulk(BulkEndpoint):
    @extend_schema(operation_id="bulk_undo", summary=_("Take all of it back"), request=None, responses=BulkShape)
    @once
    def post(self, request, pk):
        """As a job. What was changed since stays as it is."""
        return self.acted(pk, lambda one, action: asking.undo(one, action, by=request.user))


class CancelBulk(BulkEndpoint):
    @extend_schema(operation_id="bulk_cancel", summary=_("Stop the job in hand"), request=None, responses=BulkShape)
    @once
    def post(self, request, pk):
        """What is done stays done, and can be undone."""
        return self.acted(pk, lambda one, action: asking.cancel(one, by=request.user))
