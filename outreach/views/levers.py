"""What the simulator does with everybody's messages: for whoever looks after the installation."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach import simulated
from outreach.forms.levers import BEHAVIOURS, FaultsForm, LeversForm
from outreach.views.phones import with_simulator
from staff.access import may

RIGHT = "jobs.control"


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
@with_simulator
def levers(request, centre):
    """With the next messages."""
    form = LeversForm(request.POST or None)
    if form.is_valid() and _told(form, centre.pull, form.cleaned_data):
        messages.success(request, _("Set."))
        return redirect("phone-levers")
    return _page(request, centre, form, FaultsForm())


@require_POST
@may(RIGHT)
@with_simulator
def faults(request, centre):
    """With all messages, until it is switched off by an empty form."""
    form = FaultsForm(request.POST)
    if form.is_valid() and _told(form, centre.misbehave, form.said()):
        messages.success(request, _("Set.") if form.said()["mix"] else _("Switched off: all messages go well."))
        return redirect("phone-levers")
    return _page(request, centre, LeversForm(), form)


def _told(form, tell, said):
    """Whether the simulator heard it."""
    try:
        tell(**said)
    except simulated.Silent:
        form.add_error(None, simulated.SILENT)
    return not form.errors


def _page(request, centre, form, faults):
    status = 422 if form.errors or faults.errors else 200
    context = {"form": form, "faults": faults} | _set_now(centre)
    return render(request, "outreach/phones/levers.html", context, status=status)


def _set_now(centre):
    """{following: behaviour and count, or None; lasting: behaviour, percent and seconds of each}."""
    try:
        said = centre.levers()
    except simulated.Silent:
        return {"following": None, "lasting": []}
    following = said["next"] and said["next"] | {"behaviour": BEHAVIOURS[said["next"]["behaviour"]]}
    lasting = [
        {"behaviour": BEHAVIOURS[kind], "percent": 100 * share, "seconds": said["delay"] if kind == "delay" else None}
        for kind, share in said["mix"].items()
    ]
    return {"following": following, "lasting": lasting}
