"""A promise to pay is made from the customer's page, read, withdrawn; and the list of those who work dunning."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.dunning.agreements.forms import PromiseForm, WithdrawForm
from billing.dunning.agreements.listed import PromiseFilter, kept_rate, lines_of, whole
from billing.dunning.days import day_in
from billing.dunning.promises import limits, making
from billing.models import Account, DunningRules, PaymentPromise
from billing.models.accounts import VIEW
from customers.masking import Shown, reaches
from customers.paging import address, edges, page_of
from customers.tier_marks import TierMarks
from staff.access import may
from staff.saved_views.lists import with_views

SHOWN = ("account__branch", "account__customer__tier", "account__customer__unit", "made_by", "case")


@require_http_methods(["GET", "HEAD", "POST"])
@may(making.RIGHT)
def promise(request, pk):
    rows = Account.objects.visible_to(request.user).reached_with(making.RIGHT, request.user)
    account = get_object_or_404(rows.select_related("branch", "customer__tier", "customer__manager"), pk=pk)
    form = _form(request, account)
    if form.is_bound and form.is_valid() and _made(form, account, request.user):
        messages.success(request, _("The promise is on record; dunning rests meanwhile."))
        return redirect("customer", account.customer_id)
    context = {
        "account": account,
        "shown": Shown(account.customer, request.user),
        "overdue": making.overdue(account, form.day),
        "form": form,
        "taken_here": limits.promises_to(account.customer, request.user),
    }
    return render(request, "billing/agreements/promise.html", context, status=422 if form.errors else 200)


def _form(request, account):
    day = day_in(account.branch, timezone.now())
    return PromiseForm(
        request.POST if request.method == "POST" else None,
        rules=DunningRules.of(account.branch_id),
        day=day,
        overdue=making.overdue(account, day),
        goes_beyond=reaches(request.user, limits.DUN, account.customer),
    )


def _made(form, account, user):
    try:
        return making.promise(account, by=user, **form.told())
    except ValidationError as error:
        form.refuse(error)
        return None


@require_safe
@may(VIEW)
def payment_promise(request, pk):
    return _page(request, _promise_of(request, pk))


def _promise_of(request, pk, right=VIEW):
    rows = PaymentPromise.objects.visible_to(request.user).reached_with(right, request.user)
    return get_object_or_404(rows.select_related(*SHOWN).prefetch_related("parts"), pk=pk)


def _page(request, one, form=None):
    customer = one.account.customer
    shown = Shown(customer, request.user)
    context = {
        "promise": one,
        "shown": shown,
        "note": shown.text(one.note),
        "beyond": shown.text(one.beyond),
        "ended_for": shown.text(one.ended_for),
        "form": form or WithdrawForm(),
        "may_withdraw": one.state == PaymentPromise.State.OPEN and reaches(request.user, making.RIGHT, customer),
    }
    return render(request, "billing/agreements/payment_promise.html", context, status=422 if form else 200)


@require_POST
@may(making.RIGHT)
def withdraw(request, pk):
    one, form = _promise_of(request, pk, making.RIGHT), WithdrawForm(request.POST)
    if form.is_valid():
        try:
            making.withdraw(one, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Withdrawn; dunning goes on."))
            return redirect("customer", one.account.customer_id)
    return _page(request, one, form)


def filtered(request):
    rows = PaymentPromise.objects.visible_to(request.user).reached_with("billing.view_dunning", request.user)
    return PromiseFilter(request.GET, rows, request=request)


@with_views("payment-promises", gettext_lazy("Promises to pay"), filtered)
@require_safe
@may("billing.view_dunning")
def payment_promises(request):
    """Those of whom the person sees the dunning; the ones that are due first."""
    filtering = filtered(request)
    page = page_of(filtering.qs.only("pk"), "next_on", **edges(request.GET))
    context = {
        "filter": filtering,
        "lines": lines_of(whole(page.rows, filtering.queryset), request.user, TierMarks(), timezone.now()),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "rate": kept_rate(filtering.queryset, timezone.now()),
    }
    return render(request, "billing/agreements/payment_promises.html", context)
