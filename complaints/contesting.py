"""A complaint about a charge takes its bill out of dunning until it is settled (domain 2.1 no. 14, 4.3)."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from billing import ledger
from billing.dunning.disputing import dispute
from billing.models import Bill, Hold
from staff.models import User

LONGEST = 200


def contest(bill: Bill, *, by: User, key: str, words: str, at: datetime, person: User | None = None) -> Hold | None:
    """The dispute of the bill: the one it has, or a new one; None where nothing of it is open. Locks the account.

    Where the complaint is about a `person` the dispute says none of its `words`.
    """
    ledger.lock([bill.account_id])
    bill = Bill.objects.get(pk=bill.pk)
    disputed = Hold.objects.filter(bill=bill, kind=Hold.Kind.DISPUTE, ended_at=None).first()
    if disputed or not bill.open:
        return disputed
    return dispute(bill, by=by, key=f"complaint {key}", reason=neutral(bill) if person else words[:LONGEST], at=at)


def neutral(bill: Bill) -> str:
    """What the pages of bills say of a complaint about somebody: those whom it is about read them too (B15)."""
    with translation.override(bill.account.customer.language):
        return _("Complaint about this bill")
