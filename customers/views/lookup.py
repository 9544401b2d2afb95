"""Finding the record a request names, within the person's reach."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from customers.masking import Shown, reaches
from customers.models import Customer

ONLY_READS = ("GET", "HEAD")


def customer_of(request, pk, *, right=None):
    """The customer and how the person sees them; 404 where either does not reach, `right` included.

    A request that only reads looks once, however many panels it draws; one that changes something, anew each time.
    """
    if request.method not in ONLY_READS:
        return _found(request.user, pk, right)
    kept = request.__dict__.setdefault("customers_found", {})
    if (pk, right) not in kept:
        kept[pk, right] = _found(request.user, pk, right, at_hand=kept.get((pk, None)))
    return kept[pk, right]


def _found(user, pk, right, at_hand=None):
    customer, shown = at_hand or _looked_up(user, pk)
    if right and not reaches(user, right, customer):
        raise Http404
    return customer, shown


def _looked_up(user, pk):
    rows = Customer.objects.visible_to(user).select_related("tier", "branch", "unit", "community", "manager")
    customer = get_object_or_404(rows, pk=pk)
    return customer, Shown(customer, user)
