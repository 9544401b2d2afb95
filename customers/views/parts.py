"""All that fills the customer's page, in one answer: every panel, and the form of a contact that waits out of sight."""

import structlog
from django.shortcuts import render
from django.urls import resolve
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from customers.masking import reaches
from customers.views.customer import panels_for
from customers.views.lookup import customer_of
from customers.views.visit import waiting
from customers.visits import RIGHT
from staff.access import may

log = structlog.get_logger(__name__)


@require_safe
@may("customers.view")
def parts(request, pk):
    """Each panel is what its own address answers, with the rights of that address."""
    customer, _shown = customer_of(request, pk)
    panels = [
        (name, url, _drawn(request, pk, resolve(url).func))
        for name, url, _column, _events in panels_for(customer, request.user)
    ]
    visit = _drawn(request, pk, waiting) if reaches(request.user, RIGHT, customer) else None
    return render(request, "customers/parts.html", {"panels": panels, "visit": visit})


def _drawn(request, pk, view):
    """The part's HTML. One that fails is None and logged, and takes no other down."""
    try:
        answer = view(request, pk)
    except Exception:
        log.exception("part_failed", part=view.__name__)
        return None
    return mark_safe(answer.content.decode())  # noqa: S308 (a page of our own, escaped when it was drawn)
