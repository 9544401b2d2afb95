"""One message: its text, what became of it, and what a person may decide about it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outreach import texts
from outreach.forms.deciding import DecisionForm, offered
from outreach.history import steps_of
from outreach.kinds import Channel
from outreach.showing import about_of, address_of, state_tag, why
from outreach.views.lookup import message_of
from staff.access import may
from staff.scope import holds

DECIDES = "outreach.decide"


@require_safe
@may("outreach.view")
def message(request, pk):
    return _page(request, *message_of(request, pk), DecisionForm())


@require_POST
@may(DECIDES)
def decide(request, pk):
    found, _shown = message_of(request, pk, right=DECIDES)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            form.decide(found, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Done."))
            return redirect("message", pk)
    return _page(request, *message_of(request, pk), form, status=422)


def _page(request, found, shown, form, status=200):
    context = {
        "message": found,
        "customer": found.customer,
        "shown": shown,
        "about": about_of(found),
        "to": address_of(found, shown, whole=True),
        "subject": shown.text(found.subject),
        "text": shown.text(found.text),
        "size": texts.size(found.text) if found.channel == Channel.SMS else None,
        "state": state_tag(found),
        "why": why(found),
        "steps": steps_of(found, shown),
        "form": form,
        "offered": offered(found) if holds(request.user, DECIDES) else [],
    }
    return render(request, "outreach/message.html", context, status=status)
