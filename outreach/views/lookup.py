"""Finding the record a request names, within the person's reach."""

from django.shortcuts import get_object_or_404

from customers.masking import Shown
from outreach.models import Message
from staff.models import Unit
from staff.scope import scope_of

SHOWN = ("customer__tier", "customer__unit", "template", "wave", "by")


def message_of(request, pk, *, right="outreach.view"):
    """The message and how the person sees its customer; 404 where `right` does not reach."""
    rows = Message.objects.visible_to(request.user).reached_with(right, request.user).select_related(*SHOWN)
    message = get_object_or_404(rows, pk=pk)
    return message, Shown(message.customer, request.user)


def branch_of(user, right):
    """The branch in which the person holds a right of reach "branch": their own where it is among several."""
    branches = scope_of(user, right).branches
    key = user.branch_id if user.branch_id in branches else min(branches)
    return get_object_or_404(Unit.objects.visible_to(user), pk=key)
