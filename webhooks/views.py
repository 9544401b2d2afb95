"""The pages of webhooks."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobs.views import refusals_shown
from staff.access import may
from webhooks import kinds, overview, redelivery
from webhooks.forms import PeriodForm, SecretForm, SubscriptionForm
from webhooks.models import RIGHT, Delivery, Subscription
from webhooks.sending import body_of


@require_safe
@may(RIGHT)
def webhooks(request):
    return render(request, "webhooks/list.html", {"lines": overview.lines(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def new(request):
    """The secret is shown in the answer and never again; the same form sent twice leads to the subscription."""
    form = SubscriptionForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made, is_new = Subscription.subscribe(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _secret_page(request, made) if is_new else redirect("webhook", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "webhooks/new.html", {"form": form}, status=status)


def _secret_page(request, subscription):
    context = {"subscription": subscription, "secret": subscription.secret}
    return render(request, "webhooks/secret.html", context)


@require_safe
@may(RIGHT)
def webhook(request, pk):
    return _page(request, _subscription(request, pk), PeriodForm())


def _page(request, subscription, form, status=200):
    before, state = request.GET.get("before", ""), request.GET.get("state", "")
    found, older = overview.log(subscription, state, int(before[:18]) if before.isdecimal() else None)
    context = {
        "subscription": subscription,
        "line": overview.with_counts([subscription])[0],
        "told": [kinds.label(kind) for kind in subscription.kinds],
        "deliveries": [(one, kinds.label(one.kind)) for one in found],
        "older": older,
        "state": state if state in Delivery.State.values else "",
        "states": Delivery.State.choices,
        "form": form,
    }
    return render(request, "webhooks/webhook.html", context, status=status)


@require_safe
@may(RIGHT)
def delivery(request, pk, delivery):
    one = _delivery(request, pk, delivery)
    context = {
        "subscription": one.subscription,
        "delivery": one,
        "kind": kinds.label(one.kind),
        "body": overview.shown_body(one),
        "size": len(body_of(one)),
        "attempts": one.made.order_by("-n"),
    }
    return render(request, "webhooks/delivery.html", context)


@require_POST
@may(RIGHT)
def pause(request, pk):
    with refusals_shown(request):
        _subscription(request, pk).pause(by=request.user)
    return redirect("webhook", pk)


@require_POST
@may(RIGHT)
def resume(request, pk):
    with refusals_shown(request):
        _subscription(request, pk).resume(by=request.user)
    return redirect("webhook", pk)


@require_POST
@may(RIGHT)
def withdraw(request, pk):
    with refusals_shown(request):
        _subscription(request, pk).withdraw(by=request.user)
    return redirect("webhook", pk)


@require_POST
@may(RIGHT)
def secret(request, pk):
    """Like `new`: shown in the answer, never again."""
    subscription, form = _subscription(request, pk), SecretForm(request.POST)
    with refusals_shown(request):
        if form.is_valid():
            subscription.change_secret(by=request.user, seen=form.cleaned_data["seen"])
            return _secret_page(request, subscription)
        messages.error(request, _("The page was out of date. Please try again."))
    return redirect("webhook", pk)


@require_POST
@may(RIGHT)
def test(request, pk):
    subscription = _subscription(request, pk)
    with refusals_shown(request):
        return redirect("webhook-delivery", pk, redelivery.send_test(subscription, by=request.user).pk)
    return redirect("webhook", pk)


@require_POST
@may(RIGHT)
def redeliver(request, pk, delivery):
    with refusals_shown(request):
        redelivery.redeliver(_delivery(request, pk, delivery), by=request.user)
        messages.success(request, _("It is sent again."))
    return redirect("webhook-delivery", pk, delivery)


@require_POST
@may(RIGHT)
def redeliver_period(request, pk):
    subscription, form = _subscription(request, pk), PeriodForm(request.POST)
    if not form.is_valid():
        return _page(request, subscription, form, status=422)
    with refusals_shown(request):
        many = redelivery.redeliver_period(subscription, by=request.user, **form.period())
        said = ngettext("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", many)
        messages.success(request, said % {"n": many})
    return redirect("webhook", pk)


def _subscription(request, pk):
    rows = Subscription.objects.visible_to(request.user).select_related("unit", "branch", "created_by")
    return get_object_or_404(rows, pk=pk)


def _delivery(request, pk, delivery):
    rows = Delivery.objects.visible_to(request.user).select_related("subscription__unit")
    return get_object_or_404(rows, pk=delivery, subscription=pk)
