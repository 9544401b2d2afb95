"""Phones of the simulator: what customers received, and answers as they would write them."""

from functools import wraps

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.masking import Shown
from customers.models import Customer
from customers.search.box import find
from customers.views.lookup import customer_of
from outreach import addresses, simulated
from outreach.forms.phones import ReplyForm
from outreach.kinds import Channel
from outreach.models import Message
from staff.access import may

RIGHT = "outreach.view"
MOST = 20  # phones in the list
LOOKED_THROUGH = 200  # messages


def with_simulator(view):
    """Hand the view the centre; without one there are no phones here, and the page says so."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        centre = simulated.centre()
        if centre is None:
            return render(request, "outreach/phones/none.html", status=404)
        return view(request, centre, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
@with_simulator
def phones(request, centre):
    """The phones written to last; a search, whose text is personal data, comes by POST."""
    asked = request.POST.get("q", "").strip()
    found = _found(asked, request.user) if asked else _latest(request.user)
    rows = [(customer, Shown(customer, request.user)) for customer in found]
    return render(request, "outreach/phones/list.html", {"rows": rows, "asked": asked})


def _found(text, user):
    order = [hit.pk for hit in find(text, user)]
    rows = Customer.objects.visible_to(user).reached_with(RIGHT, user).filter(pk__in=order)
    return sorted(rows.select_related("tier", "unit"), key=lambda customer: order.index(customer.pk))


def _latest(user):
    sent = Message.objects.visible_to(user).filter(gateway=simulated.NAME, channel=Channel.SMS)
    latest = dict.fromkeys(sent.order_by("-pk").values_list("customer", flat=True)[:LOOKED_THROUGH])
    order = list(latest)[:MOST]
    rows = Customer.objects.visible_to(user).filter(pk__in=order).select_related("tier", "unit")
    return sorted(rows, key=lambda customer: order.index(customer.pk))


@require_safe
@may(RIGHT)
@with_simulator
def phone(request, centre, pk):
    return _page(request, centre, pk, ReplyForm())


@require_safe
@may(RIGHT)
@with_simulator
def screen(request, centre, pk):
    """What the phone shows now; the page asks for it again and again."""
    customer, shown = customer_of(request, pk, right=RIGHT)
    return render(request, "outreach/phones/_screen.html", _screen(centre, customer, shown))


@require_POST
@may(RIGHT)
@with_simulator
def reply(request, centre, pk):
    customer, _shown = customer_of(request, pk, right=RIGHT)
    form, number = ReplyForm(request.POST), _number(customer)
    if form.is_valid() and number:
        try:
            centre.reply(number, form.cleaned_data["text"])
            return redirect("phone", pk)
        except simulated.Silent:
            form.add_error(None, simulated.SILENT)
    return _page(request, centre, pk, form, status=422)


def _page(request, centre, pk, form, status=200):
    customer, shown = customer_of(request, pk, right=RIGHT)
    return render(
        request, "outreach/phones/phone.html", _screen(centre, customer, shown) | {"form": form}, status=status
    )


def _screen(centre, customer, shown):
    """`lines` are None where the simulator does not answer."""
    number = _number(customer)
    try:
        lines = [line | {"text": shown.text(line["text"])} for line in centre.phone(number)] if number else []
    except simulated.Silent:
        lines = None
    return {"customer": customer, "shown": shown, "number": number and shown.number(number), "lines": lines}


def _number(customer):
    return addresses.of([customer], Channel.SMS)[customer.pk][0]
