"""The pages of imports."""

from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Import
from jobs.views import refusals_shown
from staff.access import may

from . import failed, intake, preview
from .forms import MappingForm, ReadingForm, UploadForm
from .subjects import subject

RIGHT = "customers.import"
PAGE = 30


@require_safe
@may(RIGHT)
def imports(request):
    rows = Import.objects.visible_to(request.user).select_related("by", "unit", "check_run", "commit_run")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(request, "customers/imports/list.html", {"imports": found[:PAGE], "older": older})


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def new(request):
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            unit = form.cleaned_data["unit"]
            file, about = form.cleaned_data["file"], form.cleaned_data["subject"]
            batch = intake.take_in(file, by=request.user, branch=request.user.branch, unit=unit, subject=about)
            return redirect("import", batch.pk)
    return render(request, "customers/imports/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@may(RIGHT)
def show(request, pk):
    return _page(request, _import(request, pk))


@require_POST
@may(RIGHT)
def reread(request, pk):
    """Read the file in another encoding or with another separator."""
    batch = _import(request, pk)
    form = ReadingForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            intake.read_as(batch, by=request.user, **form.cleaned_data)
            return redirect("import", pk)
    return _page(request, batch, reading=form, status=422)


@require_POST
@may(RIGHT)
def check(request, pk):
    batch = _import(request, pk)
    form = _mapping_form(batch, request.POST)
    if form is not None and form.is_valid():
        with refusals_on(form):
            intake.ask_check(batch, by=request.user, chosen=form.chosen(), remember_as=form.cleaned_data["name"])
            return redirect("import", pk)
    return _page(request, batch, mapping=form, status=422)


@require_POST
@may(RIGHT)
def commit(request, pk):
    batch = _import(request, pk)
    with refusals_shown(request):
        intake.ask_commit(batch, by=request.user)
    return redirect("import", pk)


@require_POST
@may(RIGHT)
def cancel(request, pk):
    """Stop the job in hand; what is brought in stays."""
    batch = _import(request, pk)
    with refusals_shown(request):
        if batch.run:
            batch.run.cancel(by=request.user)
    return redirect("import", pk)


@require_safe
@may(RIGHT)
def failed_rows(request, pk):
    batch = _import(request, pk)
    try:
        return failed_rows_answer(batch, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("import", pk)


def failed_rows_answer(batch, *, by):
    """The failed rows as a CSV file. Raises ValidationError when the uploaded file is no longer kept."""
    lines = failed.lines(batch, get_language())
    intake.note_download(batch, by=by)
    name = slugify(batch.file_name.rsplit(".", 1)[0]) or "import"
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{batch.pk}-failed.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _import(request, pk):
    rows = Import.objects.visible_to(request.user).select_related("by", "unit", "branch", "check_run", "commit_run")
    return get_object_or_404(rows, pk=pk)


def _mapping_form(batch, data=None):
    """None when the file is no longer kept."""
    try:
        header = intake.header_of(batch)
    except ValidationError:
        return None
    about = subject(batch.subject)
    return MappingForm(data, subject=about, header=header, chosen=batch.columns, file_name=batch.file_name)


def _page(request, batch, *, mapping=None, reading=None, status=200):
    may_map = batch.commit_run_id is None and batch.emptied_at is None
    context = {"batch": batch, "may_map": may_map} | preview.rows(batch, request.GET, request.user)
    if batch.stands == "done":
        context["waiting"] = subject(batch.subject).waiting(batch, request.user)
    if may_map:
        context["sample"] = preview.sample(batch)
        context["mapping"] = mapping or _mapping_form(batch)
        context["reading"] = reading or ReadingForm(initial={"encoding": batch.encoding, "separator": batch.separator})
    return render(request, "customers/imports/import.html", context, status=status)


@contextmanager
def refusals_on(form):
    """What an operation refuses is shown with the form."""
    try:
        yield
    except ValidationError as refusal:
        known = not hasattr(refusal, "error_dict") or set(refusal.error_dict) <= set(form.fields)
        form.add_error(None, refusal if known else refusal.messages)
