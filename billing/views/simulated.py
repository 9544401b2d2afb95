"""What the simulated billing system did, and what it is to do: for whoever looks after the installation."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing import levers, simulated
from billing.deeds import shown
from outreach.simulated import SILENT, Silent
from staff.access import may

RIGHT = "jobs.control"
FORMS = {
    "next": levers.NextForm,
    "usual": levers.UsualForm,
    "payment": levers.PaymentForm,
    "reversal": levers.ReversalForm,
    "line": levers.LineForm,
}


def with_system(view):
    """Hand the view the simulator; without one the page says so."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        system = simulated.system()
        if system is None:
            return render(request, "billing/simulated/none.html", status=404)
        return view(request, system, *args, **kwargs)

    return guarded


@require_safe
@may(RIGHT)
@with_system
def page(request, system):
    return _page(request, system)


@require_POST
@may(RIGHT)
@with_system
def pull(request, system, lever):
    """One of the levers, by its name."""
    if lever not in FORMS:
        raise Http404
    form = FORMS[lever](request.POST)
    if form.is_valid() and _told(form, system, request.user.branch):
        messages.success(request, _("Set.") if lever in ("next", "usual") else _("It will tell the product."))
        return redirect("billing-levers")
    return _page(request, system, **{lever: form})


def _told(form, system, branch):
    """Whether the simulator heard it."""
    try:
        form.tell(system, branch)
    except Silent:
        form.add_error(None, SILENT)
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return not form.errors


def _page(request, system, **bound):
    """`bound`: the form that was sent, where it was not taken."""
    try:
        now, did = system.levers(), system.deeds(request.user.branch.code)
    except Silent:
        now, did = None, None
    forms = {name: bound.get(name) or form(now=now) for name, form in FORMS.items()}
    context = {"forms": forms, "next": _following(now), "there": now is not None, "waiting": did and did["waiting"]}
    context["deeds"] = [shown(deed) for deed in did["deeds"]] if did else []
    return render(request, "billing/simulated/page.html", context, status=422 if bound else 200)


def _following(now):
    """{behaviour, count} of what is set for the next requests, or None."""
    following = now and now["next"]
    return following and following | {"behaviour": levers.BEHAVIOURS[following["behaviour"]]}
