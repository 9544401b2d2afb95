"""Two versions compared by replaying the branch's own history."""

from uuid import uuid4

from django import forms
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from billing.dunning import comparing
from billing.dunning.offered import versions_of
from billing.dunning.views.days import branch_of
from billing.models import Scenario
from billing.models.scenarios import CHANGE
from jobs.models import Run
from staff.access import may

MONTHS = (3, 6, 12)


class CompareForm(forms.Form):
    one = forms.TypedChoiceField(label=_("One version"), coerce=int)
    other = forms.TypedChoiceField(label=_("The other version"), coerce=int)
    months = forms.TypedChoiceField(label=_("Over the last"), coerce=int)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, versions, **kwargs):
        super().__init__(*args, **kwargs)
        self.versions = {one.pk: one for one in versions}
        offered = [(pk, f"{one.scenario} · {one.n}") for pk, one in self.versions.items()]
        self.fields["one"].choices = self.fields["other"].choices = offered
        words = ngettext_lazy("%(n)s month", "%(n)s months", "n")
        self.fields["months"].choices = [(n, words % {"n": n}) for n in MONTHS]

    def clean(self):
        said = super().clean()
        if said.get("one") and said.get("one") == said.get("other"):
            self.add_error("other", _("Choose two different versions."))
        return said

    def chosen(self):
        return [self.versions[self.cleaned_data[name]] for name in ("one", "other")]


@require_http_methods(["GET", "HEAD", "POST"])
@may(CHANGE)
def compare(request):
    branch = branch_of(request.user, CHANGE)
    scenarios = Scenario.objects.visible_to(request.user).filter(branch=branch)
    form = CompareForm(request.POST or None, versions=versions_of(list(scenarios)), initial={"key": uuid4()})
    if form.is_valid():
        said = form.cleaned_data
        run = comparing.ask(branch, form.chosen(), said["months"], by=request.user, key=said["key"])
        return redirect("dunning-compared", run.pk)
    return render(request, "billing/dunning/compare.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@may(CHANGE)
def compared(request, pk):
    run = get_object_or_404(Run.objects.visible_to(request.user).filter(job=comparing.JOB), pk=pk)
    context = {"run": run, "columns": comparing.columns(run)}
    return render(request, "billing/dunning/compared.html", context)
