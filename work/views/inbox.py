"""The inbox, and the badge that every page carries."""

from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from work import inbox as reading
from work.models import Notice


@require_safe
def inbox(request):
    """What is unread, the newest first, then what was read."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    unread = [] if before else reading.unread(request.user)
    read, older = reading.read(request.user, before)
    found = reading.lines(request.user, unread + read)
    context = {"unread": found[: len(unread)], "read": found[len(unread) :], "older": older, "first": not before}
    return render(request, "work/inbox.html", context)


@require_safe
def badge(request):
    """The polled fragment: the number, and toasts for what is urgent and was not shown yet; 204 when nothing is new."""
    now = reading.badge(request.user)
    if request.GET.get("shown") == now.shown and not now.toasts:
        return HttpResponse(status=204)
    return render(request, "work/_badge_count.html", {"badge": now, "polled": True})


@require_POST
def seen(request, pk):
    """The toast was shown: it is not shown again."""
    Notice.objects.visible_to(request.user).filter(pk=_notice(request, pk).pk, seen_at=None).update(seen_at=Now())
    return HttpResponse(status=204)


@require_POST
def read(request, pk):
    """Read; opened as well, where the page asks for it."""
    notice = _notice(request, pk)
    Notice.objects.visible_to(request.user).filter(pk=notice.pk).mark_read()
    line = reading.lines(request.user, [notice])[0]
    target = line.opens if request.POST.get("open") else ""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": target} if target else {"HX-Refresh": "true"})
    return redirect(target or "inbox")


@require_POST
def read_all(request):
    """Everything up to the newest one that the page showed; what came in since stays unread."""
    shown = request.POST.get("until", "")
    if shown.isdecimal() and len(shown) < 19:
        Notice.objects.visible_to(request.user).filter(pk__lte=int(shown)).mark_read()
    return redirect("inbox")


def _notice(request, pk):
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
