"""The kill switch, and sets of messages that wait for a person."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import halts as stopping
from outreach import waves as sets
from outreach.forms.control import HaltForm
from outreach.models import Halt, Rules, Wave
from outreach.showing import reached
from outreach.views.lookup import branch_of
from staff.access import may

RIGHT = "outreach.control"
SHOWN = 50  # of the newest that are over


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def halts(request):
    form = HaltForm(request.POST or None, branch=branch_of(request.user, RIGHT), user=request.user)
    if request.method == "POST" and form.is_valid() and _stopped(form, request.user):
        messages.success(request, _("Sending is stopped."))
        return redirect("halts")
    rows = Halt.objects.visible_to(request.user).select_related("template", "by", "lifted_by").order_by("-pk")
    context = {"form": form, "in_force": rows.in_force(), "lifted": rows.exclude(lifted_at=None)[:SHOWN]}
    return render(request, "outreach/control/halts.html", context, status=422 if request.method == "POST" else 200)


def _stopped(form, user):
    try:
        form.halt(by=user)
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors


@require_POST
@may(RIGHT)
def lift(request, pk):
    stopping.lift(get_object_or_404(Halt.objects.visible_to(request.user), pk=pk), by=request.user)
    messages.success(request, _("Sending goes on."))
    return redirect("halts")


@require_safe
@may(RIGHT)
def waves(request):
    return _waves(request)


@require_safe
@may(RIGHT)
def wave(request, pk):
    rows = Wave.objects.visible_to(request.user).select_related("template", "planned_by", "decided_by")
    found = get_object_or_404(rows, pk=pk)
    return render(request, "outreach/control/reach.html", {"wave": found, "reached": reached(found)})


def _waves(request, problem=""):
    rows = Wave.objects.visible_to(request.user).select_related("template", "planned_by", "decided_by").order_by("-pk")
    context = {
        "held": rows.held(),
        "others": rows.exclude(state=Wave.State.HELD)[:SHOWN],
        "rules": Rules.of(branch_of(request.user, RIGHT)),
        "problem": problem,
    }
    return render(request, "outreach/control/waves.html", context, status=422 if problem else 200)


@require_POST
@may(RIGHT)
def release(request, pk):
    return _decide(request, pk, sets.release, _("The messages are on their way."))


@require_POST
@may(RIGHT)
def cancel(request, pk):
    return _decide(request, pk, sets.cancel, _("None of them is sent."))


def _decide(request, pk, operation, done):
    """What the operation refuses is said above the sets (422)."""
    wave = get_object_or_404(Wave.objects.visible_to(request.user), pk=pk)
    try:
        operation(wave, by=request.user)
    except ValidationError as error:
        return _waves(request, problem=error.messages[0])
    messages.success(request, done)
    return redirect("waves")
