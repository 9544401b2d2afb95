"""What dunning brought in, by step and month, down to the cases (A26)."""

from datetime import timedelta

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from billing.dunning.offered import versions_in_order
from billing.dunning.recovering import WITHIN, cases_of
from billing.dunning.recovering import recovery as recovered
from billing.dunning.views.days import branch_of
from billing.models import DunningCase, Scenario
from customers.masking import Shown
from customers.paging import address
from customers.tier_marks import TierMarks
from staff.access import may
from staff.forms import DayInput, DaysForm

VIEW = "billing.view_dunning"
MONTHS = 180  # days, unless others are asked for
SIZE = 25


class RecoveryForm(DaysForm):
    """Which version, which days, and how long a payment counts as an effect of a step."""

    version = forms.ChoiceField(label=_("Scenario and version"), required=False)
    first = forms.DateField(label=_("From"), widget=DayInput)
    last = forms.DateField(label=_("Up to"), widget=DayInput)
    within = forms.TypedChoiceField(label=_("Paid within"), coerce=int)
    step = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**62)

    def __init__(self, *args, versions, within, **kwargs):
        super().__init__(*args, **kwargs)
        self.versions = {str(one.pk): one for one in versions}
        self.fields["version"].choices = [(key, f"{one.scenario} · {one.n}") for key, one in self.versions.items()]
        words = ngettext_lazy("%(n)s day", "%(n)s days", "n")
        self.fields["within"].choices = [(n, words % {"n": n}) for n in sorted({*WITHIN, within})]

    def asked(self) -> dict:
        """The arguments of `recovering.recovery` beside the person."""
        said = self.cleaned_data
        return {
            "version": self.versions[said["version"]],
            **{name: said[name] for name in ("first", "last", "within")},
        }


@require_safe
@may(VIEW)
def recovery(request):
    form = _asked(request)
    found = recovered(request.user, **form.asked()) if form.is_valid() and form.versions else None
    context = {"form": form, "recovery": found, "query": request.GET.urlencode() or _query(form)}
    return render(request, "billing/dunning/recovery.html", context, status=422 if form.errors else 200)


@require_safe
@may(VIEW)
def cases(request):
    """The cases behind a figure."""
    form = _asked(request)
    rows, said = [], form.cleaned_data if form.is_valid() else {}
    if form.versions and said.get("step"):
        asked = {"step": said["step"], "after": said["after"] or 0, "most": SIZE + 1}
        rows = cases_of(request.user, **form.asked(), **asked)
    known = DunningCase.objects.visible_to(request.user).seen_by(request.user)
    found = known.select_related("account__customer__tier").in_bulk([pk for pk, *_sums in rows[:SIZE]])
    marks = TierMarks()
    context = {
        "rows": [
            (case, Shown(case.account.customer, request.user), marks[case.account.customer.tier], asked, paid)
            for pk, asked, paid, _step in rows[:SIZE]
            if (case := found.get(pk))
        ],
        "following": address(request.GET, after=rows[SIZE - 1][-1]) if len(rows) > SIZE else None,
    }
    return render(request, "billing/dunning/recovered.html", context)


def _asked(request):
    """The form; what the address leaves out is the last half year of the scenario asked first."""
    branch = branch_of(request.user, VIEW)
    versions = versions_in_order(Scenario.objects.visible_to(request.user).filter(branch=branch))
    today, within = branch.today(), _within(branch)
    usual = {
        "version": str(versions[0].pk) if versions else "",
        "first": str(today - timedelta(days=MONTHS)),
        "last": str(today),
        "within": str(within),
    }
    return RecoveryForm(usual | request.GET.dict(), versions=versions, within=within)


def _within(branch):
    return getattr(getattr(branch, "dunning_rules", None), "paid_within", 7)


def _query(form):
    return "&".join(f"{name}={form.data[name]}" for name in ("version", "first", "last", "within"))
