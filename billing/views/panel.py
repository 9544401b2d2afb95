"""The panel of the customer's page that says what is owed, paid and spent."""

from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing import newcomers
from billing.dunning.agreements import standing as agreed
from billing.models import Account
from billing.models.accounts import VIEW
from billing.overview import overview
from billing.service_requests.people import DUN
from billing.service_requests.standing import stopped_lines, stopped_of
from billing.standing import without_deposit
from customers.masking import reaches
from customers.views.lookup import customer_of
from staff.access import may


@require_safe
@may(VIEW)
def panel(request, pk):
    customer, shown = customer_of(request, pk, right=VIEW)
    accounts = Account.objects.visible_to(request.user).filter(customer=customer)
    accounts = agreed.with_agreements(accounts).annotate(has_stopped=Exists(stopped_of(OuterRef("customer"))))
    money = overview(customer, accounts, timezone.localdate())
    context = {"customer": customer, "money": money}
    if money:
        held = agreed.dunned([(one.account, one.late) for one in money.standings], timezone.localdate())
        context["standings"] = [(one, held.get(one.account.pk)) for one in money.standings]
        context["may"] = agreed.may(customer, request.user) if held else None
        if money.standings[0].account.has_exempt:
            context["exemptions"] = [(one, shown.number(one.line.number)) for one in agreed.exemptions(customer)]
        context["roaming"] = without_deposit(customer, money.arrears, money.rules)
        context["ways"] = [way.label for way in newcomers.WAYS]
        context["factor"] = money.rules.shock_factor.normalize()
        if money.standings[0].account.has_stopped:
            context |= _stopped(customer, shown)
    return render(request, "billing/panels/_money.html", context)


def _stopped(customer, shown):
    """What is stopped or asked for, and what the person may do about it."""
    user = shown.user
    return {
        "stopped": stopped_lines(customer, shown, timezone.now()),
        "may_see": reaches(user, "billing.view_dunning", customer),
        "may_dun": reaches(user, DUN, customer),
        "may_take": reaches(user, "billing.take_payment", customer),
    }
