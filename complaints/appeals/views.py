"""Appeals: the list with its clocks, one appeal, and the bundle of evidence."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.appeals import evidence, handling
from complaints.appeals.forms import AnswerForm, OpenForm, SettleForm
from complaints.appeals.shown import lines_of
from complaints.masked import masked_for
from complaints.models import Complaint, RegulatorCase
from complaints.models.regulator import REGULATOR
from customers.paging import address, edges, page_of
from staff.access import may

OF_COMPLAINT = ("branch", "customer__tier", "customer__unit", "category", "owner")
OF_APPEAL = tuple(f"complaint__{name}" for name in OF_COMPLAINT)


@require_safe
@may(REGULATOR)
def appeals(request):
    """Those that are open, or all; the newest first."""
    rows = RegulatorCase.objects.visible_to(request.user).answered_for_by(request.user)
    which = "all" if request.GET.get("which") == "all" else "open"
    if which == "open":
        rows = rows.exclude(state=RegulatorCase.State.CLOSED)
    page = page_of(rows.select_related(*OF_APPEAL), "received_at", descending=True, **edges(request.GET))
    context = {"lines": lines_of(page.rows, request.user, timezone.now()), "which": which}
    context |= _neighbours(request, page)
    return render(request, "complaints/appeals/list.html", context)


def _neighbours(request, page):
    return {
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@may(REGULATOR)
def new(request, pk):
    """The customer appealed: a complaint gets a case of its own."""
    one = _complaint(request, pk)
    form = OpenForm(request.POST or None, initial={"received_at": timezone.now()})
    if request.method == "POST" and form.is_valid():
        try:
            made = handling.open_appeal(one, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The appeal is open, with its own clocks."))
            return redirect("appeal", made.pk)
    context = {"complaint": one, "shown": masked_for(request.user, one), "form": form}
    return render(request, "complaints/appeals/new.html", context, status=422 if form.errors else 200)


@require_safe
@may(REGULATOR)
def appeal(request, pk):
    return _page(request, _appeal(request, pk))


@require_POST
@may(REGULATOR)
def answer(request, pk):
    return _act(request, pk, handling.answer, AnswerForm(request.POST), "answer_form")


@require_POST
@may(REGULATOR)
def settle(request, pk):
    return _act(request, pk, handling.settle, SettleForm(request.POST, request.FILES), "settle_form")


@require_POST
@may(REGULATOR)
def close(request, pk):
    found = _appeal(request, pk)
    try:
        handling.close(found, by=request.user, at=timezone.now())
    except ValidationError as error:
        return _page(request, found, problem=error.messages[0], status=422)
    messages.success(request, _("The appeal is closed."))
    return redirect("appeal", pk)


@require_POST
@may(REGULATOR)
def bundle(request, pk):
    """The zip; who took it is kept."""
    one = _complaint(request, pk)
    file = evidence.bundle(one, by=request.user, at=timezone.now())
    return FileResponse(file, as_attachment=True, filename=f"{one.number}.zip", content_type="application/zip")


def _act(request, pk, operate, form, name):
    found = _appeal(request, pk)
    if form.is_valid():
        try:
            operate(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("appeal", pk)
    return _page(request, found, status=422, **{name: form})


def _page(request, found, *, status=200, **more):
    one = found.complaint
    [line] = lines_of([found], request.user, timezone.now())
    forms = {"answer_form": AnswerForm(), "settle_form": SettleForm()}
    moves = {name: state in found.MOVES[found.state] for name, state in handling.WAYS}
    context = {"appeal": found, "line": line, "complaint": one, "shown": masked_for(request.user, one)}
    return render(request, "complaints/appeals/appeal.html", context | forms | moves | more, status=status)


def _complaint(request, pk):
    rows = Complaint.objects.visible_to(request.user).answered_for_by(request.user)
    return get_object_or_404(rows.select_related(*OF_COMPLAINT), pk=pk)


def _appeal(request, pk):
    rows = RegulatorCase.objects.visible_to(request.user).answered_for_by(request.user)
    return get_object_or_404(rows.select_related(*OF_APPEAL, "proof", "opened_by"), pk=pk)
