"""Recording a contact from the customer's page, and ticking off what was to be followed up."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from customers.forms.visit import Visit
from customers.header import offered
from customers.models import Interaction
from customers.views.lookup import customer_of
from customers.visits import RIGHT, record_visit
from staff.access import may


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def visit(request, pk):
    customer, shown = customer_of(request, pk, right=RIGHT)
    form = Visit(customer, request.user, shown, request.POST or None)
    interaction = _record(form, customer, request.user) if request.method == "POST" else None
    if interaction:
        return _recorded(request, interaction, Visit(customer, request.user, shown))
    context = {"customer": customer, "shown": shown, "visit": form}
    template = "customers/visit/_form.html" if request.htmx else "customers/visit/page.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


@require_safe
@may(RIGHT)
def waiting(request, pk):
    """The form as it waits out of sight on the customer's page; no address of its own (`customers.views.parts`)."""
    customer, shown = customer_of(request, pk, right=RIGHT)
    context = {"customer": customer, "visit": Visit(customer, request.user, shown), "kept": True}
    return render(request, "customers/visit/_form.html", context)


def _recorded(request, interaction, fresh):
    """Said at once, with a fresh form at hand for the next contact."""
    if not request.htmx:
        messages.success(request, _("Recorded."))
        return redirect("customer", interaction.customer_id)
    actions = offered(settings.CONTACT_ACTIONS, interaction, request.user)
    context = {"customer": interaction.customer, "interaction": interaction, "visit": fresh, "actions": actions}
    return trigger_client_event(render(request, "customers/visit/_recorded.html", context), "timeline-changed")


def _record(form, customer, user):
    """The contact, or None with the reasons on the form."""
    if not form.is_valid():
        return None
    try:
        return record_visit(customer, by=user, **form.cleaned())
    except ValidationError as error:
        form.refuse(error)
        return None


@require_POST
@may(RIGHT)
def follow_up_done(request, pk):
    """From the timeline the row is drawn again; from elsewhere the person returns to the customer."""
    rows = Interaction.objects.visible_to(request.user).select_related("customer", "by", "first_owner", "unit")
    interaction = get_object_or_404(rows, pk=pk)
    customer_of(request, interaction.customer_id, right=RIGHT)
    try:
        interaction.follow_up_is_done(by=request.user)
    except ValidationError as error:
        return render(request, "customers/timeline/_refused.html", {"problem": error.messages[0]}, status=422)
    if not request.htmx:
        messages.success(request, _("Follow-up done."))
        return redirect("customer", interaction.customer_id)
    return trigger_client_event(render(request, "customers/timeline/_followed_up.html"), "timeline-changed")
