"""The till: opening and counting a shift, and what supervisors see of all of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.counter import tills
from billing.counter.filters import ShiftFilter
from billing.counter.forms import CountForm, OpenForm
from billing.counter.shown import lines_of, ways_of, with_sums
from billing.counter.taking import RIGHT
from billing.models import Receipt, Reversal, Shift
from billing.models.reversals import APPROVE
from billing.models.shifts import VIEW
from customers.paging import page_of
from staff.access import may
from staff.saved_views.lists import with_views

NARROWING = ("which", "unit", "since", "until", "after", "before")
MOST = 50  # rows of what is to be looked at
SHOWN = ("unit", "clerk", "counted_by", "signed_by")


def filtered(request):
    return ShiftFilter(request.GET, Shift.objects.visible_to(request.user), request=request)


@with_views("shifts", gettext_lazy("Tills"), filtered)
@require_safe
@may(VIEW)
def shifts(request):
    return _list(request)


def _list(request, form=None):
    now = timezone.now()
    filtering = filtered(request)
    place = {name: _key(request.GET.get(name)) for name in ("after", "before")}
    page = page_of(with_sums(filtering.qs).select_related("unit", "clerk"), "opened_at", descending=True, **place)
    waiting = Reversal.objects.visible_to(request.user).approved_by(request.user).waiting()
    mine = tills.open_of(request.user)
    context = {
        "filter": filtering,
        "lines": lines_of(page.rows, now),
        "following": page.following and _address(request.GET, after=page.following),
        "preceding": page.preceding and _address(request.GET, before=page.preceding),
        "to_look_at": lines_of(_to_look_at(request, now), now),
        "reversals": waiting.select_related("asked_by", "receipt__payment", "receipt__unit").order_by("asked_at"),
        "mine": mine,
        "open_form": form or (OpenForm(clerk=request.user) if not mine and request.user.has_perm(RIGHT) else None),
    }
    return render(request, "billing/counter/shifts.html", context, status=422 if form else 200)


def _to_look_at(request, now):
    """What whoever approves has to end: shifts of other days, and differences; the oldest first. Not above a part."""
    if any(request.GET.get(name) for name in NARROWING):
        return []
    rows = Shift.objects.visible_to(request.user).reached_with(APPROVE, request.user).unsettled(now)
    return with_sums(rows).select_related("unit", "clerk").order_by("opened_at")[:MOST]


def _key(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _address(asked, **place):
    query = asked.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    query.update(place)
    return "?" + query.urlencode()


@require_POST
@may(RIGHT)
def open_shift(request):
    form = OpenForm(request.POST, clerk=request.user)
    if form.is_valid():
        try:
            made = tills.open_shift(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Your shift is open."))
            return redirect("shift", made.pk)
    return _list(request, form)


def _shift_of(request, pk):
    return get_object_or_404(Shift.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


@require_safe
@may(VIEW)
def shift(request, pk):
    return _page(request, _shift_of(request, pk))


def _page(request, one, problem=""):
    """Its money by way of payment, its receipts, and what was paid back out of it."""
    receipts = one.receipts.select_related("payment").order_by("pk")
    back = one.reversals.filter(state=Reversal.State.APPROVED).select_related("receipt__payment", "decided_by")
    context = {
        "shift": one,
        "line": lines_of(with_sums(Shift.objects.visible_to(request.user)).filter(pk=one.pk), timezone.now())[0],
        "ways": ways_of(one),
        "receipts": receipts,
        "paid_back": back.order_by("decided_at"),
        "opened": set(Receipt.objects.visible_to(request.user).filter(shift=one).values_list("pk", flat=True)),
        "may_count": may_count(one, request.user),
        "may_sign": _may_sign(one, request.user),
        "problem": problem,
    }
    return render(request, "billing/counter/shift.html", context, status=422 if problem else 200)


def may_count(shift, user):
    """The clerk; whoever approves there, where it was left open; again, whoever counted it, until it is signed."""
    if shift.state == Shift.State.CLOSED:
        return False
    if user.pk in (shift.clerk_id, shift.counted_by_id):
        return True
    return shift.is_left_open(timezone.now()) and _approves(shift, user)


def _may_sign(shift, user):
    ours = user.pk in (shift.clerk_id, shift.counted_by_id)
    return shift.state == Shift.State.COUNTED and not ours and _approves(shift, user)


def _approves(shift, user):
    return Shift.objects.visible_to(user).reached_with(APPROVE, user).filter(pk=shift.pk).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@may(VIEW)
def count(request, pk):
    """Counted without seeing what was recorded; where it differs, both are shown and a reason is asked for."""
    one = _shift_of(request, pk)
    if not may_count(one, request.user):
        raise Http404
    form = CountForm(request.POST if request.method == "POST" else None)
    ways = []
    if form.is_bound and form.is_valid():
        told = {"counted": form.counted(), "pieces": form.pieces(), "explanation": form.cleaned_data["explanation"]}
        try:
            tills.count(one, by=request.user, **told)
        except ValidationError as error:
            form.refuse(error)
            ways = ways_of(one, form.counted())
        else:
            messages.success(request, _("Counted."))
            return redirect("shift", pk)
    context = {"shift": one, "form": form, "ways": ways}
    return render(request, "billing/counter/count.html", context, status=422 if form.errors else 200)


@require_POST
@may(APPROVE)
def sign(request, pk):
    rows = Shift.objects.visible_to(request.user).reached_with(APPROVE, request.user)
    one = get_object_or_404(rows.select_related(*SHOWN), pk=pk)
    try:
        tills.sign(one, by=request.user)
    except ValidationError as error:
        one.refresh_from_db()
        return _page(request, one, problem=error.messages[0])
    messages.success(request, _("Signed; the shift is closed."))
    return redirect("shift", pk)
