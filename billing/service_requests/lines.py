"""Which lines an account pays for, and which account for a line."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from billing.models import Account
from customers.models import Line


def lines_of(account: Account) -> QuerySet[Line]:
    """Those it is said to pay for; and, of the customer's first open account, those nobody is said to pay for."""
    said = Q(paid_by__account=account)
    first = Account.objects.filter(customer=OuterRef("customer"), closed_on=None).order_by("pk").values("pk")[:1]
    rows = Line.objects.filter(customer=account.customer_id).alias(first=Subquery(first))
    return rows.filter(said | Q(paid_by=None, first=account.pk)).order_by("pk")


def account_of(line: Line) -> Account | None:
    """The one said to pay for the line, or else the customer's first, those that are open before closed ones."""
    own = Account.objects.filter(customer=line.customer_id)
    return (
        own.filter(account_lines__line=line).first()
        or own.order_by(F("closed_on").desc(nulls_first=True), "pk").first()
    )
