"""Unusually high bills, newest first, with who speaks with the customer and what came of it (D11)."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.models import BillShock
from billing.models.accounts import VIEW
from customers.masking import Shown
from customers.paging import address, edges, page_of
from staff.access import may
from work.shown import lines_of

SHOWN = ("bill__account", "follow_up__customer__tier", "follow_up__owner", "follow_up__unit")


@require_safe
@may(VIEW)
def shocks(request):
    rows = BillShock.objects.visible_to(request.user).select_related(*SHOWN)
    page = page_of(rows, "id", descending=True, **edges(request.GET))
    told = lines_of([one.follow_up for one in page.rows], request.user, timezone.now())
    context = {
        "rows": [
            (one, line, Shown(one.follow_up.customer, request.user)) for one, line in zip(page.rows, told, strict=True)
        ],
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }
    return render(request, "billing/shocks.html", context)
