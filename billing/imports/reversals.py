"""Payments that the billing system takes back by their numbers: all of a list, or none."""

from django.db import transaction

from billing import ledger
from billing.imports.direct import Brought, NotTaken
from billing.imports.payments import PAYMENTS
from billing.models import Payment
from staff.models import User


@transaction.atomic
def reverse_all(rows: list[dict], *, by: User) -> list[Brought]:
    """Take back payments of the billing system in the person's branch; `rows` name `payment`, `reason` and `at`.

    One that was taken back before is unchanged. Raises NotTaken, with all rows, where one is not there or out of reach.
    """
    known = _payments({row["payment"] for row in rows}, by)
    if missing := [n for n, row in enumerate(rows) if row["payment"] not in known]:
        raise NotTaken([_brought(n, row, None, "error" if n in missing else "unchanged") for n, row in enumerate(rows)])
    ledger.lock(payment.account_id for payment in known.values())
    return [_brought(n, row, *_reversed(known[row["payment"]], row, by)) for n, row in enumerate(rows)]


def _payments(refs, by):
    rows = Payment.objects.reached_with(PAYMENTS.right, by)
    return {one.ref: one for one in rows.filter(branch=by.branch_id, source=Payment.Source.BILLING, ref__in=refs)}


def _reversed(payment, row, by):
    """(id, outcome)"""
    payment.refresh_from_db(fields=["reversed_at"])
    if payment.reversed_at:
        return payment.pk, "unchanged"
    ledger.reverse(payment, by=by, reason=row.get("reason", ""), at=row.get("at"))
    return payment.pk, "update"


def _brought(n, row, pk, outcome):
    return Brought(n + 1, row["payment"], pk, outcome, None, [])
