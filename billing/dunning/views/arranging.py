"""A new scenario, and what is set of one as a whole."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.dunning import arranging
from billing.dunning.arranging_forms import NewScenarioForm, ScenarioForm
from billing.dunning.views.days import branch_of
from billing.models import Scenario
from billing.models.scenarios import CHANGE
from staff.access import may


@require_http_methods(["GET", "HEAD", "POST"])
@may(CHANGE)
def new(request):
    branch = branch_of(request.user, CHANGE)
    form = NewScenarioForm(request.POST if request.method == "POST" else None, others=_of(request.user, branch.pk))
    if made := _kept(form, lambda: arranging.create(branch, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Made; now write its first version."))
        return redirect("scenario-edit", made.pk)
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@may(CHANGE)
def settings(request, pk):
    found = get_object_or_404(Scenario.objects.visible_to(request.user).changed_by(request.user), pk=pk)
    every = _of(request.user, found.branch_id)
    others = [one for one in every if one.pk != found.pk]
    now = {"name": found.name, "name_en": found.name_en, "place": every.index(found) + 1, "active": found.active}
    form = ScenarioForm(request.POST if request.method == "POST" else None, others=others, initial=now)
    if _kept(form, lambda: arranging.arrange(found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("scenario", pk)
    found.refresh_from_db()
    return _page(request, form, found)


def _of(user, branch_id):
    """In the order in which they are asked."""
    return list(Scenario.objects.visible_to(user).changed_by(user).filter(branch=branch_id).order_by("order", "pk"))


def _kept(form, operate):
    """What `operate` gives; None where nothing was sent, or with the reasons on the form."""
    if not (form.is_bound and form.is_valid()):
        return None
    try:
        return operate()
    except ValidationError as error:
        form.refuse(error)
        return None


def _page(request, form, scenario=None):
    context = {"form": form, "scenario": scenario}
    return render(request, "billing/dunning/arrange.html", context, status=422 if form.errors else 200)
