"""Whose delivery is sent next, and what becomes of it: short transactions around a call that is made outside of them.

Fair between subscriptions: whose turn was longest ago is next, with no more than a few calls at once, and a receiver
that fails again and again is left in peace for a growing while. The subscription is always locked before its delivery.
"""

from datetime import timedelta
from random import uniform

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from webhooks.calling import GONE, Answer
from webhooks.models import Attempt, Delivery, Subscription

LEASE = timedelta(seconds=90)  # much longer than a call may take
FAR = timedelta(hours=12)  # nothing is put off longer; a later time was written by a clock that has been set back
AT_ONCE = 4  # calls to one subscription at the same time; one while it fails
QUICK = 2000  # milliseconds: the express senders take only receivers that answered faster
FIRST_PAUSE, LONGEST_PAUSE = 10, 6 * 3600  # seconds before a delivery is tried again; three times longer each time
MOST_TRIES = 20  # after about three days it is given up
MOST_FAILURES = 20  # failed attempts in a row after which the subscription is paused
PATIENT, LONGEST_REST = (
    3,
    600,
)  # failures in a row before the receiver is left in peace, and for how many seconds at most

DUE = "(d.next_at <= statement_timestamp() OR d.next_at > statement_timestamp() + %(far)s)"
# When its first and its last open one is due, each a single probe of an index: with EXISTS the whole backlog is read.
FIRST, LAST = (
    f"""(SELECT d.next_at FROM webhooks_delivery d
            WHERE d.subscription_id = s.id AND d.state IN ('waiting', 'sending') ORDER BY d.next_at {way} LIMIT 1)"""  # noqa: S608
    for way in ("ASC", "DESC")
)
NEXT = f"""
    SELECT s.* FROM webhooks_subscription s
    WHERE s.state = 'active'
      AND (s.rest_until IS NULL OR s.rest_until <= statement_timestamp()
           OR s.rest_until > statement_timestamp() + %(far)s)
      AND (NOT %(express)s OR (s.failures = 0 AND coalesce(s.last_ms, 0) < %(quick)s))
      AND (SELECT count(*) FROM webhooks_delivery d WHERE d.subscription_id = s.id AND d.state = 'sending'
           AND NOT {DUE}) < CASE WHEN s.failures = 0 THEN %(at_once)s ELSE 1 END
      AND ({FIRST} <= statement_timestamp() OR {LAST} > statement_timestamp() + %(far)s)
      AND (%(only)s::bigint[] IS NULL OR s.id = ANY (%(only)s::bigint[]))
    ORDER BY s.served_at NULLS FIRST LIMIT 1
    FOR NO KEY UPDATE OF s SKIP LOCKED
"""  # noqa: S608
TAKE = f"""
    WITH due AS (
        SELECT d.id FROM webhooks_delivery d
        WHERE d.subscription_id = %(subscription)s AND d.state IN ('waiting', 'sending') AND {DUE}
        ORDER BY d.next_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE webhooks_delivery d
    SET state = 'sending', attempts = d.attempts + 1, lease_token = gen_random_uuid(),
        next_at = statement_timestamp() + %(lease)s
    FROM due WHERE d.id = due.id
    RETURNING d.*
"""  # noqa: S608  put together from pieces of our own
SERVED = "UPDATE webhooks_subscription SET served_at = clock_timestamp() WHERE id = %s"


@transaction.atomic
def claim(*, express=False, only=None) -> Attempt | None:
    """The attempt to make now, written down before it is made; None when nothing is due.

    `attempt.delivery.subscription` is as it was claimed. With `only` (ids) no other subscription is looked at.
    """
    values = {"far": FAR, "quick": QUICK, "at_once": AT_ONCE, "express": express, "lease": LEASE, "only": only}
    while subscription := next(iter(Subscription.objects.raw(NEXT, values)), None):
        values["subscription"] = subscription.pk
        delivery = next(iter(Delivery.objects.raw(TAKE, values)), None)
        with connection.cursor() as cursor:
            cursor.execute(SERVED, [subscription.pk])
        if delivery:
            delivery.subscription = subscription
            return _written_down(delivery)
    return None


def _written_down(delivery):
    """An earlier attempt without an end was cut short with its sender."""
    delivery.made.filter(ended_at=None).update(ended_at=Now(), error=Attempt.Trouble.LOST)
    attempt = Attempt.objects.create(delivery=delivery, n=delivery.attempts)
    attempt.refresh_from_db(fields=["started_at"])
    return attempt


@transaction.atomic
def close(attempt: Attempt, answer: Answer) -> bool:
    """Keep the answer, and what follows from it; whether the delivery was still ours.

    A sender whose lease has lapsed still says what it heard, but the delivery is another's.
    """
    subscription = attempt.delivery.subscription
    subscription.lock()
    heard = {"status": answer.status, "answer": answer.body, "ms": answer.ms, "error": answer.error}
    Attempt.objects.filter(pk=attempt.pk).update(ended_at=Now(), **heard)
    ours = Delivery.objects.filter(pk=attempt.delivery_id, lease_token=attempt.delivery.lease_token, state="sending")
    closed = ours.update(lease_token=None, **_follows(attempt.delivery, answer))
    _note(subscription, answer)
    return bool(closed)


def _follows(delivery, answer):
    if answer.good:
        return {"state": Delivery.State.DELIVERED, "ended_at": Now()}
    if delivery.tries >= MOST_TRIES:
        return {"state": Delivery.State.DEAD, "ended_at": Now()}
    return {"state": Delivery.State.WAITING, "next_at": Now() + timedelta(seconds=pause_after(delivery.tries))}


def pause_after(tries) -> float:
    """Seconds before the next try: growing, and scattered so that receivers are not met by all at once."""
    return min(FIRST_PAUSE * 3 ** min(tries - 1, 20), LONGEST_PAUSE) * uniform(0.75, 1.25)  # noqa: S311


def _note(subscription, answer):
    """What the attempt says of the receiver: well, to be left in peace, or to be paused."""
    subscription.failures = 0 if answer.good else subscription.failures + 1
    rest = _rest(subscription.failures, answer)
    noted = {"failures": 0 if answer.good else F("failures") + 1, "rest_until": rest and Now() + rest}
    last = {"last_status": answer.status, "last_error": answer.error, "last_ms": answer.ms}
    Subscription.objects.filter(pk=subscription.pk).update(last_at=Now(), **noted, **last)
    if subscription.state != Subscription.State.ACTIVE or answer.good:
        return
    if answer.status == GONE:
        subscription.pause(by=None, stopped_for=Subscription.Stop.GONE)
    elif subscription.failures >= MOST_FAILURES:
        subscription.pause(by=None, stopped_for=Subscription.Stop.FAILURES)


def _rest(failures, answer):
    """How long no other delivery is tried either; what the receiver asks for is kept within our own bound."""
    if answer.good:
        return None
    seconds = 0 if failures < PATIENT else min(FIRST_PAUSE * 2 ** min(failures - PATIENT, 10), LONGEST_REST)
    seconds = max(seconds, min(answer.wait or 0, LONGEST_REST))
    return timedelta(seconds=seconds * uniform(0.75, 1.25)) if seconds else None  # noqa: S311
