"""The list of requests to the billing system, one with its history, and what a person asks for."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.models import FrozenNumber, ServiceRequest
from billing.service_requests import asking
from billing.service_requests.filters import RequestFilter
from billing.service_requests.forms import RestoreForm
from billing.service_requests.history import history_of
from billing.service_requests.lines import account_of
from billing.service_requests.people import DUN
from billing.service_requests.shown import rows_of
from billing.service_requests.withdrawing import withdraw as withdraw_request
from customers.masking import Shown, reaches
from customers.models import Line
from customers.paging import address, edges, page_of
from customers.tier_marks import ROW
from staff.access import may
from staff.saved_views.lists import with_views

VIEW, TAKE = "billing.view_dunning", "billing.take_payment"
SHOWN = ("line", "account__customer__unit", "account__customer__tier", "asked_by")
LISTED = (  # what a row of the list shows, and whether it is masked
    "action", "origin", "state", "asked_at", "due_at", "line__number", "line__ref",
    *(f"account__customer__{name}" for name in ROW),
)  # fmt: skip
Action, Origin = ServiceRequest.Action, ServiceRequest.Origin


def seen_by(user):
    return ServiceRequest.objects.visible_to(user).reached_with(VIEW, user)


def whole(user):
    return seen_by(user).select_related(*SHOWN)


def filtered(request):
    rows = seen_by(request.user).select_related("line", "account__customer__tier").only(*LISTED)
    return RequestFilter(request.GET, rows, request=request)


@with_views("service-requests", gettext_lazy("Requests to the billing system"), filtered)
@require_safe
@may(VIEW)
def service_requests(request):
    filtering = filtered(request)
    page = page_of(filtering.qs, "id", descending=True, **edges(request.GET))
    context = {
        "filter": filtering,
        "rows": rows_of(page.rows, request.user, timezone.now()),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "narrowed": filtering.narrowed,
    }
    return render(request, "billing/requests/list.html", context)


@require_safe
@may(VIEW)
def service_request(request, pk):
    return _page(request, get_object_or_404(whole(request.user), pk=pk))


def _page(request, one, problem="", status=200):
    [row] = rows_of([one], request.user, timezone.now())
    duns = reaches(request.user, DUN, one.account.customer)
    context = {
        "row": row,
        "history": history_of(one),
        "may_withdraw": duns and one.state == ServiceRequest.State.ASKED and one.origin != Origin.PAID,
        "problem": problem,
    }
    return render(request, "billing/requests/request.html", context, status=status)


@require_POST
@may(DUN)
def withdraw(request, pk):
    one = get_object_or_404(whole(request.user).reached_with(DUN, request.user), pk=pk)
    try:
        withdraw_request(one, by=request.user)
    except ValidationError as error:
        one.refresh_from_db()
        return _page(request, one, problem=error.messages[0], status=422)
    messages.success(request, _("Withdrawn."))
    return redirect("service-request", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@may(DUN)
def restore(request, pk):
    rows = Line.objects.visible_to(request.user).reached_with(DUN, request.user)
    line = get_object_or_404(rows.select_related("customer__tier"), pk=pk)
    form = RestoreForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(line, Action.RESTORE, Origin.STAFF, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Asked for."))
            return redirect("service-request", made.pk)
    context = {"line": line, "shown": Shown(line.customer, request.user), "form": form}
    return render(request, "billing/requests/restore.html", context, status=422 if form.is_bound else 200)


@require_POST
@may(TAKE)
def reclaim(request, pk):
    """At the counter: the owner asks for a kept number. The same number asked for twice is one request."""
    rows = FrozenNumber.objects.visible_to(request.user).reached_with(TAKE, request.user)
    kept = get_object_or_404(rows.select_related("line__customer"), pk=pk)
    try:
        asking.ask(
            kept.account, kept.line, Action.RECLAIM, origin=Origin.CUSTOMER, key=f"reclaim:{kept.pk}", by=request.user
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Asked for; the number is back as soon as the billing system confirms."))
    return redirect("customer", kept.line.customer_id)


def _ask(line, action, origin, *, by, key, reason):
    account = account_of(line)
    if account is None:
        raise ValidationError(_("Nobody pays for this line."))
    return asking.ask(account, line, action, origin=origin, key=f"form:{key}", by=by, reason=reason)
