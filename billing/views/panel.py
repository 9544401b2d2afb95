"""The panel of the customer's page that says what is owed, paid and spent."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing import newcomers, standing
from billing.models import Account, BillingRules
from billing.models.accounts import VIEW
from billing.overview import overview
from customers.views.lookup import customer_of
from staff.access import may


@require_safe
@may(VIEW)
def panel(request, pk):
    customer, _shown = customer_of(request, pk, right=VIEW)
    day, rules = timezone.localdate(), BillingRules.of(customer.branch_id)
    context = {
        "customer": customer,
        "money": overview(customer, Account.objects.visible_to(request.user).filter(customer=customer), day, rules),
        "roaming": standing.without_deposit(customer, standing.arrears(customer, day), rules),
        "ways": [way.label for way in newcomers.WAYS],
        "factor": rules.shock_factor.normalize(),
    }
    return render(request, "billing/panels/_money.html", context)
