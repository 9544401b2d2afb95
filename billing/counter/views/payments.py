"""Taking a payment from the customer's page, and its receipt."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from billing.counter import taking, tills
from billing.counter.capitals import in_capitals
from billing.counter.forms import AskForm, PaymentForm
from billing.models import Receipt, Reversal
from billing.models.accounts import VIEW
from customers.masking import Shown, reaches
from customers.views.lookup import customer_of
from staff.access import may

SHOWN = ("unit", "branch", "shift", "payment__by", "payment__account__customer__tier")


@require_http_methods(["GET", "HEAD", "POST"])
@may(taking.RIGHT)
def pay(request, pk):
    """The form; sent, the receipt. Without an open shift the same form opens one, so that nothing typed is lost."""
    customer, shown = customer_of(request, pk, right=taking.RIGHT)
    shift = tills.open_of(request.user)
    sent = request.POST if request.method == "POST" else None
    form = PaymentForm(sent, customer=customer, clerk=request.user, shift=shift)
    if sent is not None and form.is_valid() and (receipt := _take(form, request.user)):
        return redirect("receipt", receipt.pk)
    left_open = shift and shift.is_left_open(timezone.now())
    context = {"customer": customer, "shown": shown, "form": form, "shift": shift, "left_open": left_open}
    return render(request, "billing/counter/pay.html", context, status=422 if form.errors else 200)


def _take(form, user):
    """The receipt, or None with the reasons on the form; the shift is opened with the payment or not at all."""
    try:
        with transaction.atomic():
            if form.needs_shift:
                tills.open_shift(by=user, opening_float=form.cleaned_data["opening_float"])
            return taking.take_payment(by=user, **form.told())
    except ValidationError as error:
        form.refuse(error)
        return None


@require_safe
@may(VIEW)
def receipt(request, pk):
    return receipt_page(request, receipt_of(request, pk))


def receipt_of(request, pk, right=None):
    rows = Receipt.objects.visible_to(request.user)
    if right:
        rows = rows.reached_with(right, request.user)
    return get_object_or_404(rows.select_related(*SHOWN), pk=pk)


def receipt_page(request, receipt, form=None):
    """The receipt, and below it the way to take it back; `form` where that was refused."""
    customer = receipt.payment.account.customer
    asked = list(Reversal.objects.visible_to(request.user).filter(receipt=receipt).order_by("-pk"))
    may_ask = reaches(request.user, taking.RIGHT, customer) and not receipt.payment.reversed_at
    context = {
        "receipt": receipt,
        "payment": receipt.payment,
        "customer": customer,
        "shown": Shown(customer, request.user),
        "pays": receipt.pays(),
        "capitals": in_capitals(receipt.payment.amount),
        "asked": asked,
        "form": (form or AskForm()) if may_ask and not any(one.is_waiting for one in asked) else None,
    }
    return render(request, "billing/counter/receipt.html", context, status=422 if form else 200)
