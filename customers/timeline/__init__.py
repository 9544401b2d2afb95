"""One stream of all that happened with a customer, newest first, read by cursor (B24).

The sources stand in settings as dotted paths (CUSTOMER_TIMELINE), so that an app above this one adds its own. A source
is a function (customer, shown, kind, before, limit) → entries older than the position `before`, newest first, of what
`shown.user` may see: customers are seen by some who do not see all that happened with them.
"""

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.masking import Shown
from customers.models import Customer

KINDS = {
    "all": _("Everything"),
    "contacts": _("Visits and calls"),
    "follow_ups": _("Open follow-ups"),
    "changes": _("Changes"),
}
PAGE = 20


@dataclass(frozen=True)
class Entry:
    at: datetime
    source: str  # dotted path of what made it
    position: str  # where it stands within its source
    template: str
    what: Any


def read(customer: Customer, shown: Shown, *, kind: str = "all", cursor: dict | None = None) -> tuple[list[Entry], str]:
    """The next PAGE entries and the query string that continues after them ("" at the end).

    Raises ValueError for a cursor that this function never gave.
    """
    cursor = cursor or {}
    read = [
        import_string(path)(customer, shown, kind, cursor.get(str(number)), PAGE + 1)
        for number, path in enumerate(settings.CUSTOMER_TIMELINE)
    ]
    found = list(islice(merge(*read, key=lambda entry: entry.at, reverse=True), PAGE + 1))
    page = found[:PAGE]
    return page, _after(page, cursor, kind) if len(found) > PAGE else ""


def _after(page, cursor, kind):
    reached = {key: position for key, position in cursor.items() if key.isdigit()}
    for entry in page:
        reached[str(settings.CUSTOMER_TIMELINE.index(entry.source))] = entry.position
    return urlencode({"kind": kind} | reached)
