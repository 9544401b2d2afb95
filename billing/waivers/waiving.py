"""Waiving a late fee: at once up to the person's limit, above it when another person has approved.

The account is locked before the waiver, as everywhere.
"""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.trail import record
from billing import ledger, money
from billing.dunning.days import day_in
from billing.models import Account, BillingRules, Waiver
from billing.waivers import approving, booking, limits
from customers.visits import without_id_numbers
from staff.models import User
from work import notices

OTHER = gettext_lazy("This form was already used for another waiver; open it afresh.")
State = Waiver.State


@transaction.atomic
def waive(account: Account, amount: Decimal, *, by: User, reason: str, key: str, at: datetime | None = None) -> Waiver:
    """Waive `amount` of the late fee, or ask for it where it is more than the person waives at once.

    One `key`, one waiver. ValidationError by field, and with code "open" where another one waits for approval.
    """
    at = at or timezone.now()
    account = _locked(account.pk)
    if made := Waiver.objects.filter(branch=account.branch_id, key=key).first():
        return _the_same(made, account, amount, by)
    rules, reason = BillingRules.of(account.branch_id), without_id_numbers(reason.strip())
    found = _enough(account, amount, at, rules)
    if not reason:
        raise ValidationError({"reason": _("Say why the late fee is waived.")})
    limit = limits.left(by, account, rules, at)
    if amount > limit and account.waivers.filter(state=State.ASKED).exists():
        raise ValidationError(_("Another waiver of this account waits for approval."), code="open")
    made = Waiver.objects.create(
        branch_id=account.branch_id, account=account, key=key, amount=amount, reason=reason, at_once=limit,
        asked_by=by, asked_at=at, state=State.GIVEN if amount <= limit else State.ASKED,
    )  # fmt: skip
    if made.is_waiting:
        _record(made, "late_fee.waiver_asked", by, reason=reason)
        approving.ring(made, rules)
    else:
        _book(made, found, by)
    return made


@transaction.atomic
def approve(waiver: Waiver, *, by: User, at: datetime | None = None) -> Waiver:
    """The fee need not be paid; who asked hears so.

    ValidationError for the person who asked, above what the person decides on, for one decided before, and where
    there is less to waive by now.
    """
    at, rules = at or timezone.now(), BillingRules.of(waiver.branch_id)
    _lock_for(waiver, by, rules, at)
    found = _enough(waiver.account, waiver.amount, at, rules)
    _decide(waiver, by, at)
    waiver.move_to(State.GIVEN, by=by)
    _book(waiver, found, by)
    approving.answer(waiver, by)
    return waiver


@transaction.atomic
def refuse(waiver: Waiver, *, by: User, answer: str, at: datetime | None = None) -> Waiver:
    """The fee stays; who asked hears why."""
    at = at or timezone.now()
    _lock_for(waiver, by, BillingRules.of(waiver.branch_id), at)
    if not answer.strip():
        raise ValidationError({"answer": _("Say why not.")})
    _decide(waiver, by, at, answer=without_id_numbers(answer.strip()))
    waiver.move_to(State.REFUSED, by=by, reason=waiver.answer)
    _record(waiver, "late_fee.waiver_refused", by, reason=waiver.answer)
    approving.answer(waiver, by)
    return waiver


@transaction.atomic
def withdraw(waiver: Waiver, *, by: User) -> Waiver:
    """Whoever asked no longer wants it."""
    if by.pk != waiver.asked_by_id:
        raise ValidationError(_("Only %(person)s can withdraw this.") % {"person": waiver.asked_by})
    waiver.move_to(State.WITHDRAWN, by=by)
    notices.settle(waiver)
    return waiver


def _locked(account_id):
    ledger.lock([account_id])
    return Account.objects.select_related("branch", "customer__unit", "customer__manager").get(pk=account_id)


def _the_same(made, account, amount, by):
    """What was kept under the key, for whoever sends the same form again."""
    if (made.account_id, made.amount, made.asked_by_id) != (account.pk, amount, by.pk):
        raise ValidationError(OTHER, code="key")
    return made


def _enough(account, amount, at, rules):
    """What is waived from; ValidationError where it does not come to `amount`."""
    found = booking.parts(account, day_in(account.branch, at), rules)
    most = sum((part.sum for part in found), booking.LEAST)
    if amount > most:
        said = _("At most %(sum)s of late fee can be waived.") % {"sum": money.said(most, account.currency)}
        raise ValidationError({"amount": said})
    return found


def _lock_for(waiver, by, rules, at):
    """Lock account and waiver while it waits, for somebody who did not ask and may decide on as much."""
    waiver.account = _locked(waiver.account_id)
    waiver.lock()
    if by.pk == waiver.asked_by_id:
        raise ValidationError(_("Somebody else must decide: you asked for it."), code="four_eyes")
    if not waiver.is_waiting:
        said = _("This was decided already: %(state)s.") % {"state": waiver.get_state_display()}
        raise ValidationError(said, code="move")
    if not limits.decides(by, waiver, rules, at):
        raise ValidationError(_("So much is decided by a head or by finance."), code="limit")


def _decide(waiver, by, at, answer=""):
    waiver.decided_by, waiver.decided_at, waiver.answer = by, at, answer
    waiver.save(update_fields=["decided_by", "decided_at", "answer"])


def _book(waiver, found, by):
    booking.book(waiver, found, by)
    _record(waiver, "late_fee.waived", by, reason=waiver.reason)


def _record(waiver, verb, by, **said):
    account = waiver.account
    record(waiver, verb, by=by, customer=account.customer_id, account=account.ref, sum=waiver.amount, **said)
