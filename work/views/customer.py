"""Follow-ups on the customer's page: the panel, a new one, several made one call."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.masking import reaches
from customers.views.lookup import customer_of
from staff.access import may
from work import merging, owing
from work.forms import NewForm
from work.models import FollowUp
from work.models.follow_ups import DO, VIEW
from work.shown import lines_of

AT_FIRST = 6


@require_safe
@may(VIEW)
def panel(request, pk):
    """What is open, soonest first, then what ended last."""
    customer, _shown = customer_of(request, pk)
    mine = FollowUp.objects.visible_to(request.user).filter(customer=customer)
    mine = mine.select_related("customer__tier", "owner", "merged_into")
    waiting = list(mine.open().order_by("due_at", "pk"))
    ended = list(mine.filter(ended_at__isnull=False).order_by("-ended_at")[:AT_FIRST])
    context = {
        "customer": customer,
        "waiting": lines_of(waiting, request.user, timezone.now(), numbers=False),
        "ended": lines_of(ended, request.user, timezone.now(), numbers=False),
        "may_add": reaches(request.user, DO, customer),
        "may_merge": mine.arranged_by(request.user).to_do().count() > 1,
    }
    return render(request, "work/_panel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(DO)
def new(request, pk):
    """The person who plans it owns it."""
    customer, shown = customer_of(request, pk, right=DO)
    form = NewForm(request.POST or None, customer=customer, shown=shown)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        key = f"form:{told.pop('key')}"
        try:
            made = owing.owe(customer, by=request.user, owner=request.user, key=key, **told)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("Planned for %(due)s.") % {"due": f"{timezone.localtime(made.due_at):%Y-%m-%d %H:%M}"}
            )
            return redirect("customer", pk)
    context = {"customer": customer, "shown": shown, "form": form}
    return render(request, "work/new.html", context, status=422 if form.errors else 200)


@require_POST
@may(DO)
def merge(request, pk):
    """All that is to be done for the customer, and that this person may arrange, becomes one call."""
    customer, _shown = customer_of(request, pk, right=DO)
    rows = FollowUp.objects.visible_to(request.user).arranged_by(request.user).to_do().filter(customer=customer)
    try:
        merging.merge(list(rows), by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("One call with several answers."))
    return redirect("customer", pk)
