"""Consent and contact hours of a customer: small forms inside the panel of messages."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from customers.views.lookup import customer_of
from outreach.forms.consent import ConsentForm, PreferenceForm
from outreach.views.panel import draw
from staff.access import may

RIGHT = "outreach.write"


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def consent(request, pk):
    return _form_or_panel(request, pk, ConsentForm)


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def preference(request, pk):
    return _form_or_panel(request, pk, PreferenceForm)


def _form_or_panel(request, pk, form_class):
    """GET shows the form in the panel's place; POST keeps it and brings the panel back, or 422 with the form."""
    customer, shown = customer_of(request, pk, right=RIGHT)
    form = form_class(request.POST or None, customer=customer)
    if request.method == "POST" and form.is_valid() and _kept(form, request.user):
        if not request.htmx:
            return redirect("customer", pk)
        return trigger_client_event(draw(request, customer, shown), "customer-changed")
    context = {"customer": customer, "shown": shown, "form": form, "action": request.path}
    context["back"] = reverse("customer-panel-messages", args=[pk])
    template = "customers/standing/_form.html" if request.htmx else "customers/standing/page.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _kept(form, user):
    try:
        form.save(by=user)
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors
