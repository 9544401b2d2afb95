"""Incidents: the list with what looks like one, one of them with its complaints, and what is done about it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.desk.listed import lines_of
from complaints.incidents import belonging, running
from complaints.incidents.filters import IncidentFilter
from complaints.incidents.forms import EndForm, IncidentForm, LinkForm, TellForm
from complaints.models import Category, Complaint, Incident
from complaints.models.incidents import INCIDENTS
from complaints.models.states import IN_HAND
from customers.paging import address, edges, page_of
from jobs.models import Run
from staff.access import may
from staff.models import Unit
from staff.saved_views.lists import with_views

SHOWN = ("area", "category", "by", "ended_by", "cause")
CANDIDATES = 20
STANDING = {
    "n": Count("complaints"),
    "hand": Count("complaints", filter=Q(complaints__state__in=IN_HAND)),
}


def filtered(request):
    return IncidentFilter(request.GET, Incident.objects.visible_to(request.user).led_by(request.user), request=request)


@with_views("incidents", gettext_lazy("Incidents"), filtered)
@require_safe
@may(INCIDENTS)
def incidents(request):
    """The newest first; above them what looks like one that nobody has named yet."""
    filtering, now = filtered(request), timezone.now()
    page = page_of(filtering.qs.select_related(*SHOWN), "began_at", descending=True, **edges(request.GET))
    counted = _counted(request, [one.pk for one in page.rows])
    context = {
        "filter": filtering,
        "narrowed": any(request.GET.get(name) for name in filtering.filters),
        "lines": [(one, counted[one.pk]) for one in page.rows],
        "suggested": belonging.suggested(request.user, now),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }
    return render(request, "complaints/incidents/list.html", context)


def _counted(request, ids):
    """{id: the incident with `n` complaints under it, `hand` of them in hand}."""
    return {one.pk: one for one in Incident.objects.visible_to(request.user).filter(pk__in=ids).annotate(**STANDING)}


@require_http_methods(["GET", "HEAD", "POST"])
@may(INCIDENTS)
def new(request):
    """The address may name place, product and class of what was suggested."""
    sent = request.POST if request.method == "POST" else None
    form = IncidentForm(sent, user=request.user, start=_start(request))
    if form.is_valid():
        try:
            made = running.begin(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            return redirect("incident", made.pk)
    return render(request, "complaints/incidents/new.html", {"form": form}, status=422 if form.errors else 200)


def _start(request):
    start = {"product": request.GET.get("product", "")[:9]}
    for name, rows in (("area", Unit), ("category", Category)):
        key = request.GET.get(name, "")
        if key.isascii() and key.isdigit() and len(key) < 19:
            start[name] = rows.objects.visible_to(request.user).filter(pk=key).first()
    return start


@require_safe
@may(INCIDENTS)
def incident(request, pk):
    return _page(request, _one(request, pk))


def _one(request, pk):
    rows = Incident.objects.visible_to(request.user).led_by(request.user)
    return get_object_or_404(rows.select_related(*SHOWN), pk=pk)


def _page(request, one, **bound):
    """`bound`: the form that was sent and is to be put right, by its name."""
    seen, now = Complaint.objects.visible_to(request.user), timezone.now()
    last, children, goes_on = running.last_run(one), seen.filter(incident=one), one.state == Incident.State.OPEN
    page = page_of(children, "id", descending=True, **edges(request.GET))
    fits = belonging.under(one, seen).order_by("-received_at")[:CANDIDATES] if goes_on else []
    said = {"say": one.say, "say_en": one.say_en, "expected_at": one.expected_at}
    context = {
        "incident": one,
        "goes_on": goes_on,
        "updates": one.updates.select_related("by").order_by("-n"),
        "lines": lines_of(page.rows, request.user, now),
        "numbers": _counted(request, [one.pk])[one.pk],
        "candidates": lines_of(fits, request.user, now),
        "tell_form": TellForm(initial=said),
        "link_form": LinkForm(seen=seen),
        "end_form": EndForm(incident=one, initial={"answer": one.say, "answer_en": one.say_en}),
        "run": last and Run.objects.visible_to(request.user).filter(pk=last.pk).first(),
        "rest": running.rest_of(one, last).count(),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }
    return render(request, "complaints/incidents/incident.html", context | bound, status=422 if bound else 200)


@require_POST
@may(INCIDENTS)
def tell(request, pk):
    return _done(request, _one(request, pk), "tell_form", TellForm(request.POST), running.tell)


@require_POST
@may(INCIDENTS)
def end(request, pk):
    one = _one(request, pk)
    return _done(request, one, "end_form", EndForm(request.POST, incident=one), running.end)


@require_POST
@may(INCIDENTS)
def rest(request, pk):
    """Answer what a run that was stopped left over."""
    try:
        running.answer_rest(_one(request, pk), by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("incident", pk)


def _done(request, one, name, form, operate):
    if form.is_valid():
        try:
            operate(one, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("incident", one.pk)
    return _page(request, _one(request, one.pk), **{name: form})


@require_POST
@may(INCIDENTS)
def link(request, pk):
    one = _one(request, pk)
    form = LinkForm(request.POST, seen=_nameable(request, one))
    if form.is_valid():
        try:
            n = belonging.link(one, form.chosen, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            said = ngettext("%(n)s complaint came under it.", "%(n)s complaints came under it.", n)
            messages.success(request, said % {"n": n})
            return redirect("incident", pk)
    return _page(request, _one(request, pk), link_form=form)


def _nameable(request, one):
    return Complaint.objects.visible_to(request.user).filter(branch=one.branch_id)


@require_POST
@may(INCIDENTS)
def unlink(request, pk, complaint):
    one = _one(request, pk)
    child = get_object_or_404(Complaint.objects.visible_to(request.user).filter(incident=one), pk=complaint)
    try:
        belonging.unlink(child, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("incident", pk)
