"""The end of a promise."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.trail import record
from billing.models import PaymentPromise
from staff.models import User

State = PaymentPromise.State


def end(promise: PaymentPromise, state: State, at: datetime, *, by: User | None, reason=""):
    """The open promise is over; the caller holds its account. ValidationError where it was over before."""
    ended = {"state": state, "ended_at": at, "ended_for": reason}
    if not PaymentPromise.objects.filter(pk=promise.pk, state=State.OPEN).update(**ended):
        raise ValidationError(_("This promise is over already."), code="move")
    for name, value in ended.items():
        setattr(promise, name, value)
    account, why = promise.account, {"reason": reason} if reason else {}
    record(promise, f"payment_promise.{state}", by=by, customer=account.customer_id, account=account.ref, **why)
