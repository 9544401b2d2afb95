"""Lines that are never stopped: asked for from the customer's page, decided on, ended."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.dunning import exempting
from billing.dunning.agreements.forms import ExemptForm, ExemptionEndForm, RefuseForm
from billing.models import Exemption
from billing.models.accounts import VIEW
from customers.masking import Shown, reaches
from customers.paging import address, edges, page_of
from customers.views.lookup import customer_of
from staff.access import may

SHOWN = ("line__customer__tier", "line__customer__unit", "asked_by", "decided_by")
State = Exemption.State


@require_http_methods(["GET", "HEAD", "POST"])
@may(exempting.ASK)
def ask(request, pk):
    customer, shown = customer_of(request, pk, right=exempting.ASK)
    form = ExemptForm(request.POST if request.method == "POST" else None, customer=customer, shown=shown)
    if form.is_bound and form.is_valid():
        try:
            made = exempting.ask(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Asked for; you hear as soon as it is decided."))
            return redirect("exemption", made.pk)
    context = {"customer": customer, "shown": shown, "form": form}
    return render(request, "billing/agreements/exempt.html", context, status=422 if form.errors else 200)


@require_safe
@may(VIEW)
def exemptions(request):
    """What waits for a decision or holds, the newest first."""
    rows = Exemption.objects.visible_to(request.user).filter(state__in=(State.ASKED, State.APPROVED))
    page = page_of(rows.select_related(*SHOWN), "state", descending=True, **edges(request.GET))
    context = {
        "rows": [(one, Shown(one.line.customer, request.user)) for one in page.rows],
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }
    return render(request, "billing/agreements/exemptions.html", context)


@require_safe
@may(VIEW)
def exemption(request, pk):
    return _page(request, _exemption_of(request, pk))


def _exemption_of(request, pk, right=VIEW):
    rows = Exemption.objects.visible_to(request.user).reached_with(right, request.user)
    return get_object_or_404(rows.select_related(*SHOWN), pk=pk)


def _page(request, one, *, refusing=None, ending=None, problem=""):
    customer, user = one.line.customer, request.user
    shown = Shown(customer, user)
    waits, own = one.state == State.ASKED, one.asked_by_id == user.pk
    context = {
        "exemption": one,
        "shown": shown,
        "number": shown.number(one.line.number) or one.line.ref,
        "reason": shown.text(one.reason),
        "answer": shown.text(one.answer),
        "may_decide": waits and not own and reaches(user, exempting.DECIDE, customer),
        "may_end": one.state in (State.ASKED, State.APPROVED) and reaches(user, exempting.END, customer),
        "refusing": refusing or RefuseForm(),
        "ending": ending or ExemptionEndForm(),
        "problem": problem,
    }
    status = 422 if refusing or ending or problem else 200
    return render(request, "billing/agreements/exemption.html", context, status=status)


@require_POST
@may(exempting.DECIDE)
def approve(request, pk):
    one = _exemption_of(request, pk, exempting.DECIDE)
    try:
        exempting.approve(one, by=request.user)
    except ValidationError as error:
        return _page(request, _exemption_of(request, pk), problem=error.messages[0])
    messages.success(request, _("Approved; this line is not stopped for arrears."))
    return redirect("exemption", pk)


@require_POST
@may(exempting.DECIDE)
def refuse(request, pk):
    one, form = _exemption_of(request, pk, exempting.DECIDE), RefuseForm(request.POST)
    if _done(form, lambda: exempting.refuse(one, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Not approved; %(person)s hears why.") % {"person": one.asked_by})
        return redirect("exemption", pk)
    return _page(request, _exemption_of(request, pk), refusing=form)


@require_POST
@may(exempting.END)
def end(request, pk):
    one, form = _exemption_of(request, pk, exempting.END), ExemptionEndForm(request.POST)
    if _done(form, lambda: exempting.end(one, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Ended; the line is as any other again."))
        return redirect("exemption", pk)
    return _page(request, _exemption_of(request, pk), ending=form)


def _done(form, operate):
    """Whether it was done; otherwise the form says why not."""
    if not form.is_valid():
        return False
    try:
        operate()
    except ValidationError as error:
        form.refuse(error)
        return False
    return True
