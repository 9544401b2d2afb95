"""Who hears that a late fee is to be waived, and who hears what came of it."""

from billing.counter import approvers
from billing.models import BillingRules, Waiver
from billing.models.waivers import DECIDE, LARGE
from work import notices


def ring(waiver: Waiver, rules: BillingRules):
    """Those closest to the customer's unit who may decide on as much."""
    unit = waiver.account.customer.unit
    right = DECIDE if waiver.amount <= rules.waived_by_dunning else LARGE
    told = approvers.at(unit, right=right, but=[waiver.asked_by_id])
    about = {"by": str(waiver.asked_by), "amount": waiver.amount}
    notices.ring_many(told, "waiver.asked", key=f"waiver:{waiver.pk}", subject=waiver, **about)


def answer(waiver: Waiver, by):
    """Nobody else needs to look any more; who asked hears what came of it."""
    notices.settle(waiver)
    kind, about = f"waiver.{waiver.state}", {"by": str(by), "amount": waiver.amount}
    notices.ring(waiver.asked_by, kind, key=f"{kind}:{waiver.pk}", subject=waiver, **about)
