"""The order in which rows are locked: account, requests by id, line; two that meet never wait in a circle.

Rows that only refer to these (a number of a line, say) are written beside the locks: no key is changed.
"""

from collections.abc import Iterable

from billing.models import Account, ServiceRequest
from customers.models import Line


def lock_account(pk: int) -> Account:
    return Account.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=pk)


def lock_requests(pks: Iterable[int]) -> list[ServiceRequest]:
    rows = ServiceRequest.objects.filter(pk__in=pks).select_related("account").order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))


def lock_lines(pks: Iterable[int]) -> dict[int, Line]:
    """By id."""
    rows = Line.objects.filter(pk__in=set(pks)).select_related("customer").order_by("pk")
    return {line.pk: line for line in rows.select_for_update(of=("self",), no_key=True)}
