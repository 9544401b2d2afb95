"""How much of a late fee a person waives at once, and what they may decide on (domain 4.11)."""

from datetime import datetime
from decimal import Decimal

from billing.lately import asked_lately, total
from billing.models import Account, BillingRules, Waiver
from billing.models.waivers import ASK, DECIDE, LARGE
from customers.masking import reaches
from customers.models import Customer
from staff.models import User


def at_once(user: User, customer: Customer, rules: BillingRules) -> Decimal:
    """The largest of what the person's rights over this customer allow without another."""
    limits = {ASK: rules.waived_by_managers, DECIDE: rules.waived_by_dunning, LARGE: rules.waived_by_heads}
    return max((limit for right, limit in limits.items() if reaches(user, right, customer)), default=Decimal(0))


def left(user: User, account: Account, rules: BillingRules, at: datetime) -> Decimal:
    """What of `at_once` is left: what the person has waived alone for this customer lately counts, in however many
    pieces. Binding while the account is held.
    """
    used = _lately(account, at, asked_by=user, decided_by=None)
    return max(at_once(user, account.customer, rules) - used, Decimal(0))


def decides(user: User, waiver: Waiver, rules: BillingRules, at: datetime) -> bool:
    """Whether the person may decide on a waiver that another asked for: up to the smaller limit what they approved for
    this customer lately counts as well.
    """
    customer = waiver.account.customer
    is_small = waiver.amount + _lately(waiver.account, at, decided_by=user) <= rules.waived_by_dunning
    return reaches(user, LARGE, customer) or (is_small and reaches(user, DECIDE, customer))


def _lately(account, at, **who):
    """What was waived for the account's customer in thirty days."""
    given = Waiver.objects.filter(account__customer=account.customer_id, state=Waiver.State.GIVEN, **who)
    return total(given.filter(asked_lately(at)))
