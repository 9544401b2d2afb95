"""Opening a customer, and changing what is written about one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.duplicates import like
from customers.forms.details import ChangeForm, OpenForm
from customers.models import ChangedMeanwhile, Customer
from customers.views.lookup import customer_of
from customers.visits import place_of
from staff.access import may

FINDING = ("number", "phone", "document")


@require_http_methods(["GET", "POST"])
@may("customers.create")
def new(request):
    form = OpenForm(request.POST or None, branch=request.user.branch_id)
    found = []
    if request.method == "POST" and form.is_valid():
        found = [] if form.cleaned_data.pop("anyway") else _like(request, form.cleaned_data)
        if not found and (customer := _open(form, request.user)):
            messages.success(request, _("%(customer)s is opened.") % {"customer": customer})
            return redirect("customer", customer.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/details/new.html", {"form": form, "found": found}, status=status)


def _like(request, data):
    return like(request.user, **{name: data.get(name, "") for name in FINDING})


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


@require_http_methods(["GET", "POST"])
@may("customers.change")
def edit(request, pk):
    customer, shown = customer_of(request, pk, right="customers.change")
    form = ChangeForm(
        request.POST or None, instance=customer, initial={"version": customer.version}, branch=customer.branch_id
    )
    context = {"customer": customer, "shown": shown, "form": form}
    if request.method == "GET":
        return render(request, "customers/details/edit.html", context)
    if form.is_valid():
        try:
            customer.change(by=request.user, **form.cleaned_data)
        except ChangedMeanwhile as changed:
            return _conflict(request, form, changed, context)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer", pk)
    return render(request, "customers/details/edit.html", context, status=422)
