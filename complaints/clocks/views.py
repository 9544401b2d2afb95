"""Complaint policies: what is in use, and the next version of one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.clocks.fields import ASKABLE
from complaints.clocks.forms import Draft
from complaints.clocks.publishing import Plan, matching, publish
from complaints.models import Policy
from staff.access import may
from staff.condition_forms import ConditionsForm

RIGHT = "complaints.policies"
SAMPLE = 20


@require_safe
@may(RIGHT)
def policies(request):
    """In the order in which they are asked."""
    found = Policy.objects.visible_to(request.user).select_related("branch").order_by("branch", "order", "pk")
    rows = [(one, _in_use(one)) for one in found]
    lines = [(one, version, ASKABLE.words(version.conditions, one.branch) if version else []) for one, version in rows]
    return render(request, "complaints/policies/list.html", {"rows": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def policy(request, pk):
    """The version in use as a form: steps put in and taken out, looked at, or put to use, by the button pressed."""
    found = get_object_or_404(Policy.objects.visible_to(request.user).select_related("branch"), pk=pk)
    if request.method != "POST":
        return _form(request, Draft(found, version=_in_use(found)))
    draft, asked = Draft(found, request.POST), request.POST.get("do", "")
    if asked not in {"look", "publish"}:
        return _form(request, draft.as_typed())
    if not draft.is_valid():
        return _form(request, draft, status=422)
    return _publish(request, draft) if asked == "publish" else _look(request, draft)


@require_POST
@may(RIGHT)
def count(request, pk):
    """How many open complaints fit the conditions of the form now."""
    found = get_object_or_404(Policy.objects.visible_to(request.user).select_related("branch"), pk=pk)
    form = ConditionsForm(request.POST, askable=ASKABLE, branch=found.branch)
    if not form.is_valid():
        return render(request, "complaints/policies/_count.html", {"form": form}, status=422)
    fit, left = matching(found, form.asked)
    return render(request, "complaints/policies/_count.html", {"fit": fit.count(), "left": left.count()})


def _publish(request, draft):
    said = draft.times.cleaned_data
    told = {"by": request.user, "seen": said["seen"], "at": timezone.now(), "note": said["note"]}
    try:
        made = publish(draft.policy, draft.plan(), **told)
    except ValidationError as error:
        draft.refuse(error)
        return _form(request, draft, status=422)
    messages.success(request, _("Version %(n)s is in use. Open complaints keep theirs.") % {"n": made.n})
    return redirect("complaint-policies")


def _look(request, draft):
    """What would fit now: the number, and some of those whom the reader may see."""
    plan: Plan = draft.plan()
    fit, left = matching(draft.policy, list(plan.conditions))
    seen = fit.visible_to(request.user).select_related("category", "owner").order_by("-pk")[:SAMPLE]
    return _form(request, draft, fit=fit.count(), left=left.count(), seen=seen)


def _form(request, draft, *, status=200, **context):
    versions = draft.policy.versions.select_related("made_by").order_by("-n")
    context |= {"draft": draft, "policy": draft.policy, "versions": versions}
    return render(request, "complaints/policies/policy.html", context, status=status)


def _in_use(policy):
    return policy.versions.filter(current=True).select_related("calendar").first()
