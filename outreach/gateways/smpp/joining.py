"""What a phone sends in several parts is put together before anybody judges it: half a text may say something else."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from outreach import inbound
from outreach.gateways.smpp import coding
from outreach.models import Inbound, InboundPart

WAITED = timedelta(minutes=10)  # for parts that are missing; then what has come is all there is
KEPT = timedelta(days=1)  # without their words, so that one that comes twice is known


@dataclass(frozen=True)
class Part:
    """One of `total`, the `n`th (from 1), of the text that the phone calls `reference`; octets in that data_coding."""

    reference: int
    total: int
    n: int
    content: bytes
    data_coding: int


def take(gateway, sender, part: Part) -> Inbound | None:
    """Keep one part; what the whole says when it was the last one missing, else None. One that comes twice is one.

    The whole is kept before it is understood.
    """
    whole = _kept(gateway, sender, part)
    return whole and inbound.handle(whole.pk)


@transaction.atomic
def _kept(gateway, sender, part):
    _one_at_a_time(gateway, sender)
    known = {"gateway": gateway, "sender": sender, "reference": part.reference, "total": part.total}
    lately = InboundPart.objects.filter(**known, received_at__gt=Now() - WAITED)
    if lately.filter(n=part.n, digest=_digest([part.content])).exists():
        return None
    told = {"content": part.content, "digest": _digest([part.content]), "data_coding": part.data_coding}
    InboundPart.objects.create(**known, n=part.n, **told)
    waiting = lately.filter(joined_at=None)
    if waiting.values("n").distinct().count() == part.total:
        return _join(list(waiting.order_by("n", "pk")))
    return None


@transaction.atomic
def join_left() -> Inbound | None:
    """Put together, and keep, the oldest text whose other parts have not come in time; None where there is none."""
    InboundPart.objects.filter(joined_at__lt=Now() - KEPT).delete()
    left = InboundPart.objects.filter(joined_at=None).values("gateway", "sender", "reference", "total")
    known = left.annotate(last=Max("received_at")).filter(last__lt=Now() - WAITED).order_by("last").first()
    if known is None:
        return None
    _one_at_a_time(known["gateway"], known["sender"])
    known.pop("last")
    parts = list(InboundPart.objects.filter(joined_at=None, **known).order_by("n", "pk"))
    return _join(parts) if parts else None  # somebody else was faster


def _one_at_a_time(gateway, sender):
    """Two parts that come beside each other would each find the other missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{gateway} {sender}"])


def _join(parts) -> Inbound:
    """The octets first, then the characters: a part may end in the middle of one."""
    first = parts[0]
    words = _digest([first.sender.encode(), *(bytes(part.content) for part in parts)])  # two phones may say the same
    if len({part.data_coding for part in parts}) == 1:
        text = coding.read(b"".join(bytes(part.content) for part in parts), first.data_coding, headed=False)
    else:
        text = "".join(coding.read(bytes(part.content), part.data_coding, headed=False) for part in parts)
    InboundPart.objects.filter(pk__in=[part.pk for part in parts]).update(joined_at=Now(), content=b"")
    return inbound.keep_unnumbered(first.gateway, words, first.sender, text)


def _digest(contents):
    return hashlib.sha256(b"|".join(contents)).hexdigest()[:40]
