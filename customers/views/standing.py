"""Account manager, tier and numbers of a customer: small forms inside their panels."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from customers.forms.standing import AssignForm, NumberForm, TierForm
from customers.views.lookup import customer_of
from customers.views.panels import draw_identifiers, draw_manager
from staff.access import may

PANELS = {draw_manager: "customer-panel-manager", draw_identifiers: "customer-panel-identifiers"}


def _form_or_panel(request, pk, draw, form, work):
    """GET shows the form in the panel's place; POST does the work and brings the panel back, or 422 with the form."""
    if request.method == "POST" and form.is_valid():
        try:
            work(**form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _panel_again(request, pk, draw)
    customer, shown = customer_of(request, pk)
    context = {"customer": customer, "shown": shown, "form": form, "action": request.path}
    context["back"] = reverse(PANELS[draw], args=[pk])
    template = "customers/standing/_form.html" if request.htmx else "customers/standing/page.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _press(request, pk, draw, work):
    """A button without a form: what the operation refuses is said above the panel (422)."""
    try:
        work()
    except ValidationError as error:
        return _panel_again(request, pk, draw, problem=error.messages[0])
    return _panel_again(request, pk, draw)


def _panel_again(request, pk, draw, problem=""):
    """The panel as it now is; without scripts the customer's page. It may have gone out of reach by the change."""
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect("customer", pk)
    answer = draw(request, *customer_of(request, pk), problem=problem)
    return answer if problem else trigger_client_event(answer, "customer-changed")


@require_http_methods(["GET", "HEAD", "POST"])
@may("customers.assign_manager")
def assign(request, pk):
    customer, _shown = customer_of(request, pk, right="customers.assign_manager")
    form = AssignForm(request.POST or None, customer=customer)

    def work(manager, on):
        customer.assign_manager(manager, on=on, by=request.user)

    return _form_or_panel(request, pk, draw_manager, form, work)


@require_POST
@may("customers.assign_manager")
def withdraw(request, pk, assignment):
    customer, _shown = customer_of(request, pk, right="customers.assign_manager")
    booked = get_object_or_404(customer.assignments, pk=assignment)
    return _press(request, pk, draw_manager, lambda: customer.withdraw_assignment(booked, by=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@may("customers.change_tier")
def tier(request, pk):
    customer, _shown = customer_of(request, pk, right="customers.change_tier")
    form = TierForm(request.POST or None, customer=customer)

    @transaction.atomic
    def work(tier, reason, locked_high_value):
        customer.put_in_tier(tier, by=request.user, reason=reason)
        customer.lock_high_value(by=request.user, locked=locked_high_value)

    return _form_or_panel(request, pk, draw_manager, form, work)


@require_http_methods(["GET", "HEAD", "POST"])
@may("customers.change")
def add_number(request, pk):
    customer, _shown = customer_of(request, pk, right="customers.change")
    form = NumberForm(request.POST or None)

    def work(kind, written):
        customer.add_number(kind, written, by=request.user)

    return _form_or_panel(request, pk, draw_identifiers, form, work)


@require_POST
@may("customers.change")
def end_number(request, pk, number):
    customer, _shown = customer_of(request, pk, right="customers.change")
    held = get_object_or_404(customer.identifiers, pk=number)
    return _press(request, pk, draw_identifiers, lambda: customer.end_number(held, by=request.user))
