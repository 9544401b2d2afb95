"""Saved views: above their lists, on a page of their own, and on the first page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from door.lists import LISTS
from staff.models import SavedView
from staff.saved_views import keeping
from staff.saved_views.counting import Tab, tabs_of
from staff.saved_views.forms import ViewForm
from staff.saved_views.lists import canonical, first_of, lists_of
from staff.scope import holds


def _list(request, name):
    """404 for what is no list, 403 for what is not the person's to open."""
    if name not in LISTS:
        raise Http404
    if not holds(request.user, LISTS[name].right):
        raise PermissionDenied
    return LISTS[name]


@require_safe
def tabs(request, name):
    """What stands above a list: its views, the pinned ones with their numbers. The address is that of the list."""
    listed, now = _list(request, name), canonical(request.GET)
    pinned = tabs_of(request.user, listed=listed)
    shown = {tab.view.pk for tab in pinned}
    others = SavedView.objects.visible_to(request.user).filter(list=name).exclude(pk__in=shown)
    others = [Tab(view, listed) for view in others]
    context = {
        "listed": listed,
        "pinned": pinned,
        "others": [tab for tab in others if listed.knows(listed.asked(request.user, tab.view.query), tab.view.query)],
        "now": now,
        "known": any(now == tab.view.query for tab in [*pinned, *others]),
        "here": request.get_full_path(),
        "all": listed.address(""),
    }
    return render(request, "staff/saved_views/_tabs.html", context)


@require_safe
def pinned(request):
    """Those of all lists, for the first page."""
    return render(request, "staff/saved_views/_pinned.html", {"tabs": tabs_of(request.user)})


@require_safe
def views(request):
    """All that the person sees, with what they may do to each."""
    lists, rows = lists_of(request.user), SavedView.objects.visible_to(request.user)
    changeable = set(rows.changeable_by(request.user).values_list("pk", flat=True))
    firsts = {one.pk for one in (first_of(request.user, name) for name in lists) if one}
    rows = rows.filter(list__in=lists).select_related("unit", "owner").order_by("list", "name", "pk")
    lines = [(Tab(view, lists[view.list]), view.pk in changeable, view.pk in firsts) for view in rows]
    return render(request, "staff/saved_views/views.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
def save(request, name):
    """What the address of the list asks for, under a name."""
    listed, sent = _list(request, name), request.POST if request.method == "POST" else None
    query = canonical((sent or request.GET).get("query", ""))
    form = ViewForm(sent, user=request.user)

    def keep(first, **told):
        view = keeping.save(by=request.user, listed=listed, query=query, **told)
        if first:
            keeping.begin_with(view, by=request.user)
        return view

    if form.is_valid() and (kept := _kept(form, keep)):
        messages.success(request, _("Saved."))
        return redirect(listed.address(kept.query))
    context = {"form": form, "listed": listed, "query": query, "back": listed.address(query)}
    return render(request, "staff/saved_views/save.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    view = get_object_or_404(SavedView.objects.visible_to(request.user).changeable_by(request.user), pk=pk)
    form = ViewForm(request.POST if request.method == "POST" else None, user=request.user, view=view)

    def keep(first, **told):
        told = {"unit": None} | told
        changed = keeping.change(view, by=request.user, **told)
        keeping.begin_with(changed, by=request.user, on=first)
        return changed

    if form.is_valid() and _kept(form, keep):
        return redirect("saved-views")
    return render(request, "staff/saved_views/edit.html", {"form": form}, status=422 if form.errors else 200)


def _kept(form, keep):
    """What came of it, or None with the reasons on the form."""
    try:
        with transaction.atomic():
            return keep(form.cleaned_data["first"], **form.told())
    except ValidationError as error:
        form.refuse(error)
        return None


@require_POST
def begin(request, pk):
    """The list begins with this view from now on; said of one with which it begins, no longer."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    keeping.begin_with(view, by=request.user, on=request.POST.get("on") != "no")
    return redirect("saved-views")


@require_POST
def delete(request, pk):
    view = get_object_or_404(SavedView.objects.visible_to(request.user).changeable_by(request.user), pk=pk)
    keeping.delete(view, by=request.user)
    return redirect("saved-views")
