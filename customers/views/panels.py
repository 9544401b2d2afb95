"""The panels of the customer's page that this app fills."""

from django.core.exceptions import BadRequest
from django.db.models import Count, F, Window
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers import timeline
from customers.lines_held import lines_held
from customers.masking import reaches
from customers.views.lookup import customer_of
from staff.access import may

AT_FIRST = 8  # rows of a panel before "all"


def _most(request):
    return None if "all" in request.GET else AT_FIRST


@require_safe
@may("customers.view")
def lines(request, pk):
    customer, shown = customer_of(request, pk)
    held, count = lines_held(customer, shown, timezone.localdate(), _most(request))
    context = {"customer": customer, "lines": held, "more": count - len(held), "count": count}
    return render(request, "customers/panels/_lines.html", context)


@require_safe
@may("customers.view")
def identifiers(request, pk):
    return draw_identifiers(request, *customer_of(request, pk))


def draw_identifiers(request, customer, shown, problem=""):
    rows = customer.identifiers.annotate(count=Window(Count("pk")))
    held = list(rows.order_by(F("valid_to").desc(nulls_first=True), "kind", "pk")[: _most(request)])
    count = held[0].count if held else 0
    context = {
        "customer": customer,
        "identifiers": [(one, shown.identifier(one)) for one in held],
        "more": count - len(held),
        "count": count,
        "may_change": reaches(request.user, "customers.change", customer),
        "problem": problem,
    }
    return render(request, "customers/panels/_identifiers.html", context, status=422 if problem else 200)


@require_safe
@may("customers.view")
def manager(request, pk):
    return draw_manager(request, *customer_of(request, pk))


def draw_manager(request, customer, shown, problem=""):
    today = timezone.localdate()
    context = {
        "customer": customer,
        "assignments": customer.assignments.select_related("manager").order_by("-valid_from"),
        "today": today,
        "may_assign": reaches(request.user, "customers.assign_manager", customer),
        "may_change_tier": reaches(request.user, "customers.change_tier", customer),
        "problem": problem,
    }
    return render(request, "customers/panels/_manager.html", context, status=422 if problem else 200)


@require_safe
@may("customers.view")
def timeline_panel(request, pk):
    """The whole panel; with a cursor only the rows that follow it."""
    customer, shown = customer_of(request, pk)
    kind = request.GET.get("kind", "all")
    kind = kind if kind in timeline.KINDS else "all"
    try:
        entries, following = timeline.read(customer, shown, kind=kind, cursor=request.GET)
    except ValueError as error:
        raise BadRequest from error
    context = {
        "customer": customer,
        "entries": entries,
        "following": following,
        "kind": kind,
        "kinds": timeline.KINDS.items(),
        "may_record": reaches(request.user, "customers.record_interaction", customer),
        "today": timezone.localdate(),
    }
    later = any(key.isdigit() for key in request.GET)
    return render(request, "customers/timeline/_rows.html" if later else "customers/panels/_timeline.html", context)
