"""The dry run of a day, and dunning at once."""

from datetime import date
from uuid import uuid4

from django import forms
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from billing.dunning import at_once, foreseeing
from billing.dunning.dry_run import days_ahead, dry_run, names, said
from billing.dunning.views.cases import branches_of
from customers.masking import Shown
from customers.paging import address
from customers.tier_marks import TierMarks
from jobs.forms import key_of
from jobs.models import Run
from staff.access import may
from staff.forms import DayInput
from staff.models import Unit
from staff.scope import scope_of

VIEW, DUN = "billing.view_dunning", "billing.dun"


class DayForm(forms.Form):
    """Which day, and of it which names."""

    day = forms.DateField(label=_("Day"), widget=DayInput, required=False)
    step = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    tier = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    reason = forms.SlugField(required=False, max_length=40)

    def __init__(self, *args, days, **kwargs):
        super().__init__(*args, **kwargs)
        self.first, self.last = days
        self.fields["day"].widget.attrs |= {"min": str(self.first), "max": str(self.last)}

    def clean_day(self) -> date:
        day = self.cleaned_data["day"] or self.first
        if not self.first <= day <= self.last:
            words = _("Choose a day from %(first)s to %(last)s.")
            raise forms.ValidationError(words, params={"first": self.first, "last": self.last})
        return day


@require_safe
@may(VIEW)
def dry(request):
    """Counts and sums by step and tier, and why others are left out: as last computed, and computed anew where that
    is long ago. Nothing is changed.
    """
    return _page(request, branch_of(request.user, VIEW), request.GET.get("day"))


def _page(request, branch, day):
    at = timezone.now()
    form = DayForm({"day": day or str(branch.today())}, days=days_ahead(branch))
    context = {"form": form, "branch": branch, "last": at_once.last_of(branch, at)}
    if form.is_valid():
        context |= _known(request, branch, form.cleaned_data["day"], context["last"], at)
    if branch.pk in scope_of(request.user, DUN).branches:
        context["key"] = uuid4()
    return render(request, "billing/dunning/dry_run.html", context, status=200 if form.is_valid() else 422)


def _known(request, branch, day, last, at):
    known = foreseeing.known(branch, day)
    return {
        "known": known,
        "found": dry_run(request.user, known.made) if known.made else None,
        "ask": known.is_due(at, last.finished_at if last else None),
    }


@require_POST
@may(VIEW)
def foresee(request):
    """Computes a day anew; asked by several at the same time it is computed once."""
    branch = branch_of(request.user, VIEW)
    form = DayForm(request.POST, days=days_ahead(branch))
    if not form.is_valid():
        return redirect("dunning-dry-run")
    day = form.cleaned_data["day"]
    foreseeing.ask(branch, day, by=request.user)
    if request.htmx:  # it takes an answer from another address for the end of the session
        return _page(request, branch, str(day))
    return redirect(f"{reverse('dunning-dry-run')}?day={day}")


@require_safe
@may(VIEW)
def people(request):
    """Those met by one step, or left out for one reason."""
    branch = branch_of(request.user, VIEW)
    form = DayForm(request.GET, days=days_ahead(branch))
    if not form.is_valid() or not (made := foreseeing.known(branch, form.cleaned_data["day"]).made):
        return redirect("dunning-dry-run")
    asked = form.cleaned_data
    of = {"step": asked["step"], "tier": asked["tier"], "reason": asked["reason"]}
    page, following = names(request.user, made, after=asked["after"] or 0, **of)
    marks = TierMarks()
    context = {
        "made": made,
        "reason": asked["reason"] and said(asked["reason"]),
        "rows": [(one, Shown(one.account.customer, request.user), marks[one.account.customer.tier]) for one in page],
        "following": following and address(request.GET, after=following),
    }
    return render(request, "billing/dunning/people.html", context)


@require_POST
@may(DUN)
def run_now(request):
    """Today, at once; pressed twice it is one run."""
    branch = branch_of(request.user, DUN)
    key = key_of(request.POST) or uuid4()
    return redirect("dunning-ran", at_once.ask(branch, by=request.user, key=key).pk)


@require_safe
@may(DUN)
def ran(request, pk):
    """How far it has come, and what it did."""
    run = get_object_or_404(Run.objects.visible_to(request.user).filter(job=at_once.JOB), pk=pk)
    branch = get_object_or_404(Unit.objects.visible_to(request.user), pk=run.branch_id)
    context = {"run": run, "branch": branch, "done": at_once.done(run)}
    return render(request, "billing/dunning/ran.html", context)


def branch_of(user, right):
    """The branch in which the person holds the right: their own where it is among several."""
    branches = scope_of(user, right).branches or branches_of(user)
    key = user.branch_id if user.branch_id in branches else min(branches)
    return get_object_or_404(Unit.objects.visible_to(user), pk=key)
