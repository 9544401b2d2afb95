"""Whether what was promised came in, looked at whenever money moves.

A part is kept once what was booked since the promise was made, and not taken back, reaches the sum of the parts up to
it, or once nothing undisputed is overdue any more. All parts kept: the promise is kept, for good. A payment that is
taken back while the promise is open makes its parts wait again; one that had ended stays as it ended, and the account
is dunned anew.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from billing.dunning.days import day_in
from billing.dunning.promises.ending import end
from billing.dunning.resuming import go_on
from billing.models import Bill, Payment, PaymentPromise, PromisePart

State = PaymentPromise.State
SINCE = Payment.objects.filter(account=OuterRef("account"), reversed_at=None, booked_at__gt=OuterRef("made_at"))
CAME_IN = Subquery(SINCE.order_by().values("account").annotate(sum=Sum("amount")).values("sum"))


def look(locked: Iterable[int], at: datetime | None = None):
    """Make the parts of open promises agree with the money of these accounts (ids), which the caller has locked.

    One query where none is open. Twice changes nothing more.
    """
    among = RawSQL("SELECT unnest(%s::bigint[])", [list(locked)])
    rows = PaymentPromise.objects.filter(account__in=among, state=State.OPEN).annotate(came_in=CAME_IN)
    found = list(rows.select_related("account__branch").prefetch_related("parts"))
    if not found:
        return
    at = at or timezone.now()
    owing = _owing(found, at)
    for promise in found:
        _look(promise, promise.account_id not in owing, at)


def _owing(promises, at) -> set[int]:
    """The accounts that have something overdue and undisputed."""
    by_day = defaultdict(list)
    for one in promises:
        by_day[day_in(one.account.branch, at)].append(one.account_id)
    return {
        account
        for day, accounts in by_day.items()
        for account in Bill.objects.dunned(day).filter(account__in=accounts).values_list("account", flat=True)
    }


def _look(promise, settled, at):
    parts = list(promise.parts.all())
    kept = kept_parts([part.amount for part in parts], promise.came_in or Decimal(0), settled)
    for part, is_kept in zip(parts, kept, strict=True):
        if is_kept != (part.kept_at is not None):
            PromisePart.objects.filter(pk=part.pk).update(kept_at=at if is_kept else None)
    next_on = next((part.due_on for part, is_kept in zip(parts, kept, strict=True) if not is_kept), None)
    if next_on not in (None, promise.next_on):
        PaymentPromise.objects.filter(pk=promise.pk).update(next_on=next_on)
    if all(kept):
        end(promise, State.KEPT, at, by=None)
        go_on(promise.account, at)


def kept_parts(amounts: list[Decimal], came_in: Decimal, settled: bool) -> list[bool]:
    """Of each part, in order, whether it is kept."""
    return [settled or came_in >= sum(amounts[:n]) for n in range(1, len(amounts) + 1)]
