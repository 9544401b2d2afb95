"""Writing to a customer, with the text before one's eyes as it will arrive."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.views.lookup import customer_of
from outreach.forms.writing import WriteForm
from outreach.models import Message
from staff.access import may

RIGHT = "outreach.write"


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def write(request, pk):
    customer, shown = customer_of(request, pk, right=RIGHT)
    form = WriteForm(request.POST or None, customer=customer, user=request.user)
    if request.method == "POST" and form.is_valid() and (message := _sent(form)):
        _say(request, message)
        return redirect("customer", pk)
    context = {"customer": customer, "shown": shown, "form": form, "draft": form.draft() if form.is_bound else None}
    return render(request, "outreach/write/page.html", context, status=422 if request.method == "POST" else 200)


def _sent(form):
    try:
        return form.send()
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _say(request, message):
    if message.state == Message.State.WITHHELD:
        messages.warning(request, _("It is kept but cannot be sent: see its page."))
    else:
        messages.success(request, _("It is in the outbox."))


@require_POST
@may(RIGHT)
def fields(request, pk):
    """The fields of the template that was just chosen, and its text; what was typed before stays where it fits."""
    return _fragment(request, pk, "outreach/write/_fields.html")


@require_POST
@may(RIGHT)
def preview(request, pk):
    """The text alone, while somebody types."""
    return _fragment(request, pk, "outreach/write/_draft.html")


def _fragment(request, pk, template):
    customer, shown = customer_of(request, pk, right=RIGHT)
    form = WriteForm(initial=request.POST.dict(), customer=customer, user=request.user)
    context = {"customer": customer, "shown": shown, "form": form, "draft": form.draft()}
    return render(request, template, context)
