"""The customer's page: a header that stays, and panels that each app fills."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from customers.header import header
from customers.views.lookup import customer_of
from staff.access import may


@may("customers.view")
def customer(request, pk):
    customer, shown = customer_of(request, pk)
    context = {
        "customer": customer,
        "shown": shown,
        "columns": _columns(customer),
        "visit_at_once": "visit" in request.GET,
    }
    return render(request, "customers/customer.html", context | header(customer, shown, request.user))


@may("customers.view")
def subject(request, pk):
    """The header alone, drawn again after a change."""
    customer, shown = customer_of(request, pk)
    context = {"customer": customer, "shown": shown}
    return render(request, "customers/_subject.html", context | header(customer, shown, request.user))


def _columns(customer):
    columns = {"main": [], "side": []}
    for name, url_name, column in settings.CUSTOMER_PANELS:
        columns[column].append({"name": name, "url": reverse(url_name, args=[customer.pk])})
    return columns
