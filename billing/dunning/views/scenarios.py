"""Scenarios: what is in use, what one does when, and the next version of it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.dunning.changes import changes
from billing.dunning.fitting import fits
from billing.dunning.forms import Draft, moved, written
from billing.dunning.offered import templates_of, tiers_of, versions_of
from billing.dunning.soundness import Plan
from billing.dunning.timeline import timeline
from billing.models import Scenario
from billing.models.scenarios import CHANGE, VIEW
from staff.access import may


@require_safe
@may(VIEW)
def scenarios(request):
    """In the order in which they are asked, with the open cases of each."""
    rows = list(Scenario.objects.visible_to(request.user).order_by("branch", "order", "pk"))
    versions = versions_of(rows)
    lines = [
        (
            one,
            next((version for version in versions if version.scenario_id == one.pk and version.current), None),
            sum(version.open_cases for version in versions if version.scenario_id == one.pk),
        )
        for one in rows
    ]
    return render(request, "billing/dunning/scenarios.html", {"rows": lines})


@require_safe
@may(VIEW)
def scenario(request, pk):
    """The version in use, or the one the address asks for."""
    found = get_object_or_404(Scenario.objects.visible_to(request.user), pk=pk)
    versions = versions_of([found])
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if (str(one.n) == asked if asked else one.current)), None)
    if asked and not shown:
        raise Http404
    plan = shown and Plan.of(shown)
    context = {
        "scenario": found,
        "versions": versions,
        "version": shown,
        "timeline": plan and timeline(plan, found.branch_id),
        "tiers": [one for one in tiers_of(found.branch_id) if plan and one.code in plan.tiers],
        "may_change": Scenario.objects.visible_to(request.user).changed_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "billing/dunning/scenario.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(CHANGE)
def edit(request, pk):
    """The next version in the making: its steps moved about, looked at, or put to use, by the button pressed."""
    found = get_object_or_404(Scenario.objects.visible_to(request.user).changed_by(request.user), pk=pk)
    current = found.versions.filter(current=True).first()
    used = Plan.of(current) if current else Plan(())
    if request.method != "POST":
        return _form(request, _draft(found, written(used, current.n if current else 0), checked=False))
    asked = request.POST.get("do", "")
    if again := moved(request.POST, asked):
        data, n = again
        return _form(request, _draft(found, data, checked=False), at=n)
    draft = _draft(found, request.POST)
    if draft.is_valid() and asked == "publish" and (made := draft.publish(by=request.user)):
        messages.success(request, _("Version %(n)s is in use. Open cases keep theirs.") % {"n": made.n})
        return redirect("scenario", found.pk)
    if draft.has_errors:
        return _form(request, draft, status=422)
    plan = draft.plan()
    looked_at = {"changes": changes(used, plan), "fits": fits(plan, found, timezone.now())}
    return _form(request, draft, looked_at=looked_at)


def _form(request, draft, *, status=200, **context):
    context |= {"draft": draft, "scenario": draft.scenario}
    return render(request, "billing/dunning/edit.html", context, status=status)


def _draft(scenario, data, *, checked=True):
    templates = [(code, str(one)) for code, one in templates_of(scenario.branch_id).items()]
    tiers = [(one.code, str(one)) for one in tiers_of(scenario.branch_id)]
    return Draft(scenario, data, tiers=tiers, templates=templates, checked=checked)
