"""Scenarios: what is in use, what one does when, and the next version of it."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.dunning.changes import changes
from billing.dunning.fitting import fits
from billing.dunning.forms import Draft, moved, written
from billing.dunning.soundness import Plan
from billing.dunning.timeline import timeline
from billing.models import DunningCase, Scenario, Stage
from customers.models import Tier
from outreach.models import Template
from staff.access import may

VIEW, CHANGE = "billing.view_dunning", "billing.scenarios"


@require_safe
@may(VIEW)
def scenarios(request):
    """With the number of cases that each has open: as the branch sees them, without customers."""
    rows = Scenario.objects.visible_to(request.user).order_by("branch", "order", "pk")
    current = {one.scenario_id: one for one in _versions(rows).filter(current=True)}
    context = {"rows": [(one, current.get(one.pk)) for one in rows], "may_change": request.user.has_perm(CHANGE)}
    return render(request, "billing/dunning/scenarios.html", context)


@require_safe
@may(VIEW)
def scenario(request, pk):
    """The version in use, or the one the address asks for."""
    found = get_object_or_404(Scenario.objects.visible_to(request.user), pk=pk)
    versions = list(_versions([found]).order_by("-n"))
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.n) == asked or (not asked and one.current)), None)
    if asked and not shown:
        raise Http404
    plan = shown and Plan.of(shown)
    context = {
        "scenario": found,
        "versions": versions,
        "version": shown,
        "plan": plan,
        "timeline": plan and timeline(plan, found.branch_id),
        "tiers": [str(one) for one in _tiers(found) if plan and one.code in plan.tiers],
        "may_change": Scenario.objects.visible_to(request.user).changed_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "billing/dunning/scenario.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(CHANGE)
def edit(request, pk):
    """The next version in the making: moved about, looked at, or put to use, by the button that was pressed."""
    found = get_object_or_404(Scenario.objects.visible_to(request.user).changed_by(request.user), pk=pk)
    current = found.versions.filter(current=True).first()
    used = Plan.of(current) if current else Plan(())
    if request.method != "POST":
        return _form(request, found, _draft(found, written(used, current.n if current else 0)))
    asked = request.POST.get("do", "")
    if again := moved(request.POST, asked):
        data, n = again
        return _form(request, found, _draft(found, data), at=n)
    draft = _draft(found, request.POST)
    if not draft.is_valid():
        return _form(request, found, draft, refused=True)
    if asked != "publish":
        return _form(request, found, draft, {"changes": changes(used, draft.plan()), "fits": fits(draft)})
    made = draft.publish(by=request.user)
    if made is None:
        return _form(request, found, draft, refused=True)
    messages.success(request, _("Version %(n)s is in use. Open cases keep theirs.") % {"n": made.n})
    return redirect("scenario", found.pk)


def _form(request, scenario, draft, looked_at=None, *, at=None, refused=False):
    context = {"scenario": scenario, "draft": draft, "refused": refused, "at": at, "looked_at": looked_at}
    return render(request, "billing/dunning/edit.html", context, status=422 if refused else 200)


def _draft(scenario, data):
    templates = Template.objects.filter(branch=scenario.branch_id, active=True).order_by("code")
    return Draft(
        scenario,
        data,
        tiers=[(one.code, str(one)) for one in _tiers(scenario)],
        templates=[(one.code, str(one)) for one in templates],
    )
