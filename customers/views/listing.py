"""The customer list: filtered, sorted by stored columns, paged by row."""

from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from customers.filters import SORTS, of_list
from customers.listed import lines_of
from customers.paging import page_of
from customers.tier_marks import TierMarks
from staff.access import may
from staff.saved_views.lists import with_views

COUNTED = 10_000  # exactly up to here; beyond it "over 10,000" is enough, and free
SHOWN = ("tier", "unit", "manager")


def filtered(request):
    return of_list(request, request.GET)


@with_views("customers", gettext_lazy("Customers"), filtered, also=("sort",))
@require_safe
@may("customers.view")
def customers(request):
    filtering = filtered(request)
    page = page_of(filtering.qs.select_related(*SHOWN), **_place(request.GET))
    context = {
        "filter": filtering,
        "lines": lines_of(page.rows, request.user, TierMarks()),
        "page": page,
        "sort": _sort(request.GET),
        "sorts": _sorts(request.GET),
        "following": page.following and _address(request.GET, after=page.following),
        "preceding": page.preceding and _address(request.GET, before=page.preceding),
        "count_address": _address(request.GET, after=None, sort=None),
        "narrowed": filtering.narrowed,
    }
    return render(request, "customers/list.html", context)


@require_safe
@may("customers.view")
def count(request):
    """How many there are, asked for beside the list: the first page does not wait for it."""
    number = filtered(request).qs.order_by()[: COUNTED + 1].count()
    return render(request, "customers/_count.html", {"number": min(number, COUNTED), "over": number > COUNTED})


def _sort(asked):
    sort = asked.get("sort", "")
    return sort if sort.removeprefix("-") in SORTS else "-contact"


def _place(asked):
    sort = _sort(asked)
    return {
        "column": SORTS[sort.removeprefix("-")],
        "descending": sort.startswith("-"),
        "after": _key(asked.get("after")),
        "before": _key(asked.get("before")),
    }


def _key(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _sorts(asked):
    """For each column: the address that sorts by it, or turns it round, and how it is sorted now."""
    now = _sort(asked)
    return {
        name: {
            "url": _address(asked, sort=f"-{name}" if now == name else name),
            "sorted": {name: "ascending", f"-{name}": "descending"}.get(now),
        }
        for name in SORTS
    }


def _address(asked, **changes):
    """The address of the same list with some parts changed; None takes a part away."""
    query = asked.copy()
    for name in ("after", "before", *changes):
        query.pop(name, None)
    query.update({name: value for name, value in changes.items() if value is not None})
    return "?" + query.urlencode()
