"""Deciding on money that a colleague asks to give back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from complaints import compensating
from complaints.forms.acts import RefuseForm
from complaints.models import Compensation
from complaints.models.work import APPROVE
from complaints.seen import seen_by
from staff.access import may

SHOWN = ("complaint__customer__tier", "complaint__category", "complaint__branch", "bill", "asked_by")


@require_safe
@may(APPROVE)
def compensations(request):
    return _page(request)


def _rows(request):
    return Compensation.objects.visible_to(request.user).approved_by(request.user)


def _page(request, bound=None):
    """What waits for the person, oldest first; `bound` is the form that was refused: (id, form)."""
    pk, form = bound or (None, None)
    rows = _rows(request).waiting().select_related(*SHOWN).order_by("pk")
    waiting = [
        (one, seen_by(request.user, one.complaint).text(one.reason), form if one.pk == pk else _refusal(one.pk))
        for one in rows[:100]
    ]
    return render(request, "complaints/compensations.html", {"waiting": waiting}, status=422 if bound else 200)


def _refusal(pk, data=None):
    return RefuseForm(data, auto_id=f"refuse_{pk}_%s")


@require_POST
@may(APPROVE)
def approve(request, pk):
    one = get_object_or_404(_rows(request), pk=pk)
    try:
        compensating.approve(one, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Approved; the bill is less."))
    return redirect("compensations")


@require_POST
@may(APPROVE)
def refuse(request, pk):
    one, form = get_object_or_404(_rows(request), pk=pk), _refusal(pk, request.POST)
    if form.is_valid():
        try:
            compensating.refuse(one, by=request.user, reason=form.cleaned_data["refused_for"])
        except ValidationError as error:
            form.refuse(error)
        else:
            return redirect("compensations")
    return _page(request, bound=(pk, form))
