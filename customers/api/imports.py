"""Files of customers: uploaded, checked, brought in."""

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer

from customers.api.narrowing import ImportFilter
from customers.imports import intake
from customers.imports.forms import MappingForm
from customers.imports.subjects import subject, subjects
from customers.imports.views import RIGHT, failed_rows_answer
from customers.models import Import
from door.endpoint import Endpoint
from door.fields import Body, Reachable
from door.files import CSV
from door.once import once
from door.schema import listed, pages
from door.shapes import PersonNamed, Shape, UnitNamed
from staff.models import Unit

SUBJECTS = [(name, one.title) for name, one in subjects().items()]


class ImportShape(Shape):
    """`counts`: rows by what becomes or became of them."""

    id = serializers.IntegerField()
    subject = serializers.ChoiceField(SUBJECTS)
    file_name = serializers.CharField()
    unit = UnitNamed()
    by = PersonNamed()
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(Import.State, source="stands")
    recipe = serializers.CharField(source="columns.recipe")
    columns = serializers.ListField(child=serializers.CharField(), source="columns.fields")
    day = serializers.CharField(source="columns.day", allow_null=True)
    counts = serializers.DictField()
    error = serializers.CharField()
    check_run = serializers.IntegerField(source="check_run_id", allow_null=True)
    commit_run = serializers.IntegerField(source="commit_run_id", allow_null=True)


def units(user):
    return Unit.objects.visible_to(user)


class Upload(Body):
    """`subject`: what the rows are about, customers if nothing is said."""

    subject = serializers.ChoiceField(SUBJECTS, default="customers")
    file = serializers.FileField()
    unit = Reachable(units, required=False)


class Mapping(Body):
    """What is left out stays as the import says. `fields`: one for each column, "" where it is not taken over."""

    recipe = serializers.CharField(max_length=60, required=False, allow_blank=True)
    columns = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=60), required=False, max_length=500
    )
    day = serializers.DateField(required=False)
    remember_as = serializers.CharField(max_length=60, required=False, allow_blank=True)


def seen_by(user):
    return Import.objects.visible_to(user).select_related("by", "unit", "branch", "check_run", "commit_run")


class ImportEndpoint(Endpoint):
    scope, rights = "imports", {"GET": RIGHT, "POST": RIGHT}

    def find(self, pk):
        return get_object_or_404(seen_by(self.request.user), pk=pk)


class Imports(ImportEndpoint):
    filters = ImportFilter
    parser_classes = [MultiPartParser]
    largest = settings.IMPORT_MAX_BYTES + (1 << 20)

    @extend_schema(operation_id="imports_list", summary=_("Imports, the newest first"), responses=listed(ImportShape))
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), ImportShape, newest_first=True)

    @extend_schema(
        operation_id="import_upload", summary=_("Upload a file"), request=Upload,
        responses={201: ImportShape},
    )  # fmt: skip
    @once
    def post(self, request):
        """A table as CSV: the first row names the columns. Nothing is brought in yet."""
        said = self.said(Upload)
        file = said.pop("file")
        made = intake.take_in(file, by=request.user, branch=request.user.branch, **said)
        return self.one(ImportShape, self.find(made.pk), status=201, at="api-import")


class OneImport(ImportEndpoint):
    @extend_schema(operation_id="import_read", summary=_("One import"), responses=ImportShape)
    def get(self, request, pk):
        return self.one(ImportShape, self.find(pk))


class CheckImport(ImportEndpoint):
    @extend_schema(
        operation_id="import_check", summary=_("Check every row"), request=Mapping, responses={202: ImportShape}
    )
    @once
    def post(self, request, pk):
        """As a job: fetch the import until its state says that it is checked. Nothing is brought in yet."""
        batch = self.find(pk)
        form = mapping_form(batch, self.said(Mapping))
        if not form.is_valid():
            raise serializers.ValidationError(by_body(form.errors))
        intake.ask_check(batch, by=request.user, chosen=form.chosen(), remember_as=form.cleaned_data["name"])
        return self.one(ImportShape, self.find(pk), status=202)


def mapping_form(batch, said):
    """The page's form, filled in with what the request says and what the import said before."""
    header, before = intake.header_of(batch), batch.columns
    fields = said.get("columns", before["fields"])
    if len(fields) != len(header):
        raise serializers.ValidationError({"columns": [_("One for each column of the file, please.")]})
    told = {"recipe": said.get("recipe", before["recipe"]), "name": said.get("remember_as", "")}
    told |= {"day": said.get("day") or before["day"] or ""} | {f"column{n}": one for n, one in enumerate(fields)}
    return MappingForm(told, subject=subject(batch.subject), header=header, chosen=before, file_name=batch.file_name)


def by_body(errors):
    """The form's errors under the names of the body."""
    names = {"name": "remember_as"}
    return {"columns" if name.startswith("column") else names.get(name, name): said for name, said in errors.items()}


class CommitImport(ImportEndpoint):
    @extend_schema(
        operation_id="import_commit", summary=_("Bring in the good rows"), request=None, responses={202: ImportShape}
    )
    @once
    def post(self, request, pk):
        """As a job. After a cancel or a failure it goes on with the rows that are left."""
        intake.ask_commit(self.find(pk), by=request.user)
        return self.one(ImportShape, self.find(pk), status=202)


class CancelImport(ImportEndpoint):
    @extend_schema(
        operation_id="import_cancel", summary=_("Stop the job in hand"), request=None, responses={202: ImportShape}
    )
    @once
    def post(self, request, pk):
        """What is brought in stays."""
        batch = self.find(pk)
        if batch.run:
            batch.run.cancel(by=request.user)
        return self.one(ImportShape, self.find(pk), status=202)


class FailedRows(ImportEndpoint):
    renderer_classes = [CSV, JSONRenderer]

    @extend_schema(
        operation_id="import_failed_rows",
        summary=_("The rows that were not brought in, with reasons"),
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request, pk):
        return failed_rows_answer(self.find(pk), by=request.user)
