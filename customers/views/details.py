"""Opening a customer, and changing what is written about one."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.duplicates import like
from customers.forms.details import ChangeForm, OpenForm
from customers.header import offered
from customers.masking import Shown
from customers.models import ChangedMeanwhile, Customer
from customers.models.customer import CHANGEABLE
from customers.views.lookup import customer_of
from customers.views.pop import number_of
from customers.visits import place_of
from staff.access import may

PAGE = "customers/details/edit.html"
FINDING = ("number", "phone", "document")
TYPED = 60  # characters of each that are looked at; the forms take no more


@require_http_methods(["GET", "HEAD", "POST"])
@may("customers.create")
def new(request):
    call = request.GET.get("call", "")
    start = {"phone": number_of(request, call)}
    form = OpenForm(request.POST or None, branch=request.user.branch_id, initial=start)
    found = []
    if request.method == "POST" and form.is_valid():
        found = [] if form.cleaned_data.pop("anyway") else _like(request, form.cleaned_data)
        if not found and (customer := _open(form, request.user)):
            messages.success(request, _("%(customer)s is opened.") % {"customer": customer})
            return redirect("customer", customer.pk)
    status = 422 if request.method == "POST" else 200
    actions = offered(settings.CALL_ACTIONS, call, request.user) if start["phone"] else []
    context = {"form": form, "found": found, "actions": actions}
    return render(request, "customers/details/new.html", context, status=status)


def _like(request, data):
    """Pairs of a likeness and the customer as the person may see them."""
    found = like(request.user, **{name: data.get(name, "")[:TYPED] for name in FINDING})
    return [(one, Shown(one.customer, request.user)) for one in found]


def _open(form, user):
    try:
        return Customer.open(by=user, unit=place_of(user), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require_POST
@may("customers.create")
def duplicates(request):
    """Customers that look the same, while the person still types."""
    return render(request, "customers/details/_like.html", {"found": _like(request, request.POST)})


@require_http_methods(["GET", "HEAD", "POST"])
@may("customers.change")
def edit(request, pk):
    customer, shown = customer_of(request, pk, right="customers.change")
    context = {"customer": customer, "shown": shown}
    if request.method != "POST":
        return render(request, PAGE, context | {"form": ChangeForm.showing(customer)})
    form = ChangeForm(request.POST, instance=customer, branch=customer.branch_id)
    if form.is_valid():
        sent = {name: form.cleaned_data[name] for name in (*CHANGEABLE, "version")}
        try:
            customer.change(by=request.user, **sent)
        except ChangedMeanwhile as changed:
            again, clashes = form.after(changed.theirs)
            return render(request, PAGE, context | {"form": again, "clashes": clashes, "late": True}, status=409)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer", pk)
    return render(request, PAGE, context | {"form": form}, status=422)
