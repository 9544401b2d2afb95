"""Writing down what happened."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model
from structlog.contextvars import get_contextvars

from audit.models import Event
from audit.retelling import moment

CUSTOMER = "customers.customer"


def record(subject, verb, *, by, customer=None, **data):
    """Keep that `by` did `verb` to `subject`; `by=None` is the product itself. Returns the event.

    Call it inside the transaction of the change: both are kept or neither (RuntimeError otherwise). `data` may hold
    dates, decimals, records (kept as their id) and whatever else JSON can say. The event goes on the timeline of
    `customer`, or of the customer the subject is or belongs to.
    """
    [event] = record_all([subject], verb, by=by, customer=customer, **data)
    return event


def record_all(subjects, verb, *, by, customer=None, **data) -> list[Event]:
    """As `record`, that the same was done to each of the subjects."""
    said = plain(data)
    return _keep([(subject, customer, said) for subject in subjects], verb, by)


def record_each(told, verb, *, by) -> list[Event]:
    """As `record`, of many (subject, customer or None, data) in one insert."""
    return _keep([(subject, customer, plain(data)) for subject, customer, data in told], verb, by)


def _keep(told, verb, by):
    if not connection.in_atomic_block:
        raise RuntimeError("record() must run in the transaction of the change it records")
    if any(subject.pk is None for subject, *_rest in told):
        raise ValueError("record() needs a subject that is saved")
    common = {"actor": by, "verb": verb, "request_id": request_id()} | moment()
    return Event.objects.bulk_create(
        [Event(**common, data=said, **_about(subject, customer)) for subject, customer, said in told]
    )


def request_id() -> str:
    """Of the request or run in hand, as events keep it; "" outside of one."""
    return str(get_contextvars().get("request_id", ""))[:64]


def _about(subject, customer):
    return {
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
        "customer_id": _customer_id(subject, customer),
        "branch_id": getattr(subject, "branch_id", None),
    }


def _customer_id(subject, customer):
    if customer is not None:
        return getattr(customer, "pk", customer)
    if subject._meta.label_lower == CUSTOMER:
        return subject.pk
    return getattr(subject, "customer_id", None)


class _Encoder(DjangoJSONEncoder):
    def default(self, value):
        if isinstance(value, Model):
            return value.pk
        if isinstance(value, set | frozenset):
            return sorted(value)
        return super().default(value)


def plain(data):
    """`data` as JSON holds it: dates as ISO text, decimals and lazy texts as text, records as ids, sets sorted."""
    return json.loads(json.dumps(data, cls=_Encoder))
