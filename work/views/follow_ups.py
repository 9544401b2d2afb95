"""The page of one follow-up, and what is done about it there."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from staff.access import may
from work import arranging, attempting, history
from work.forms import AttemptForm, CancelForm, HandOverForm, MoveForm, NoteForm
from work.models import FollowUp
from work.models.follow_ups import DO, VIEW
from work.models.states import State
from work.shown import lines_of
from work.views.lookup import arrangeable, follow_up_of, workable


@require_safe
@may(VIEW)
def follow_up(request, pk):
    return _page(request, follow_up_of(request, pk))


def _page(request, one, **bound):
    """The page with its forms; `bound` are those that were sent and are to be put right."""
    (line,) = lines_of([one], request.user, timezone.now())
    rows = FollowUp.objects.visible_to(request.user).filter(pk=one.pk)
    parts = list(FollowUp.objects.visible_to(request.user).filter(merged_into=one).order_by("pk"))
    context = {
        "line": line,
        "follow_up": one,
        "history": history.of(one, line.who),
        "parts": [(part, line.who.text(part.what)) for part in parts],
        "may_do": one.is_to_do and not one.merged_into_id and rows.done_by(request.user).exists(),
        "may_arrange": rows.arranged_by(request.user).exists(),
        "may_try_again": one.state == State.UNREACHABLE,
        "may_take": one.owner_id is None and one.is_open and request.user.has_perm(DO),
        "asked_at": _page_of_questions(one),
        "attempt": AttemptForm(parts=_open_parts(request.user, one, line.who)),
        "note": NoteForm(),
        "move": MoveForm(initial={"due_at": timezone.localtime(one.due_at), "version": one.version}),
        "hand_over": HandOverForm(follow_up=one),
        "cancel": CancelForm(),
    }
    return render(request, "work/follow_up.html", context | bound, status=422 if bound else 200)


def _page_of_questions(one):
    """Where the app that it serves has the questions of this call, if it has any (settings.FOLLOW_UP_PAGES)."""
    name = settings.FOLLOW_UP_PAGES.get((one.kind, one.about_type))
    return reverse(name, args=[one.about_id]) if name else ""


def _open_parts(user, one, shown=None):
    """Those that the person may know of, as they may read them; one with others is not theirs to answer."""
    parts = list(FollowUp.objects.visible_to(user).filter(merged_into=one, ended_at=None).order_by("pk"))
    for part in parts if shown else ():
        part.what = shown.text(part.what)
    return parts


def _act(request, one, name, form, operate):
    """Do what the form says, or show it again with what is to be put right."""
    if form.is_valid():
        try:
            operate(form)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("follow-up", one.pk)
    one.refresh_from_db()
    return _page(request, one, **{name: form})


@require_POST
@may(DO)
def attempt(request, pk):
    one = workable(request, pk)
    form = AttemptForm(request.POST, parts=_open_parts(request.user, one))
    return _act(request, one, "attempt", form, lambda form: attempting.attempt(one, by=request.user, **form.told()))


@require_POST
@may(DO)
def note(request, pk):
    one, form = workable(request, pk), NoteForm(request.POST)
    return _act(
        request, one, "note", form, lambda form: arranging.note(one, form.cleaned_data["note"], by=request.user)
    )


@require_POST
@may(VIEW)
def reschedule(request, pk):
    one, form = arrangeable(request, pk), MoveForm(request.POST)
    return _act(
        request, one, "move", form, lambda form: arranging.reschedule(one, by=request.user, **form.cleaned_data)
    )


@require_POST
@may(VIEW)
def hand_over(request, pk):
    one = arrangeable(request, pk)
    form = HandOverForm(request.POST, follow_up=one)
    return _act(
        request, one, "hand_over", form, lambda form: arranging.hand_over(one, by=request.user, **form.cleaned_data)
    )


@require_POST
@may(VIEW)
def cancel(request, pk):
    one, form = arrangeable(request, pk), CancelForm(request.POST)
    return _act(request, one, "cancel", form, lambda form: arranging.cancel(one, by=request.user, **form.cleaned_data))


@require_POST
@may(DO)
def take_over(request, pk):
    return _press(request, workable(request, pk), arranging.take_over)


@require_POST
@may("work.lead")
def try_again(request, pk):
    return _press(request, arrangeable(request, pk), arranging.try_again)


def _press(request, one, operate):
    """A button without a form: what is refused is said on the page that follows."""
    try:
        operate(one, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("follow-up", one.pk)
