"""Calling a customer back about their complaint: the script, the questions, and what was answered before."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints import callers, calling_back, dialling, questioning
from complaints.callback_form import CallbackForm
from complaints.masked import masked_for
from complaints.models import CallbackAnswer, Complaint, Script, Survey
from complaints.models.complaints import CALL_BACK, VIEW
from staff.access import may

SHOWN = ("customer__tier", "customer__branch", "category", "branch")


@require_http_methods(["GET", "HEAD", "POST"])
@may(CALL_BACK)
def callback(request, pk):
    """The page of one call. Sent twice it is one call; a refusal keeps what was typed."""
    one = _to_call(request, pk)
    call = calling_back.callback_of(one)
    form = CallbackForm(request.POST or None, parts=call.parts.filter(ended_at=None) if call else ())
    if request.method == "POST" and form.is_valid():
        try:
            questioning.call(one, by=request.user, at=timezone.now(), **form.told())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _what_followed(one))
            return redirect("complaint-callback", pk)
    context = _facts(request, one, call) | {"form": form}
    return render(request, "complaints/callback.html", context, status=422 if form.errors else 200)


@require_POST
@may(CALL_BACK)
def number(request, pk):
    """The number whole, this once; the call is taken in hand with it."""
    one, whole, refused = _to_call(request, pk), "", ""
    try:
        whole = dialling.uncover(one, by=request.user)
    except ValidationError as error:
        refused = error.messages[0]
    call = calling_back.callback_of(one)
    form = CallbackForm(parts=call.parts.filter(ended_at=None) if call else ())
    context = _facts(request, one, call) | {"form": form, "refused": refused}
    context |= {"number": whole, "may_uncover": False} if not refused else {}
    template = "complaints/_number.html" if request.htmx else "complaints/callback.html"
    return render(request, template, context, status=422 if refused else 200)


def _to_call(request, pk):
    return _complaint(request, pk, Complaint.objects.visible_to(request.user).called_back_by(request.user))


def _what_followed(one) -> str:
    """What the answer led to, in words."""
    before = one.reopened
    one.refresh_from_db()
    if one.reopened > before:
        said = _("Saved. The complaint is open again as %(level)s; %(owner)s answers for it now.")
        return said % {"level": one.get_level_display(), "owner": one.owner}
    return _("Saved. The complaint is closed.") if one.state == Complaint.State.CLOSED else _("Saved.")


def _facts(request, one, call):
    shown = masked_for(request.user, one)
    waits, refusal = dialling.is_due(one, call), ""
    if waits:
        refusal = _refusal(one, request.user)
    return {
        "complaint": one,
        "call": call,
        "shown": shown,
        "number": shown.number(dialling.number_of(one, call)),
        "may_uncover": waits and not refusal and not shown.whole,
        "script": _script(request, one),
        "words": shown.text(one.words),
        "answer": shown.text(one.answer),
        "refusal": refusal,
        "waits": waits,
        **_answers(request, one, shown),
    }


def _script(request, one):
    """Of the regulator's class, or that for all."""
    areas = ["", one.category.area] if one.category else [""]
    of_branch = Script.objects.visible_to(request.user).filter(branch=one.branch_id, area__in=areas)
    return of_branch.order_by("-area").first()


def _refusal(one, person) -> str:
    """Why this very person does not call; nothing where they may."""
    try:
        callers.refuse_party(one, person)
    except ValidationError as error:
        return error.messages[0]
    return ""


@require_safe
@may(VIEW)
def answers(request, pk):
    """What the customer said so far: a part of the complaint's page."""
    one = _complaint(request, pk, Complaint.objects.visible_to(request.user))
    reached = Complaint.objects.visible_to(request.user).called_back_by(request.user).filter(pk=pk).exists()
    waits = reached and one.state == Complaint.State.CALLBACK_DUE and not _refusal(one, request.user)
    context = {"complaint": one, "may_call": waits} | _answers(request, one, masked_for(request.user, one))
    return render(request, "complaints/_answers.html", context)


def _answers(request, one, shown):
    said = list(CallbackAnswer.objects.visible_to(request.user).filter(complaint=one).select_related("by"))
    asked = list(Survey.objects.visible_to(request.user).filter(complaint=one).order_by("pk"))
    for answer in (*said, *asked):
        answer.words = shown.text(answer.comment)
    return {"said": said, "asked": asked}


def _complaint(request, pk, rows):
    return get_object_or_404(rows.select_related(*SHOWN), pk=pk)
