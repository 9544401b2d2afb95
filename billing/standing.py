"""Whether a customer is in arrears, and what follows from it (H31, domain 4.3).

Anything still open after its last day of payment is arrears; what is owed and not due yet is not.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import money
from billing.models import Account, Bill, BillingRules
from billing.models.accounts import VIEW
from customers.header import Mark
from customers.masking import reaches
from customers.models import Customer
from staff.models import User


@dataclass(frozen=True)
class Arrears:
    """What is overdue, by currency, and the last day on which the oldest of it could be paid in time."""

    sums: dict[str, Decimal]
    since: date
    days: int

    @property
    def words(self) -> str:
        return " + ".join(money.said(amount, currency) for currency, amount in self.sums.items())


def arrears(customer: Customer, day: date) -> Arrears | None:
    """What the customer should have paid before `day`, over all accounts. One query."""
    late = Bill.objects.overdue(day).filter(account__customer=customer)
    rows = late.order_by("account__currency").values_list("account__currency")
    found = list(rows.annotate(Sum("open"), Min("due_on")))
    if not found:
        return None
    since = min(oldest for *rest, oldest in found)
    return Arrears({currency: amount for currency, amount, oldest in found}, since, (day - since).days)


def in_arrears(customer: Customer, day: date) -> bool:
    """What benefits ask (H31): whether anything of the customer is overdue on that day."""
    return Bill.objects.overdue(day).filter(account__customer=customer).exists()


@dataclass(frozen=True)
class Answer:
    yes: bool
    because: str


def without_deposit(customer: Customer, owing: Arrears | None, rules: BillingRules) -> Answer:
    """International roaming and long distance without a deposit: by tier, and with nothing overdue (H31)."""
    if owing:
        return Answer(False, _("%(sum)s is overdue.") % {"sum": owing.words})
    allowed = customer.tier.order <= rules.deposit_free_up_to
    said = _("%(tier)s has this benefit, and nothing is overdue.") if allowed else _("%(tier)s has no such benefit.")
    return Answer(allowed, said % {"tier": customer.tier})


def is_low(account: Account, rules: BillingRules) -> bool:
    """Whether little is left of the limit or of what was paid ahead; an account with neither is never low."""
    if not (account.credit_limit or account.credit):
        return False
    return account.available < max(rules.low_balance, rules.low_share * account.credit_limit)


def marks(customer: Customer, user: User):
    """What is overdue, beside the name, for whoever sees what the customer owes. One query."""
    owing = reaches(user, VIEW, customer) and arrears(customer, timezone.localdate())
    if owing:
        words = ngettext("Owes %(sum)s, %(n)s day overdue", "Owes %(sum)s, %(n)s days overdue", owing.days)
        yield Mark(words % {"sum": owing.words, "n": owing.days}, "bad", "banknotes", "#panel-money")
