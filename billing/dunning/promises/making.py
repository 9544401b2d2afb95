"""A customer promises to pay, and takes it back."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.trail import record
from billing import ledger
from billing.dunning.days import day_in
from billing.dunning.promises import limits
from billing.dunning.promises.ending import end
from billing.dunning.recalling import recall
from billing.dunning.resuming import go_on
from billing.models import Account, DunningCase, DunningRules, PaymentPromise
from customers.masking import reaches
from customers.visits import without_id_numbers
from staff.models import User

RIGHT = "billing.promise"
OTHER = gettext_lazy("This form was already used for another promise; open it afresh.")
State = PaymentPromise.State


@transaction.atomic
def promise(
    account: Account,
    parts: list[tuple[date, Decimal]],
    *,
    by: User,
    key: str,
    note: str = "",
    beyond: str = "",
    at: datetime | None = None,
) -> PaymentPromise:
    """Keep that `parts` (by when, how much) are promised; meanwhile the ladder rests. One `key`, one promise.

    A suspension that is only asked for is withdrawn; it is asked for again when the promise is broken.

    Raises ValidationError by field, with code "beyond" where the rules of the branch forbid it: a person who works
    dunning may go beyond them once a quarter, saying why.
    """
    at = at or timezone.now()
    ledger.lock([account.pk])
    account = Account.objects.select_related("branch", "customer__tier", "customer__manager").get(pk=account.pk)
    if made := PaymentPromise.objects.filter(branch=account.branch_id, key=key).first():
        return _the_same(made, account, by)
    limits.refuse_stranger(account.customer, by)
    beyond = _check(account, parts, by, beyond.strip(), day_in(account.branch, at))
    recall(account, at, by=by)  # requests are locked before cases, and the new row locks its case (`of_its_case`)
    made = PaymentPromise.objects.create(
        branch=account.branch, account=account, case=DunningCase.objects.open().filter(account=account).first(),
        key=key, made_at=at, made_by=by, next_on=parts[0][0], note=without_id_numbers(note.strip()), beyond=beyond,
    )  # fmt: skip
    for n, (due_on, amount) in enumerate(parts, 1):
        made.parts.create(n=n, due_on=due_on, amount=amount)
    told = {"sum": sum(amount for _due_on, amount in parts), "last": parts[-1][0], "parts": len(parts)}
    why = {"beyond": beyond} if beyond else {}
    record(made, "payment_promise.made", by=by, customer=account.customer_id, account=account.ref, **told, **why)
    return made


def _the_same(made, account, by):
    if (made.account_id, made.made_by_id) != (account.pk, by.pk):
        raise ValidationError(OTHER)
    return made


def overdue(account: Account, day: date) -> Decimal:
    """What of the account is overdue and not disputed."""
    return account.bills.dunned(day).aggregate(sum=Sum("open"))["sum"] or Decimal(0)


def _check(account, parts, by, why, day):
    """Why it goes beyond the rules: "" where it does not."""
    if PaymentPromise.objects.filter(account=account, state=State.OPEN).exists():
        raise ValidationError(_("A promise to pay is open already."), code="open")
    late = overdue(account, day)
    if not late:
        raise ValidationError(_("Nothing of this account is overdue: there is nothing to promise."))
    limits.refuse_impossible(account, parts, day)
    broken = limits.beyond(account, parts, DunningRules.of(account.branch_id), day, late)
    if broken:
        _refuse(account, by, why, broken, day)
    return why if broken else ""


def _refuse(account, by, why, broken, day):
    """Unless this person may go beyond the rules, says why, and nobody did so in this quarter."""
    if not reaches(by, limits.DUN, account.customer):
        raise ValidationError(broken, code="beyond")
    if not why:
        raise ValidationError(broken | {"beyond": _("Say why this promise goes beyond the rules.")}, code="beyond")
    if any(one.beyond and not one.taken_back_at_once for one in limits.of_quarter(account, day)):
        said = _("The rules were gone beyond in this quarter already; that is done once.")
        raise ValidationError(broken | {"beyond": said}, code="beyond")


@transaction.atomic
def withdraw(promise: PaymentPromise, *, by: User, reason: str, at: datetime | None = None) -> PaymentPromise:
    """It was not meant so: the ladder goes on where it stood. ValidationError unless it is open."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is withdrawn.")})
    at = at or timezone.now()
    ledger.lock([promise.account_id])
    kept = PaymentPromise.objects.select_related("account__branch").get(pk=promise.pk)
    end(kept, State.WITHDRAWN, at, by=by, reason=without_id_numbers(reason.strip()))
    go_on(kept.account, at)
    return kept
