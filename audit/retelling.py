"""Living through the past of a demo, afterwards: the only way in which an event carries another time than the clock's.

Nothing but the demo's data does so, which the architecture's tests see to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("retold", default=None)


@contextmanager
def retold(at: datetime) -> Iterator[None]:
    """What is recorded within happened at `at`; ValueError for a moment that is still to come."""
    if at > timezone.now():
        raise ValueError("nothing is told before it happens")
    before = _moment.set(at)
    try:
        yield
    finally:
        _moment.reset(before)


def moment() -> dict:
    """`at` as events keep it, within `retold`; outside of it nothing, and the database says when."""
    at = _moment.get()
    return {"at": at} if at else {}
