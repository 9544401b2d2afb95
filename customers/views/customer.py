"""The customer's page: a header that stays, and panels that each app fills."""

from django.conf import settings
from django.shortcuts import render
from django.urls import resolve, reverse
from django.views.decorators.http import require_safe

from customers.header import header, sizes
from customers.views.lookup import customer_of
from customers.views.panels import AT_FIRST
from staff.access import may
from staff.scope import holds


@require_safe
@may("customers.view")
def customer(request, pk):
    customer, shown = customer_of(request, pk)
    context = {
        "customer": customer,
        "shown": shown,
        "columns": _columns(customer, request.user),
    }
    return render(request, "customers/customer.html", context | header(customer, shown, request.user))


@require_safe
@may("customers.view")
def subject(request, pk):
    """The header alone, drawn again after a change."""
    customer, shown = customer_of(request, pk)
    context = {"customer": customer, "shown": shown}
    return render(request, "customers/_subject.html", context | header(customer, shown, request.user))


def panels_for(customer, user):
    """(name, address, column, events that draw it anew) of each panel whose right the person holds."""
    for name, url_name, column, events in settings.CUSTOMER_PANELS:
        url = reverse(url_name, args=[customer.pk])
        if holds(user, resolve(url).func.right):
            yield name, url, column, events


def _columns(customer, user):
    """The panels by column.

    A panel whose size is known keeps its place while it loads, so that nothing jumps; one of another app, the room
    that it takes with nothing to show.
    """
    rows = sizes(customer, AT_FIRST)
    columns, room = {"main": [], "side": []}, {"main": None, "side": 0}
    for name, url, column, events in panels_for(customer, user):
        columns[column].append({"name": name, "url": url, "events": events, "rows": rows.get(name, room[column])})
    return columns
