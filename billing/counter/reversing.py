"""Taking a counter payment back: one asks, another approves, and the money leaves a till that is open now."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.trail import record
from billing import ledger
from billing.counter import approvers, tills
from billing.models import Account, Receipt, Reversal, Shift
from staff.models import User
from work import notices

TWICE = gettext_lazy("This payment was taken back, or its reversal was asked for already.")


@transaction.atomic
def ask(receipt: Receipt, *, by: User, reason: str) -> Reversal:
    """Ask for the payment to be taken back; ValidationError where it was, or somebody asked before."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is to be taken back.")})
    if receipt.payment.reversed_at:
        raise ValidationError(TWICE)
    try:
        with transaction.atomic():
            made = Reversal.objects.create(
                branch_id=receipt.branch_id, receipt=receipt, reason=reason.strip(), asked_by=by
            )
    except IntegrityError as error:
        if "reversal_once" not in str(error):
            raise
        raise ValidationError(TWICE) from error
    made.refresh_from_db()
    record(made, "reversal.asked", by=by, customer=receipt.payment.account.customer_id, **_about(made))
    told = approvers.at(receipt.unit, but=[by.pk])
    about = _about(made) | {"by": str(by)}
    notices.ring_many(told, "reversal.asked", key=f"reversal:{made.pk}", subject=made, urgent=True, **about)
    return made


@transaction.atomic
def approve(reversal: Reversal, *, by: User, at: datetime | None = None) -> Reversal:
    """The payment counts no more, and its money leaves the open till of who asked, or else of who approves.

    Raises ValidationError for the person who asked, for a request decided before, and where neither till is open or
    the money is not in it.
    """
    _lock_for(reversal, by)
    at, payment = at or timezone.now(), reversal.receipt.payment
    shift = _till_of(reversal.asked_by, by, payment=payment)
    _decide(reversal, by=by, at=at, shift=shift)
    reversal.move_to(Reversal.State.APPROVED, by=by)
    if ledger.reverse(payment, by=by, reason=reversal.reason, at=at).reversed_at != at:
        raise ValidationError(TWICE)  # by the billing system
    _answer(reversal, by)
    return reversal


@transaction.atomic
def refuse(reversal: Reversal, *, by: User, answer: str, at: datetime | None = None) -> Reversal:
    """The payment stays; who asked hears why."""
    _lock_for(reversal, by)
    if not answer.strip():
        raise ValidationError({"answer": _("Say why not.")})
    _decide(reversal, by=by, at=at or timezone.now(), answer=answer.strip())
    reversal.move_to(Reversal.State.REFUSED, by=by, reason=reversal.answer)
    _answer(reversal, by)
    return reversal


@transaction.atomic
def withdraw(reversal: Reversal, *, by: User) -> Reversal:
    """Whoever asked no longer wants it."""
    if by.pk != reversal.asked_by_id:
        raise ValidationError(_("Only %(person)s can withdraw this.") % {"person": reversal.asked_by})
    reversal.move_to(Reversal.State.WITHDRAWN, by=by)
    notices.settle(reversal)
    return reversal


def _lock_for(reversal, by):
    """Lock the request while it waits, for somebody who did not ask."""
    reversal.lock()
    if by.pk == reversal.asked_by_id:
        raise ValidationError(_("Somebody else must decide: you asked for it."), code="four_eyes")
    if not reversal.is_waiting:
        raise ValidationError(_("This was decided already: %(state)s.") % {"state": reversal.get_state_display()})


def _till_of(asker, approver, *, payment) -> Shift:
    """Where the money is paid back from; the shift stays locked."""
    shift = tills.open_of(asker, locked=True) or tills.open_of(approver, locked=True)
    if shift is None:
        said = _("No till is open to pay it back from: %(asker)s or you must open a shift first.")
        raise ValidationError(said % {"asker": asker}, code="no_shift")
    if payment.way == Account.Way.CASH and tills.recorded(shift)[payment.way] < payment.amount:
        raise ValidationError(_("The till of %(clerk)s does not hold so much cash.") % {"clerk": shift.clerk})
    return shift


def _decide(reversal, *, by, at, **more):
    decided = {"decided_by": by, "decided_at": at} | more
    for name, value in decided.items():
        setattr(reversal, name, value)
    reversal.save(update_fields=list(decided))


def _answer(reversal, by):
    """Nobody else needs to look any more; who asked hears what came of it."""
    notices.settle(reversal)
    about = _about(reversal) | {"by": str(by)}
    kind = f"reversal.{reversal.state}"
    key = f"{kind}:{reversal.pk}"
    notices.ring(reversal.asked_by, kind, key=key, subject=reversal, urgent=True, **about)


def _about(reversal):
    return {"receipt": reversal.receipt.number, "amount": reversal.receipt.payment.amount}
