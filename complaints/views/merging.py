"""Choosing the complaint that another one goes on in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints import acts, merging
from complaints.forms.acts import MergeForm
from complaints.models import Complaint
from complaints.models.complaints import LEAD
from complaints.seen import seen_by
from complaints.views.complaint import complaint_of
from staff.access import may

MOST = 50


@require_http_methods(["GET", "HEAD", "POST"])
@may(LEAD)
def merge(request, pk):
    """Open ones of the same customer or incident that the person leads, too."""
    one = complaint_of(request, pk, acts.leads)
    form = MergeForm(request.POST or None, complaint=one, user=request.user, name="merge")
    if request.method == "POST" and form.is_valid() and _merged(request, one, form):
        return redirect("complaint", form.cleaned_data["into"])
    rows = _candidates(request, one).select_related("category", "owner", "customer", "branch").order_by("-received_at")
    shown = [(row, seen_by(request.user, row)) for row in rows[:MOST]]
    context = {
        "complaint": one,
        "form": form,
        "candidates": [(row, seen.text(row.words)) for row, seen in shown],
        "chosen": str(form["into"].value() or ""),
    }
    return render(request, "complaints/merge.html", context, status=422 if form.errors else 200)


def _candidates(request, one):
    rows = Complaint.objects.visible_to(request.user).led_by(request.user)
    return rows.filter(pk__in=merging.candidates(one).values("pk"))


def _merged(request, one, form):
    told = form.cleaned_data
    into = _candidates(request, one).filter(pk=told.pop("into")).first()
    if into is None:
        form.add_error("into", _("Choose one of these complaints."))
        return False
    try:
        merging.merge(one, into, by=request.user, **told)
    except ValidationError as error:
        form.refuse(error)
        return False
    form.cleaned_data["into"] = into.pk
    messages.success(request, _("%(number)s goes on here.") % {"number": one})
    return True
