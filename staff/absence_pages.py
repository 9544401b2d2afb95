"""The pages on which people say that they are away, and leaders say it of those they lead."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jobs.views import refusals_shown
from staff.absence_forms import AbsenceForm, DeputyForm, LedAbsenceForm
from staff.access import may
from staff.models import Absence
from staff.models.absences import INSTANT, RIGHT

SHOWN_AFTER = timedelta(days=90)  # how long what is over stays on the page
MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
def own(request):
    """One's own absences, and whom one stands in for."""
    mine = Absence.objects.visible_to(request.user).filter(user=request.user)
    theirs = Absence.objects.visible_to(request.user).filter(deputy=request.user, withdrawn_at=None, ended_at=None)
    lists = {
        "absences": lines(mine, request.user),
        "stands_in": lines(theirs, request.user),
        "may_enter_absences": request.user.has_perm(RIGHT),
    }
    return _page(request, AbsenceForm, "staff/own_absence.html", lists, "own-absence")


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def absences(request):
    """Those of the people one leads."""
    led = Absence.objects.visible_to(request.user).exclude(user=request.user)
    return _page(request, LedAbsenceForm, "staff/absences.html", {"absences": lines(led, request.user)}, "absences")


def _page(request, form_class, template, context, url_name):
    form = form_class(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid():
        try:
            form.enter()
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Entered. The deputy has been told."))
            return redirect(url_name)
    status = 422 if form.is_bound else 200
    return render(request, template, context | {"form": form}, status=status)


@require_POST
def end(request, pk):
    absence = _changeable(request, pk)
    with refusals_shown(request):
        absence.end(by=request.user)
        messages.success(request, _("Ended. What is still open goes back."))
    return redirect(_page_of(absence, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def deputy(request, pk):
    """Another deputy for an absence."""
    absence = _changeable(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = DeputyForm(posted, by=request.user, absence=absence, initial={"deputy": absence.deputy_id})
    if form.is_valid():
        try:
            absence.hand_to(form.cleaned_data["deputy"], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(_page_of(absence, request.user))
    context = {"absence": absence, "form": form, "back": _page_of(absence, request.user)}
    return render(request, "staff/absence_deputy.html", context, status=422 if form.is_bound else 200)


def lines(rows, user):
    """(absence, last day, whether the person may change it), the latest first."""
    lately = rows.filter(ends_at__gt=timezone.now() - SHOWN_AFTER).select_related("user__branch", "deputy")
    changeable = set(lately.changeable_by(user).values_list("pk", flat=True))
    found = lately.order_by("-starts_at", "-pk")[:MOST]
    return [(absence, absence.ends_at - INSTANT, absence.pk in changeable) for absence in found]


def _changeable(request, pk):
    rows = Absence.objects.visible_to(request.user).select_related("user__branch", "deputy")
    absence = get_object_or_404(rows, pk=pk)
    if not rows.changeable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return absence


def _page_of(absence, user):
    return "own-absence" if absence.user_id == user.pk else "absences"
