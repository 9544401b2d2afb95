"""The list of accounts, sorted by what is owed, and one account with everything that made it so."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from billing import ages, history, late_fee
from billing.filters import AccountFilter
from billing.listed import OLDEST, lines_of
from billing.models import Account, BillingRules
from billing.models.accounts import VIEW
from billing.spend import spend
from customers.masking import Shown
from customers.paging import address, edges, page_of
from customers.tier_marks import TierMarks
from staff.access import may
from staff.saved_views.lists import with_views
from staff.scope import postings_of, scope_of

COUNTED = 10_000  # exactly up to here
SHOWN = ("customer__tier", "customer__unit")


def filtered(request):
    """The accounts within reach that the address asks for. The branch is said aloud, for the order of its index."""
    rows = Account.objects.visible_to(request.user)
    if not scope_of(request.user, VIEW).own:
        rows = rows.filter(branch__in={posting.unit.home_id for posting in postings_of(request.user)})
    return AccountFilter(request.GET, rows, request=request)


@with_views("accounts", gettext_lazy("Accounts"), filtered)
@require_safe
@may(VIEW)
def accounts(request):
    filtering = filtered(request)
    rows = filtering.qs.select_related(*SHOWN).annotate(oldest=OLDEST)
    page = page_of(rows, "owed", descending=True, **edges(request.GET))
    context = {
        "filter": filtering,
        "lines": lines_of(page.rows, request.user, TierMarks(), timezone.localdate()),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "count_address": address(request.GET),
        "narrowed": filtering.narrowed,
    }
    return render(request, "billing/accounts.html", context)


@require_safe
@may(VIEW)
def count(request):
    """How many there are, asked for beside the list."""
    number = filtered(request).qs.order_by()[: COUNTED + 1].count()
    return render(request, "billing/_count.html", {"number": min(number, COUNTED), "over": number > COUNTED})


@require_safe
@may(VIEW)
def account(request, pk):
    rows = Account.objects.visible_to(request.user).select_related("customer__tier", "customer__unit", "branch")
    account, day = get_object_or_404(rows, pk=pk), timezone.localdate()
    most = None if "all" in request.GET else history.AT_FIRST
    shown, rules = Shown(account.customer, request.user), BillingRules.of(account.branch_id)
    context = {
        "account": account,
        "shown": shown,
        "payer": account.name and shown.person(account.name),
        "late_fee": late_fee.so_far([account.pk], day, rules).get(account.pk, 0),
        "ages": ages.of_account(account, day),
        "bills": history.bills(account, request.user, day, most),
        "payments": history.payments(account, request.user, most),
        "spend": spend(account, day),
        "most": most,
    }
    return render(request, "billing/account.html", context)
