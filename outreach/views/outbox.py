"""The outbox: what was sent, what is still to be sent, and what waits for a person."""

from django.contrib import messages as said
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from customers.numbers import normalise
from customers.paging import address, edges, page_of
from customers.tier_marks import TierMarks
from outreach import attention
from outreach.filters import MessageFilter
from outreach.showing import lines_of
from staff.access import may
from staff.saved_views.lists import with_views

SHOWN = ("customer__tier", "template")
FOUND = 20  # messages to one number that are looked at


def filtered(request):
    return MessageFilter(request.GET, attention.seen_by(request.user), request=request)


@with_views("messages", gettext_lazy("Messages"), filtered)
@require_safe
@may("outreach.view")
def messages(request):
    filtering = filtered(request)
    page = page_of(filtering.qs.select_related(*SHOWN), "id", descending=True, **edges(request.GET))
    context = {
        "filter": filtering,
        "lines": lines_of(page.rows, request.user, TierMarks()),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "narrowed": filtering.narrowed,
        "waiting": attention.waiting(request.user),
    }
    return render(request, "outreach/messages.html", context)


@require_POST
@may("outreach.view")
def find(request):
    """From a number to the messages of its customers; the number travels in the form, the address has ids only."""
    found = _customers(request.user, request.POST.get("q", "").replace("\0", "")[:64].strip())
    if not found:
        said.info(request, _("No message to this number."))
        return redirect("messages")
    return redirect(f"{reverse('messages')}?customer={','.join(map(str, found))}")


def _customers(user, text):
    """Ids of whose customer number it is, and of those to whom the newest messages to this number went."""
    numbered = Customer.objects.visible_to(user).filter(number=text).values_list("pk", flat=True)
    reached = attention.seen_by(user).filter(to=normalise(text)).exclude(to="").order_by("-pk")
    return sorted({*numbered, *reached.values_list("customer", flat=True)[:FOUND]})
