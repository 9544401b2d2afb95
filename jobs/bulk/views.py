"""The pages of what is done with a whole list at once: chosen, previewed, carried out, undone."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobs.bulk import asking, lists, results
from jobs.forms import key_of
from jobs.models import Bulk
from jobs.views import refusals_shown

COUNTED = 10_000  # exactly up to here
LATEST = 30
PLACES = ("after", "before", "sort")
RUNS = ("check_run", "run", "undo_run", "asked_by")


def _list(request, name):
    of = lists.find(name)
    if of is None:
        raise Http404
    if not request.user.has_perm(of.right):
        raise PermissionDenied
    return of


def _asked(request) -> QueryDict:
    """What narrows the list down, without the place in it."""
    query = request.GET.copy()
    for name in PLACES:
        query.pop(name, None)
    return query


def _counted(rows, most):
    n = rows.order_by()[: most + 1].count()
    return {"n": min(n, most), "over": n > most}


@require_safe
def button(request, name):
    """The button above a list, with how many match; asked for beside the list, which does not wait for it."""
    of, query = _list(request, name), _asked(request)
    context = {"of": of, "query": query.urlencode()} | _counted(of.matching(request.user, query), COUNTED)
    return render(request, "jobs/bulk/_button.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, name):
    """What to do with all that match. POST fixes them and has each tried; 422 with the form put right."""
    of, query = _list(request, name), _asked(request)
    rows = of.matching(request.user, query)
    chosen = of.action(request.POST.get("action")) if request.method == "POST" else None
    form = chosen and chosen.form(request.POST, user=request.user, auto_id=f"{chosen.name}_%s")
    if form is not None and form.is_valid() and (made := _prepared(request, of, chosen, form, rows)):
        return redirect("bulk", made.pk)
    context = {
        "of": of,
        "query": query.urlencode(),
        "back": f"{reverse(of.name)}?{query.urlencode()}",
        "most": of.most(request.user),
        "key": key_of(request.POST) or uuid4(),
        "opened": chosen.name if chosen else "",
        "forms": [(one, form if one is chosen else _blank(one, request.user)) for one in of.actions],
    } | _counted(rows, of.most(request.user))
    return render(request, "jobs/bulk/new.html", context, status=422 if request.method == "POST" else 200)


def _blank(action, user):
    return action.form(user=user, auto_id=f"{action.name}_%s")


def _prepared(request, of, action, form, rows):
    """None where it is refused: the form says why."""
    key, query = key_of(request.POST) or str(uuid4()), _asked(request).urlencode()
    try:
        return asking.prepare(of, action, by=request.user, rows=rows, query=query, told=asking.told_by(form), key=key)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _bulk(request, pk):
    rows = Bulk.objects.visible_to(request.user).select_related(*RUNS)
    one = get_object_or_404(rows, pk=pk)
    of = lists.find(one.list)
    action = of and of.action(one.action)
    if action is None:  # of another release
        raise Http404
    return one, of, action


@require_safe
def bulk(request, pk):
    one, of, action = _bulk(request, pk)
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < 19 else 0
    found, more = results.page(of, one, request.user, state=state, after=place)
    tally, stage = asking.tally(one), asking.stage_of(one)
    context = {
        "bulk": one,
        "of": of,
        "action": action,
        "run": one.latest,
        "stage": stage,
        "back": f"{reverse(of.name)}?{one.query}",
        "tally": tally,
        "states": [(name, label, tally[name]) for name, label in results.S.choices if name in tally],
        "matching": sum(tally.values()),
        "fit": tally.get("fit", 0),
        "left_out": tally.get("left_out", 0),
        "reasons": asking.reasons(one, ["left_out"]) if one.run is None else [],
        "examples": results.examples(of, one, request.user) if stage == "previewed" else [],
        "asked": _told(action, one),
        "state": state,
        "lines": found,
        "more": more,
        "may_undo": asking.may_undo(one, action, tally),
        "may_go_on": one.undo_run is None and asking.stopped(one.run, one, "fit"),
    }
    return render(request, "jobs/bulk/bulk.html", context)


def _told(action, one):
    """(label, words) of what was asked, as the form shows it."""
    form = action.form(one.told, user=one.asked_by)
    form.is_valid()
    return [(field.label, _words(field, form.cleaned_data.get(field.name))) for field in form if not field.is_hidden]


def _words(field, value):
    choices = {str(key): words for key, words in getattr(field.field, "choices", []) or []}
    if value is None or value == "":
        return choices.get("", "")
    return choices.get(str(getattr(value, "pk", value)), value)


@require_POST
def go(request, pk):
    one, _of, _action = _bulk(request, pk)
    with refusals_shown(request):
        asking.go(one, by=request.user)
    return redirect("bulk", pk)


@require_POST
def undo(request, pk):
    one, _of, action = _bulk(request, pk)
    with refusals_shown(request):
        asking.undo(one, action, by=request.user)
    return redirect("bulk", pk)


@require_POST
def cancel(request, pk):
    """Stop after the row in hand; what is done stays done."""
    one, _of, _action = _bulk(request, pk)
    with refusals_shown(request):
        asking.cancel(one, by=request.user)
    return redirect("bulk", pk)


@require_safe
def results_file(request, pk):
    one, of, _action = _bulk(request, pk)
    return results.file_answer(of, one, by=request.user)


@require_safe
def bulks(request):
    """One's own latest ones."""
    rows = Bulk.objects.visible_to(request.user).select_related(*RUNS).order_by("-pk")[:LATEST]
    found = [(one, lists.find(one.list)) for one in rows]
    drawn = [(one, of, of.action(one.action)) for one, of in found if of and of.action(one.action)]
    return render(request, "jobs/bulk/list.html", {"bulks": drawn})
