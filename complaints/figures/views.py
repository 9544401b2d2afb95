"""The figures of complaints, the lists behind them, and the rules of thumb beside them."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.dunning.views.days import branch_of
from complaints.desk.listed import lines_of
from complaints.figures import counting
from complaints.figures.dimensions import NONE, open_to
from complaints.figures.drawn import Drawer, columns
from complaints.figures.filters import FiguresFilter
from complaints.figures.population import customers_by
from complaints.figures.quiet import quiet_units
from complaints.figures.satisfaction import satisfaction
from complaints.figures.sets import FIGURES, SETS, behind
from complaints.figures.thumb import Thumb, ThumbForm, keep
from complaints.models import ComplaintRules
from customers.paging import address, edges, page_of
from staff.access import may

POLICIES = "complaints.policies"
USUAL = "area"


@require_safe
@may(FIGURES)
def figures(request):
    branch, filtering = _asked(request)
    context = {"filter": filtering}
    if not filtering.is_valid():
        return render(request, "complaints/figures/figures.html", context, status=422)
    context |= _counted(request, branch, filtering)
    return render(request, "complaints/figures/figures.html", context)


def _counted(request, branch, filtering):
    """The whole, and the rows of the one dimension that is looked at."""
    offered = open_to(request.user)
    by = request.GET.get("by", USUAL)
    by = by if by in offered else USUAL
    dimension, rows, asked = offered[by], filtering.rows, filtering.asked
    counted, found = _both(rows, dimension, asked, request.user)
    of = customers_by(request.user, branch, dimension.base) if dimension.base is not None else {}
    customers = of[None] if dimension.base == "" else customers_by(request.user, branch)[None]
    drawer = Drawer(filtering.said)
    return {
        "cells": drawer.whole(counted, customers),
        "customers": customers,
        "thumb": Thumb(ComplaintRules.of(branch), counted.sets["received"]),
        "said": satisfaction(rows),
        "quiet": quiet_units(request.user, branch, asked.since, asked.until),
        "rows": drawer.rows(found, by, dimension, of),
        "columns": columns(dimension),
        "dimension": dimension,
        "dimensions": [(one.label, _query(filtering, code), code == by) for code, one in offered.items()],
    }


def _both(rows, dimension, asked, user):
    if dimension.of_people:  # the rows are those of fewer complaints
        return counting.whole(rows, asked), counting.by(rows.filter(dimension.open_to(user)), dimension.column, asked)
    return counting.whole_and_by(rows, dimension.column, asked)


@require_safe
@may(FIGURES)
def listed(request):
    """The complaints that one figure counts, the latest first."""
    _branch, filtering = _asked(request)
    code, by, row = request.GET.get("figure", "received"), request.GET.get("by", ""), request.GET.get("row", "")
    offered = open_to(request.user)
    if code not in SETS or (by and by not in offered):
        raise Http404
    if not filtering.is_valid():
        return render(request, "complaints/figures/list.html", {"filter": filtering, "figure": SETS[code]}, status=422)
    narrow = offered[by].row(row) & offered[by].open_to(request.user) if by else None
    rows = behind(filtering.rows, filtering.asked, code, narrow)
    page = page_of(rows, "received_at", descending=True, **edges(request.GET))
    context = {
        "filter": filtering,
        "figure": SETS[code],
        "n": (n := rows.count()),
        "of": n and by and (offered[by].label, _named(offered[by], row)),
        "lines": lines_of(page.rows, request.user, filtering.now),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "back": _query(filtering, by),
    }
    return render(request, "complaints/figures/list.html", context)


def _query(filtering, by):
    return urlencode(filtering.said | ({"by": by} if by else {}))


def _named(dimension, row):
    key = None if row == NONE else row if dimension.is_text else int(row) if row.isdecimal() else None
    return dimension.named([key])[key]


@require_http_methods(["GET", "HEAD", "POST"])
@may(POLICIES)
def thumb(request):
    """The rules of thumb of the branch; they are nobody's measurement and say so (G08, G09)."""
    branch = branch_of(request.user, POLICIES)
    form = ThumbForm(request.POST or None, instance=ComplaintRules.of(branch))
    if request.method == "POST" and form.is_valid():
        keep(form, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("complaint-figures")
    return render(request, "complaints/figures/thumb.html", {"form": form}, status=422 if form.errors else 200)


def _asked(request):
    branch = branch_of(request.user, FIGURES)
    return branch, FiguresFilter(request.GET, request=request, branch=branch)
