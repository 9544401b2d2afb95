"""A bill is disputed, dunning of an account is stopped; and the page on which either ends."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.dunning import disputing, stopping
from billing.dunning.agreements.forms import DisputeForm, EndForm, StopForm
from billing.dunning.days import day_in
from billing.models import Account, Bill, Hold
from billing.models.accounts import VIEW
from customers.masking import Shown, reaches
from staff.access import may

SHOWN = ("account__customer__tier", "account__customer__unit", "bill", "by", "ended_by")


@require_http_methods(["GET", "HEAD", "POST"])
@may(disputing.BEGIN)
def dispute(request, pk):
    rows = Bill.objects.visible_to(request.user).reached_with(disputing.BEGIN, request.user)
    bill = get_object_or_404(rows.select_related("account__customer__tier"), pk=pk)
    form = DisputeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _kept(form, disputing.dispute, bill, request.user):
        messages.success(request, _("The bill is disputed; nobody is dunned for it meanwhile."))
        return redirect("customer", bill.account.customer_id)
    return _form(request, "billing/agreements/dispute.html", bill.account, form, bill=bill)


@require_http_methods(["GET", "HEAD", "POST"])
@may(stopping.RIGHT)
def stop(request, pk):
    rows = Account.objects.visible_to(request.user).reached_with(stopping.RIGHT, request.user)
    account = get_object_or_404(rows.select_related("branch", "customer__tier"), pk=pk)
    form = StopForm(request.POST if request.method == "POST" else None, day=day_in(account.branch, timezone.now()))
    if form.is_bound and form.is_valid() and _kept(form, stopping.stop, account, request.user):
        messages.success(request, _("Dunning of this account is stopped."))
        return redirect("customer", account.customer_id)
    return _form(request, "billing/agreements/stop.html", account, form, longest=stopping.LONGEST)


def _kept(form, operate, row, user):
    try:
        return operate(row, by=user, **form.told())
    except ValidationError as error:
        form.refuse(error)
        return None


def _form(request, template, account, form, **more):
    context = {"account": account, "shown": Shown(account.customer, request.user), "form": form} | more
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@may(VIEW)
def hold(request, pk):
    return _page(request, _hold_of(request, pk))


def _hold_of(request, pk, right=VIEW):
    rows = Hold.objects.visible_to(request.user).reached_with(right, request.user)
    return get_object_or_404(rows.select_related(*SHOWN), pk=pk)


def _page(request, one, form=None):
    customer = one.account.customer
    shown = Shown(customer, request.user)
    context = {
        "hold": one,
        "shown": shown,
        "reason": shown.text(one.reason),
        "ended_for": shown.text(one.ended_for),
        "form": form or EndForm(),
        "may_end": one.ended_at is None and reaches(request.user, disputing.END, customer),
    }
    return render(request, "billing/agreements/hold.html", context, status=422 if form else 200)


@require_POST
@may(disputing.END)
def end(request, pk):
    one, form = _hold_of(request, pk, disputing.END), EndForm(request.POST)
    if form.is_valid():
        try:
            _end(one, request.user, form.cleaned_data["outcome"])
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Ended; dunning goes on."))
            return redirect("customer", one.account.customer_id)
    return _page(request, one, form)


def _end(one, user, words):
    if one.kind == Hold.Kind.DISPUTE:
        disputing.settle(one, by=user, outcome=words)
    else:
        stopping.let_go_on(one, by=user, reason=words)
