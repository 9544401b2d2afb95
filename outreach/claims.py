"""Which messages are sent next: a sender takes a hand of them in one short transaction and calls outside of it.

A message is claimed with a lease and a token, and its attempt is written down before the call. Whoever dies in between
leaves both behind: nobody knows then whether it arrived, and `outreach.settling` finds out.
"""

import time
from datetime import timedelta

from django.db import connection, transaction

from outreach import breakers
from outreach.gateways import Gateway
from outreach.halts import STOPPED
from outreach.judging import judge_all
from outreach.keeping import keep_back
from outreach.models import Attempt, Message

SLACK = timedelta(seconds=20)  # of a lease beyond what a call may take

# One in doubt is simply sent again where the gateway keeps it from arriving twice.
DUE = """
    SELECT m.*,
        coalesce((SELECT b.failures FROM outreach_breaker b WHERE b.gateway = %(gateway)s), 0) AS gateway_failures
    FROM outreach_message m
    WHERE m.channel = %(channel)s AND m.state IN ('planned', 'submitting', 'unknown') AND m.state <> 'submitting'
      AND m.next_at <= statement_timestamp()
      AND (m.state = 'planned' OR (%(idempotent)s AND m.gateway = %(gateway)s))
      AND NOT EXISTS (SELECT FROM outreach_breaker b WHERE b.gateway = %(gateway)s
                      AND b.rest_until > statement_timestamp() AND b.rest_until <= statement_timestamp() + %(far)s)
    ORDER BY m.next_at LIMIT %(most)s
    FOR NO KEY UPDATE OF m SKIP LOCKED
"""
SUBMIT = """
    WITH taken AS (
        UPDATE outreach_message
        SET state = 'submitting', attempts = attempts + 1, lease_token = gen_random_uuid(), reason = '',
            gateway = %(gateway)s, next_at = statement_timestamp() + %(lease)s,
            submitted_at = CASE WHEN in_doubt THEN coalesce(submitted_at, statement_timestamp())
                                ELSE statement_timestamp() END
        WHERE id = ANY (%(messages)s)
        RETURNING id, attempts, gateway, lease_token
    ), written AS (
        INSERT INTO outreach_attempt (message_id, n, gateway) SELECT id, attempts, gateway FROM taken
        RETURNING id, message_id, n, started_at
    )
    SELECT written.message_id, written.id, written.n, written.started_at, taken.lease_token
    FROM written JOIN taken ON taken.id = written.message_id
"""
HELD = f"""
    SELECT m.id
    FROM unnest(%(messages)s::bigint[], %(tokens)s::uuid[]) AS ours (id, token)
    JOIN outreach_message m ON m.id = ours.id AND m.lease_token = ours.token
    WHERE (m.cancel_asked = '' OR m.in_doubt) AND NOT {STOPPED}
"""  # noqa: S608  a piece of our own


def claim(gateway: Gateway, most: int = 1) -> list[Attempt]:
    """The attempts to make now, at most so many, written down before they are made; none when nothing may go.

    `attempt.message` is as it was before. `attempt.asked`, before the rules were asked, and `attempt.until`, when its
    lease ends, are times of `time.monotonic()`.
    """
    hand, more = [], True
    while more and not hand:
        with transaction.atomic():
            hand, more = _take(gateway, most)
    return hand


def _take(gateway, most):
    """(the attempts, whether there may be more): messages that may not go are put off or ended instead."""
    began = time.monotonic()
    values = {"channel": gateway.channel, "gateway": gateway.name, "idempotent": gateway.idempotent}
    due = list(Message.objects.raw(DUE, values | {"far": breakers.FAR, "most": most}))
    if not due:
        return [], False
    judged = list(zip(due, judge_all(due), strict=True))
    if kept := [(message, no) for message, no in judged if no]:
        keep_back(kept)
    free = [message for message, no in judged if no is None]
    return (_written_down(free, gateway, began) if free else []), True


def _written_down(messages, gateway, began):
    lease = timedelta(seconds=gateway.timeout) + SLACK
    values = {"messages": [message.pk for message in messages], "gateway": gateway.name, "lease": lease}
    with connection.cursor() as cursor:
        cursor.execute(SUBMIT, values)
        written = {pk: attempt for pk, *attempt in cursor.fetchall()}
    attempts = [_attempt(message, gateway.name, written[message.pk]) for message in messages]
    for attempt in attempts:
        attempt.asked, attempt.until = began, began + lease.total_seconds()
    return attempts


def _attempt(message, gateway, written):
    pk, n, started_at, token = written
    message.attempts, message.gateway, message.lease_token = n, gateway, token
    return Attempt(pk=pk, message=message, n=n, gateway=gateway, started_at=started_at)


def held(attempts) -> set[int]:
    """Ids of the messages that are still ours to send: not taken over, not to be cancelled or stopped, their gateway
    not at rest.
    """
    if breakers.rests(attempts[0].gateway):
        return set()
    tokens = {attempt.message_id: str(attempt.message.lease_token) for attempt in attempts}
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"messages": list(tokens), "tokens": list(tokens.values())})
        return {pk for (pk,) in cursor.fetchall()}
