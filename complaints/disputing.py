"""The dispute of a bill lasts as long as a complaint about it (domain 2.1 no. 14).

Accounts are locked before complaints, so disputes follow a moment later, each in a transaction of its own. Several
complaints about one bill share its dispute: the last of them ends it.
"""

from datetime import datetime

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from billing import ledger
from billing.dunning import disputing
from billing.models import Hold
from complaints.contesting import neutral
from complaints.models import Complaint, StateChange
from complaints.models.states import OPEN, State
from complaints.moving import held, keep

log = structlog.get_logger()
# What is merged lasts as long as the one it is merged into.
LASTING = Q(state__in=OPEN) | Q(state=State.MERGED, merged_into__state__in=OPEN)


def follow_one(at: datetime, reached: dict) -> bool:
    """Settle the dispute of the next complaint that is over, or dispute again for the next that lasts; False where
    there is none. `reached`: {"settled" or "renewed": the last id}, so that one that is refused holds up no other.
    """
    for name, rows, do in (("settled", settled(), settle), ("renewed", bereft(), renew)):
        if one := rows.filter(pk__gt=reached.get(name, 0)).first():
            reached[name] = one.pk
            _try(do, one, at)
            return True
    return False


def _try(do, one, at):
    try:
        with transaction.atomic():
            do(one, at)
    except ValidationError as error:  # changed at this moment: looked at again the next time
        log.warning("complaints.dispute_refused", id=one.pk, deed=do.__name__, code=getattr(error, "code", ""))


def settled():
    """Over, with a dispute that is open and that no other complaint about the bill needs any more."""
    others = Complaint.objects.filter(LASTING, bill=OuterRef("hold__bill"), hold__isnull=False)
    rows = Complaint.objects.filter(~LASTING, hold__ended_at=None, hold__isnull=False)
    return rows.exclude(Exists(others)).order_by("pk")


def bereft():
    """Lasting, with a dispute that the product ended, for instance before a merge was taken back, or reopened since it
    ended; the bill still owes something and nobody disputes it.
    """
    again = StateChange.objects.filter(complaint=OuterRef("pk"), then=State.REOPENED, at__gt=OuterRef("hold__ended_at"))
    open_now = Hold.objects.filter(bill=OuterRef("bill"), kind=Hold.Kind.DISPUTE, ended_at=None)
    rows = Complaint.objects.filter(LASTING, hold__ended_at__isnull=False, bill__open__gt=0)
    return rows.filter(Q(hold__ended_by=None) | Exists(again)).exclude(Exists(open_now)).order_by("pk")


@transaction.atomic
def settle(complaint: Complaint, at: datetime) -> bool:
    """End the dispute with what came of the complaint; whether it was still to be ended."""
    ledger.lock([complaint.hold.account_id])
    one = settled().filter(pk=complaint.pk).first()
    if one is None:
        return False
    told = {"number": one.number, "state": one.get_state_display()}
    outcome = told["state"] if one.person_id else _("Complaint %(number)s: %(state)s") % told
    disputing.settle(one.hold, by=None, outcome=outcome, at=at)
    return True


@transaction.atomic
def renew(complaint: Complaint, at: datetime) -> bool:
    """Dispute the bill again, once after each dispute that ended; whether that was needed."""
    ledger.lock([complaint.bill.account_id])
    one = bereft().filter(pk=complaint.pk).first()
    if one is None:
        return False
    reason = neutral(one.bill) if one.person_id else _("Complaint %(number)s goes on.") % {"number": one.number}
    made = disputing.dispute(one.bill, by=None, key=f"complaint:{one.pk}:after {one.hold_id}", reason=reason, at=at)
    one = held(one)
    keep(one, one.touched_at, hold=made)
    return True
