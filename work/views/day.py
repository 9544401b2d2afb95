"""My day, done by keyboard: the page, the list that keeps itself fresh, an answer on the row."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from staff.access import may
from work import attempting, day
from work.forms import AttemptForm
from work.models.follow_ups import DO
from work.shown import lines_of
from work.views.lookup import workable

DONE_SHOWN = 10


def _context(request):
    now = timezone.now()
    done = day.done_today(request.user, now)
    return {
        "groups": day.groups(request.user, now),
        "done": lines_of(done.select_related("customer__tier")[:DONE_SHOWN], request.user, now),
        "done_count": done.count(),
        "now": timezone.localtime(now),
    }


@require_safe
@may(DO)
def my_day(request):
    return render(request, "work/day.html", _context(request))


@require_safe
@may(DO)
def fresh_list(request):
    return render(request, "work/_day.html", _context(request))


@require_POST
@may(DO)
def answer(request, pk):
    """One try from the row it stands on; a call with several parts is answered on its own page."""
    follow_up = workable(request, pk)
    form = AttemptForm(request.POST)
    problem = None
    if form.is_valid():
        try:
            attempting.attempt(follow_up, by=request.user, **form.told())
        except ValidationError as error:
            problem = error.messages[0]
    else:
        problem = " ".join(text for texts in form.errors.values() for text in texts)
    return _drawn(request, follow_up, problem)


@require_POST
@may(DO)
def undo(request, pk):
    follow_up, problem = workable(request, pk), None
    try:
        attempting.undo(follow_up, by=request.user)
    except ValidationError as error:
        problem = error.messages[0]
    return _drawn(request, follow_up, problem)


def _drawn(request, follow_up, problem):
    """The row as it now is; without scripts the day."""
    if not request.htmx:
        return redirect("day")
    (line,) = lines_of([follow_up], request.user, timezone.now())
    context = {"line": line, "problem": problem, "note": request.POST.get("note", "") if problem else ""}
    context["answered"] = not problem and not follow_up.is_to_do
    return render(request, "work/_row.html", context, status=422 if problem else 200)
