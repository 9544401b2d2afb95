"""Finding the record a request names, within the person's reach."""

from django.shortcuts import get_object_or_404

from customers.masking import Shown
from customers.models import Customer


def customer_of(request, pk, *, right=None):
    """The customer and how the person sees them; 404 where either does not reach, `right` included."""
    rows = Customer.objects.visible_to(request.user)
    if right:
        rows = rows.reached_with(right, request.user)
    rows = rows.select_related("tier", "branch", "unit", "community", "manager")
    customer = get_object_or_404(rows, pk=pk)
    return customer, Shown(customer, request.user)
