"""The desk's queue: what is open and within reach, the most urgent first, and the next one in it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from complaints.desk import queue
from complaints.desk.filters import DeskFilter, early, of_few
from complaints.desk.listed import joined, lines_of
from complaints.models.complaints import VIEW
from customers.paging import address, edges, page_of
from staff.access import may
from staff.saved_views.lists import with_views

PLACES = ("after", "before")


def filtered(request):
    narrowed = any(value for name, value in request.GET.items() if name not in (*PLACES, "view"))
    rows = queue.waiting(request.user, narrowed=narrowed, few=of_few(request.GET), among=early(request.GET))
    return DeskFilter(request.GET, rows, request=request)


@with_views("complaints", gettext_lazy("Complaints"), filtered)
@require_safe
@may(VIEW)
def desk(request):
    """The page; for itself it asks for its rows alone, again and again, and once for the filters that are folded."""
    filtering, now = filtered(request), timezone.now()
    part = request.headers.get("HX-Target")
    if part == "further-filters":
        return render(request, "complaints/desk/_choices.html", {"selections": filtering.further})
    page = page_of(joined(filtering.qs), **queue.ORDER, **edges(request.GET))
    context = {
        "filter": filtering,
        "lines": lines_of(page.rows, request.user, now, query_of(request.GET), filtering.known),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "here": request.get_full_path(),
        "now": now,
    }
    page = "complaints/desk/_rows.html" if part == "desk-rows" else "complaints/desk/desk.html"
    return render(request, page, context)


@require_safe
@may(VIEW)
def following(request, pk):
    """On to the next complaint of the list whose filter the address holds; back to the list after the last."""
    one = get_object_or_404(queue.reached(request.user), pk=pk)
    rows = filtered(request).qs
    if found := queue.following(rows, one):
        kept = urlencode({"next": query_of(request.GET)})
        return redirect(f"{reverse('complaint', args=[found.pk])}?{kept}")
    messages.info(request, _("Nothing else waits in this list."))
    return redirect(f"{reverse('complaints')}?{query_of(request.GET)}")


def query_of(asked) -> str:
    """What narrows the list down, without the place in it."""
    query = asked.copy()
    for name in PLACES:
        query.pop(name, None)
    return query.urlencode()
