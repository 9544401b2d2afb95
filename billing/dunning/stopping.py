"""A person keeps dunning from an account for some days, and lets it go on."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing import ledger
from billing.dunning.days import day_in
from billing.dunning.disputing import end
from billing.dunning.recalling import recall
from billing.models import Account, Hold
from customers.visits import without_id_numbers
from staff.models import User

RIGHT = "billing.dun"
LONGEST = 60  # days


@transaction.atomic
def stop(account: Account, *, by: User, key: str, reason: str, until: date, at: datetime | None = None) -> Hold:
    """No step is planned or carried out for the account up to and with the day `until`; one `key`, one stop.

    A suspension that is only asked for is withdrawn, and comes again afterwards.

    ValidationError by field. Locks the account.
    """
    at, reason = at or timezone.now(), without_id_numbers(reason.strip())
    ledger.lock([account.pk])
    if made := Hold.objects.filter(branch=account.branch_id, key=key).first():
        if (made.account_id, made.kind) != (account.pk, Hold.Kind.MANUAL):
            raise ValidationError(_("This form was already used for another account; open it afresh."))
        return made
    _check(account, reason, until, day_in(account.branch, at))
    made = Hold.objects.create(
        branch_id=account.branch_id, account=account, kind=Hold.Kind.MANUAL, key=key, reason=reason, until=until,
        at=at, by=by,
    )  # fmt: skip
    told = {"account": account.ref, "until": until, "reason": reason}
    record(made, "dunning.stopped", by=by, customer=account.customer_id, **told)
    recall(account, at, by=by)
    return made


def _check(account, reason, until, day):
    if not reason:
        raise ValidationError({"reason": _("Say why dunning is stopped.")})
    if until < day:
        raise ValidationError({"until": _("This day is over.")})
    if until > day + timedelta(LONGEST):
        raise ValidationError({"until": _("Dunning is stopped for %(n)s days at most.") % {"n": LONGEST}})
    if Hold.objects.filter(account=account, kind=Hold.Kind.MANUAL, ended_at=None).exists():
        raise ValidationError(_("Dunning of this account is stopped already."), code="open")


@transaction.atomic
def let_go_on(hold: Hold, *, by: User | None, reason: str, at: datetime | None = None) -> Hold:
    """Dunning goes on from today. ValidationError where it does already."""
    at, reason = at or timezone.now(), without_id_numbers(reason.strip())
    if not reason:
        raise ValidationError({"reason": _("Say why dunning goes on.")})
    ledger.lock([hold.account_id])
    kept = end(hold, at, by=by, outcome=reason)
    record(kept, "dunning.goes_on", by=by, customer=kept.account.customer_id, account=kept.account.ref, reason=reason)
    return kept
