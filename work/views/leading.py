"""What leaders look at: what their units owe, and which promises were kept."""

from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from customers.paging import page_of
from staff.access import may
from staff.saved_views.lists import with_views
from work import promises
from work.filters import FollowUpFilter
from work.forms import PeriodForm
from work.models import FollowUp
from work.models.follow_ups import LEAD
from work.shown import lines_of

LAST_DAYS = 30


def filtered(request):
    rows = FollowUp.objects.visible_to(request.user).of_leaders_list(request.user)
    return FollowUpFilter(request.GET, rows, request=request)


@with_views("follow-ups", gettext_lazy("Follow-ups"), filtered)
@require_safe
@may(LEAD)
def follow_ups(request):
    filtering = filtered(request)
    rows = filtering.qs.select_related("customer__tier", "owner", "unit")
    after, before = (_key(request.GET.get(name)) for name in ("after", "before"))
    page = page_of(rows, "late_at", after=after, before=before)
    context = {
        "filter": filtering,
        "lines": lines_of(page.rows, request.user, timezone.now()),
        "following": page.following and _address(request.GET, after=page.following),
        "preceding": page.preceding and _address(request.GET, before=page.preceding),
    }
    return render(request, "work/list.html", context)


def _key(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _address(asked, **place):
    query = asked.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    query.update(place)
    return "?" + query.urlencode()


@require_safe
@may(LEAD)
def kept_promises(request):
    """The rates with the numbers behind them; each number leads to its rows."""
    today = timezone.localdate()
    form = PeriodForm(request.GET or {"since": today - timedelta(days=LAST_DAYS), "until": today})
    context = {"form": form}
    if form.is_valid():
        period = form.cleaned_data
        rows = promises.judged(request.user, **period).led_by(request.user)
        context |= promises.rates(rows) | period | {"overall": promises.overall(rows)}
    return render(request, "work/promises.html", context, status=200 if form.is_valid() else 422)
