"""Accounts: listed, brought in by their numbers, read with what they owe, changed."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from billing.api.bodies import AccountChange, SaidAccount
from billing.api.bringing import IMPORT, Bringing, described
from billing.api.shapes import AccountShape
from billing.filters import AccountFilter
from billing.imports.accounts import ACCOUNTS
from billing.late_fee import so_far
from billing.models import Account, BillingRules
from billing.models.accounts import VIEW, Outdated
from door.endpoint import Endpoint
from door.etags import version_seen
from door.problems import Stale

EXAMPLE = {"ref": "A-1001", "customer": "K00001", "way": "bank_debit", "credit_limit": "200.00", "unbilled": "12.50"}


def seen_by(user):
    return Account.objects.visible_to(user).select_related("customer")


def with_late_fees(user, rows):
    """The accounts with their late fee up to today hung on each."""
    fees = so_far([row.pk for row in rows], timezone.localdate(), BillingRules.of(user.branch_id))
    for row in rows:
        row.late_fee = fees.get(row.pk, 0)
    return rows


@described(
    "accounts", SaidAccount, AccountShape, listing=_("Accounts"), example=EXAMPLE,
    bringing=_("Open or change up to 500 accounts by their numbers"),
)  # fmt: skip
class Accounts(Bringing):
    about, filters = ACCOUNTS, AccountFilter

    def seen(self):
        return seen_by(self.request.user)

    def drawn(self, shape, row, **options):
        return super().drawn(shape, with_late_fees(self.request.user, row), **options)


class OneAccount(Endpoint):
    scope, rights = "billing", {"GET": VIEW, "PATCH": IMPORT}

    @extend_schema(operation_id="account_read", summary=_("One account, and what it owes"), responses=AccountShape)
    def get(self, request, pk):
        return self.one(AccountShape, self.find(pk))

    @extend_schema(
        operation_id="account_change", summary=_("Change an account"), request=AccountChange, responses=AccountShape
    )
    def patch(self, request, pk):
        """Only what is sent is changed; `If-Match` names the version that was seen. It asks for sight of it, too."""
        account = get_object_or_404(seen_by(request.user).reached_with(IMPORT, request.user), pk=pk)
        version = version_seen(request)
        try:
            account.change(by=request.user, version=version, **self.said(AccountChange, partial=True))
        except Outdated:
            raise Stale from None
        return self.one(AccountShape, self.find(pk))

    def find(self, pk):
        return with_late_fees(self.request.user, [get_object_or_404(seen_by(self.request.user), pk=pk)])[0]
