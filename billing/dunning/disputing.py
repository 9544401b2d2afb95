"""A bill that the customer contests leaves dunning, that bill alone, until it is settled (domain 2.1 no. 14)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing import ledger
from billing.dunning.days import day_in
from billing.dunning.promises.keeping import look
from billing.dunning.resuming import go_on
from billing.dunning.reviewing import review
from billing.models import Bill, Hold
from customers.visits import without_id_numbers
from staff.models import User

BEGIN, END = "billing.promise", "billing.dun"  # who speaks with the customer; who works dunning


@transaction.atomic
def dispute(
    bill: Bill, *, by: User | None, key: str, reason: str, until: date | None = None, at: datetime | None = None
) -> Hold:
    """Take the bill out of dunning, up to and with the day `until` or until `settle`; one `key`, one dispute.

    The account is looked at again at once: with nothing else overdue its case ends, and what was stopped for it is
    restored. ValidationError by field; `by=None` is the product itself. Locks the account.
    """
    at, reason = at or timezone.now(), without_id_numbers(reason.strip())
    ledger.lock([bill.account_id])
    if made := Hold.objects.filter(branch=bill.branch_id, key=key).first():
        return _the_same(made, bill)
    bill = Bill.objects.select_related("account__branch").get(pk=bill.pk)
    _check(bill, reason, until, day_in(bill.account.branch, at))
    made = Hold.objects.create(
        branch_id=bill.branch_id, account=bill.account, bill=bill, kind=Hold.Kind.DISPUTE, key=key, reason=reason,
        until=until, at=at, by=by,
    )  # fmt: skip
    told = {"bill": bill.ref, "sum": bill.open, "until": until, "reason": reason}
    record(made, "dispute.begun", by=by, customer=bill.account.customer_id, **told)
    review([bill.account_id], at)
    look([bill.account_id], at)
    return made


def _the_same(made, bill):
    if made.bill_id != bill.pk:
        raise ValidationError(_("This form was already used for another bill; open it afresh."))
    return made


def _check(bill, reason, until, day):
    if not reason:
        raise ValidationError({"reason": _("Say what the customer contests.")})
    if until and until < day:
        raise ValidationError({"until": _("This day is over.")})
    if not bill.open:
        raise ValidationError(_("Nothing of this bill is open."))
    if Hold.objects.filter(bill=bill, kind=Hold.Kind.DISPUTE, ended_at=None).exists():
        raise ValidationError(_("This bill is disputed already."), code="open")


@transaction.atomic
def settle(dispute: Hold, *, by: User | None, outcome: str, at: datetime | None = None) -> Hold:
    """The dispute is over, with what came of it: the bill is dunned again where it is still open."""
    at, outcome = at or timezone.now(), without_id_numbers(outcome.strip())
    if not outcome:
        raise ValidationError({"outcome": _("Say what came of it.")})
    ledger.lock([dispute.account_id])
    kept = end(dispute, at, by=by, outcome=outcome)
    told = {"bill": kept.bill.ref, "outcome": outcome}
    record(kept, "dispute.settled", by=by, customer=kept.account.customer_id, **told)
    return kept


def end(hold: Hold, at: datetime, *, by: User | None, outcome: str) -> Hold:
    """End a hold of an account that is locked, once: ValidationError where it was over before; the case goes on."""
    kept = Hold.objects.select_related("account__branch", "bill").get(pk=hold.pk)
    if kept.ended_at:
        raise ValidationError(_("This is over already."), code="move")
    kept.ended_at, kept.ended_by, kept.ended_for = at, by, outcome
    kept.save(update_fields=["ended_at", "ended_by", "ended_for"])
    review([kept.account_id], at)
    go_on(kept.account, at)
    return kept
