"""The page of one complaint, and what is done there."""

from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints import acts, chronicle, macros, reach
from complaints.gathered import Belonging, one_of
from complaints.masked import number_of
from complaints.models import Complaint
from complaints.models.complaints import VIEW
from complaints.seen import may_open, seen_by
from staff.access import may


@require_safe
@may(VIEW)
def complaint(request, pk):
    return page(request, complaint_of(request, pk))


def complaint_of(request, pk, narrow=None):
    """404 where it does not reach."""
    rows = Complaint.objects.visible_to(request.user)
    rows = narrow(rows, request.user) if narrow else rows
    return one_of(rows, pk)


def page(request, one, bound=None):
    """The page with what can be done; `bound` is what was sent and is to be put right: (name, form).

    One form stands open, the others come when they are opened.
    """
    offered = acts.offered(one, request.user)
    name, form = bound or _first(one, request.user, offered)
    shown = seen_by(request.user, one)
    belonging = Belonging(one)
    context = {
        "complaint": one,
        "shown": shown,
        "may_open": may_open(request.user, one),
        "words": shown.text(one.words),
        "wanted": shown.text(one.wanted),
        "place": shown.place(one.place),
        "waits_for": shown.text(one.waits_for),
        "number": number_of(one, shown),
        "offered": [(act, form if act.name == name else None) for act in offered],
        "steps": chronicle.of(one, shown, belonging),
        "tasks": [(task, shown.text(task.what), shown.text(task.result)) for task in belonging.tasks],
        "money": [(each, shown.text(each.reason)) for each in belonging.money],
        "belonging": belonging,
        "merged": Complaint.objects.visible_to(request.user).filter(merged_into=one) if one.has_merged else [],
        "may_merge": _may_merge(request, one),
        "kept": kept(request),
        "macros": macros.offered(one, request.user) if offered else [],
        "macro_key": uuid4(),
    }
    return render(request, "complaints/complaint.html", context, status=422 if bound else 200)


def _first(one, user, offered):
    for act in offered[:1]:
        return act.name, form_of(act, one, user)
    return "", None


def form_of(act, one, user, data=None):
    return act.form(data, complaint=one, user=user, name=act.name)


def kept(request) -> str:
    """What leads on to the next one of the list from which the page was opened."""
    return "?" + urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""


def _may_merge(request, one):
    return Complaint.State.MERGED in Complaint.MOVES[one.state] and reach.leads(request.user, one)


@require_http_methods(["GET", "HEAD", "POST"])
@may(VIEW)
def act(request, pk, name):
    """Do what the form says, or show it again with what is to be put right and what is new. Asked for, it is empty."""
    chosen = acts.BY_NAME.get(name)
    if chosen is None:
        raise Http404
    one = complaint_of(request, pk, chosen.rows)
    if request.method != "POST":
        return _empty(request, one, chosen)
    form = form_of(chosen, one, request.user, request.POST)
    if form.is_valid():
        try:
            chosen.do(one, request.user, dict(form.cleaned_data))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("complaint", args=[pk]) + kept(request))
    one = complaint_of(request, pk)
    return page(request, one, bound=(name, form))


def _empty(request, one, chosen):
    if chosen not in acts.offered(one, request.user):
        raise Http404
    context = {"complaint": one, "act": chosen, "form": form_of(chosen, one, request.user), "kept": kept(request)}
    return render(request, "complaints/_act_form.html", context)
