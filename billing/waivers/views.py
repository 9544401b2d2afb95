"""Late fees that are waived: asked for from the customer's page or the case, and decided on."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.dunning.days import day_in
from billing.models import Account, BillingRules, Waiver
from billing.models import accounts as of_accounts
from billing.models.waivers import ASK, DECIDE, VIEW
from billing.waivers import booking, limits, waiving
from billing.waivers.forms import RefuseForm, WaiveForm
from customers.masking import Shown, reaches
from customers.paging import address, edges, page_of
from staff.access import may

SHOWN = ("account__customer__tier", "account__customer__unit", "asked_by", "decided_by")


@require_http_methods(["GET", "HEAD", "POST"])
@may(ASK)
def waive(request, pk):
    rows = Account.objects.visible_to(request.user).reached_with(ASK, request.user)
    account = get_object_or_404(rows.select_related("branch", "customer__tier", "customer__unit"), pk=pk)
    rules = BillingRules.of(account.branch_id)
    now = timezone.now()
    most = booking.waivable(account, day_in(account.branch, now), rules)
    form = WaiveForm(request.POST if request.method == "POST" else None, most=most)
    if form.is_bound and form.is_valid() and (made := _made(form, account, request.user)):
        messages.success(request, _said(made))
        return redirect("waiver", made.pk)
    context = {
        "account": account,
        "shown": Shown(account.customer, request.user),
        "form": form,
        "most": most,
        "at_once": limits.left(request.user, account, rules, now),
    }
    return render(request, "billing/waivers/waive.html", context, status=422 if form.errors else 200)


def _made(form, account, user):
    try:
        return waiving.waive(account, by=user, **form.told())
    except ValidationError as error:
        form.refuse(error)
        return None


def _said(made):
    if made.is_waiting:
        return _("Asked for; you hear as soon as it is decided.")
    return _("The late fee is waived.")


@require_safe
@may(VIEW)
def waivers(request):
    """Those that wait, the longest first; then those that were decided on, the newest first."""
    rows = Waiver.objects.visible_to(request.user).select_related(*SHOWN)
    page = page_of(rows.exclude(state=Waiver.State.ASKED), "asked_at", descending=True, **edges(request.GET))
    context = {
        "waiting": [(one, _shown(one, request.user)) for one in rows.waiting().order_by("asked_at")[:50]],
        "rows": [(one, _shown(one, request.user)) for one in page.rows],
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }
    return render(request, "billing/waivers/waivers.html", context)


def _shown(one, user):
    """The customer, for those who see what they owe; finance decides by the sum and the reason."""
    customer = one.account.customer
    return Shown(customer, user) if reaches(user, of_accounts.VIEW, customer) else None


@require_safe
@may(VIEW)
def waiver(request, pk):
    return _page(request, _waiver_of(request, pk))


def _waiver_of(request, pk, right=VIEW, **narrowed):
    rows = Waiver.objects.visible_to(request.user).reached_with(right, request.user)
    return get_object_or_404(rows.select_related(*SHOWN), pk=pk, **narrowed)


def _page(request, one, *, form=None, problem="", status=200):
    user, own = request.user, one.asked_by_id == request.user.pk
    masked, rules = Shown(one.account.customer, user), BillingRules.of(one.branch_id)
    context = {
        "waiver": one,
        "shown": _shown(one, user),
        "reason": masked.text(one.reason),
        "answer": masked.text(one.answer),
        "may_decide": one.is_waiting and not own and limits.decides(user, one, rules, timezone.now()),
        "may_withdraw": one.is_waiting and own,
        "form": form or RefuseForm(),
        "problem": problem,
    }
    return render(request, "billing/waivers/waiver.html", context, status=status)


@require_POST
@may(DECIDE)
def approve(request, pk):
    return _press(request, _waiver_of(request, pk, DECIDE), waiving.approve, _("Approved; the late fee is waived."))


@require_POST
@may(ASK)
def withdraw(request, pk):
    return _press(request, _waiver_of(request, pk, ASK, asked_by=request.user), waiving.withdraw, _("Withdrawn."))


def _press(request, one, operate, said):
    """A button without a form: what is refused is said above the facts."""
    try:
        operate(one, by=request.user)
    except ValidationError as error:
        return _page(request, _waiver_of(request, one.pk), problem=error.messages[0], status=422)
    messages.success(request, said)
    return redirect("waiver", one.pk)


@require_POST
@may(DECIDE)
def refuse(request, pk):
    one, form = _waiver_of(request, pk, DECIDE), RefuseForm(request.POST)
    if form.is_valid():
        try:
            waiving.refuse(one, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Not approved; %(person)s hears why.") % {"person": one.asked_by})
            return redirect("waiver", pk)
    return _page(request, _waiver_of(request, pk), form=form, status=422)
