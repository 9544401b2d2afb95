"""The panel of the customer's page that says what is owed, paid and spent."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing import newcomers
from billing.models import Account
from billing.models.accounts import VIEW
from billing.overview import overview
from billing.standing import without_deposit
from customers.views.lookup import customer_of
from staff.access import may


@require_safe
@may(VIEW)
def panel(request, pk):
    customer, _shown = customer_of(request, pk, right=VIEW)
    accounts = Account.objects.visible_to(request.user).filter(customer=customer)
    money = overview(customer, accounts, timezone.localdate())
    context = {"customer": customer, "money": money}
    if money:
        context["roaming"] = without_deposit(customer, money.arrears, money.rules)
        context["ways"] = [way.label for way in newcomers.WAYS]
        context["factor"] = money.rules.shock_factor.normalize()
    return render(request, "billing/panels/_money.html", context)
