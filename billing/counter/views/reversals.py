"""Asking for a payment to be taken back, and deciding on it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.counter import reversing
from billing.counter.forms import AskForm, RefuseForm
from billing.counter.taking import RIGHT
from billing.counter.views.payments import receipt_of, receipt_page
from billing.models import Receipt, Reversal
from billing.models.accounts import VIEW
from billing.models.reversals import APPROVE
from customers.masking import Shown
from staff.access import may

SHOWN = (
    "asked_by", "decided_by", "shift__clerk", "receipt__unit", "receipt__payment__by",
    "receipt__payment__account__customer",
)  # fmt: skip


@require_POST
@may(RIGHT)
def ask(request, pk):
    receipt, form = receipt_of(request, pk, right=RIGHT), AskForm(request.POST)
    if form.is_valid():
        try:
            made = reversing.ask(receipt, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Asked for; you hear as soon as it is decided."))
            return redirect("reversal", made.pk)
    return receipt_page(request, receipt, form)


@require_safe
@may(VIEW)
def reversal(request, pk):
    return _page(request, _reversal_of(request, pk))


def _reversal_of(request, pk, narrowed=lambda rows, user: rows):
    rows = narrowed(Reversal.objects.visible_to(request.user), request.user)
    return get_object_or_404(rows.select_related(*SHOWN), pk=pk)


def _page(request, one, form=None, problem="", status=200):
    """The customer stands there for those who reach them; the receipt's number and sum for whoever decides."""
    customer = one.receipt.payment.account.customer
    known = Receipt.objects.visible_to(request.user).filter(pk=one.receipt_id).exists()
    own = one.asked_by_id == request.user.pk
    decides = Reversal.objects.visible_to(request.user).approved_by(request.user).filter(pk=one.pk).exists()
    context = {
        "reversal": one,
        "shown": Shown(customer, request.user) if known else None,
        "may_decide": one.is_waiting and decides and not own,
        "may_withdraw": one.is_waiting and own,
        "form": form or RefuseForm(),
        "problem": problem,
    }
    return render(request, "billing/counter/reversal.html", context, status=status)


@require_POST
@may(APPROVE)
def approve(request, pk):
    one = _reversal_of(request, pk, lambda rows, user: rows.approved_by(user))
    return _press(request, one, reversing.approve, _("Approved; the money may be paid back."))


@require_POST
@may(RIGHT)
def withdraw(request, pk):
    one = _reversal_of(request, pk, lambda rows, user: rows.filter(asked_by=user))
    return _press(request, one, reversing.withdraw, _("Withdrawn."))


def _press(request, one, operate, said):
    """A button without a form: what is refused is said above the facts."""
    try:
        operate(one, by=request.user)
    except ValidationError as error:
        one.refresh_from_db()
        return _page(request, one, problem=error.messages[0], status=422)
    messages.success(request, said)
    return redirect("reversal", one.pk)


@require_POST
@may(APPROVE)
def refuse(request, pk):
    one = _reversal_of(request, pk, lambda rows, user: rows.approved_by(user))
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            reversing.refuse(one, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Not approved; %(person)s hears why.") % {"person": one.asked_by})
            return redirect("reversal", pk)
    one.refresh_from_db()
    return _page(request, one, form=form, status=422)
