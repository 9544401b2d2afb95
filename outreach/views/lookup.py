"""Finding the record a request names, within the person's reach."""

from django.shortcuts import get_object_or_404

from customers.masking import Shown
from outreach.models import Message

SHOWN = ("customer__tier", "customer__unit", "template", "wave", "by")


def message_of(request, pk, *, right="outreach.view"):
    """The message and how the person sees its customer; 404 where `right` does not reach."""
    rows = Message.objects.visible_to(request.user).reached_with(right, request.user).select_related(*SHOWN)
    message = get_object_or_404(rows, pk=pk)
    return message, Shown(message.customer, request.user)
