"""Which message is sent next, and what becomes of it: short transactions around a call made outside of them.

A message is claimed with a lease and a token, and its attempt is written down before the call. Whoever dies in between
leaves both behind: nobody knows then whether it arrived, and `outreach.settling` finds out.
"""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from audit.trail import record
from outreach import breakers, reports
from outreach.fates import after_answer
from outreach.gateways import Answer, Gateway, Outcome
from outreach.judging import No, judge
from outreach.models import Attempt, Decision, Message

SLACK = timedelta(seconds=20)  # of a lease beyond what the call may take
HALTED_AT_ONCE = 1000  # messages put off together by a halt
State, What = Message.State, Decision.What

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
    ORDER BY m.next_at LIMIT 1
    FOR NO KEY UPDATE OF m SKIP LOCKED
"""
SUBMIT = """
    WITH taken AS (
        UPDATE outreach_message
        SET state = 'submitting', attempts = attempts + 1, lease_token = gen_random_uuid(), reason = '',
            gateway = %(gateway)s, next_at = statement_timestamp() + %(lease)s,
            submitted_at = CASE WHEN in_doubt THEN coalesce(submitted_at, statement_timestamp())
                                ELSE statement_timestamp() END
        WHERE id = %(message)s
        RETURNING id, attempts, gateway, lease_token
    ), written AS (
        INSERT INTO outreach_attempt (message_id, n, gateway) SELECT id, attempts, gateway FROM taken
        RETURNING id, n, started_at
    )
    SELECT written.id, written.n, written.started_at, taken.lease_token FROM written, taken
"""
# Fenced: a message that somebody else has taken over meanwhile stays as it is.
CLOSE = """
    WITH ours AS (
        UPDATE outreach_message
        SET state = %(state)s, reason = %(reason)s, in_doubt = %(in_doubt)s, lease_token = NULL,
            next_at = statement_timestamp() + %(after)s, forgiven = forgiven + %(forgiven)s,
            gateway_ref = CASE WHEN %(state)s = 'accepted' THEN %(gateway_ref)s ELSE gateway_ref END,
            accepted_at = CASE WHEN %(state)s = 'accepted' THEN statement_timestamp() END,
            ended_at = CASE WHEN %(state)s = 'failed' THEN statement_timestamp() END
        WHERE id = %(message)s AND lease_token = %(token)s AND attempts = %(n)s AND state = 'submitting'
        RETURNING id
    ), heard AS (
        UPDATE outreach_attempt
        SET ended_at = statement_timestamp(), outcome = %(outcome)s, status = %(status)s, answer = %(answer)s,
            ms = %(ms)s
        WHERE id = %(attempt)s
    )
    SELECT count(*) FROM ours
"""
# What has not followed the decision about its wave yet, put off or cancelled together with the message in hand.
WAITS = """
    WITH due AS (
        SELECT id FROM outreach_message
        WHERE wave_id = %(wave)s AND state = 'planned' AND next_at <= statement_timestamp()
        ORDER BY id LIMIT %(most)s
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE outreach_message m SET next_at = %(until)s FROM due WHERE m.id = due.id
"""
HALTED = """
    WITH due AS (
        SELECT m.id, m.reason FROM outreach_message m
        WHERE m.channel = %(channel)s AND m.state IN ('planned', 'submitting', 'unknown') AND m.state = 'planned'
          AND m.next_at <= statement_timestamp() AND m.branch_id = %(branch)s
          AND EXISTS (SELECT FROM outreach_halt h WHERE h.branch_id = m.branch_id AND h.lifted_at IS NULL
                      AND h.channel IN ('', m.channel) AND h.message_class IN ('', m.message_class)
                      AND (h.template_id IS NULL OR h.template_id = m.template_id))
        ORDER BY m.next_at LIMIT %(most)s
        FOR NO KEY UPDATE OF m SKIP LOCKED
    ), put_off AS (
        UPDATE outreach_message m SET next_at = %(until)s, reason = 'halted' FROM due WHERE m.id = due.id
    )
    INSERT INTO outreach_decision (message_id, what, reason, until)
    SELECT id, 'postponed', 'halted', %(until)s FROM due WHERE reason <> 'halted'
"""


def claim(gateway: Gateway) -> Attempt | None:
    """The attempt to make now, written down before it is made; None when nothing may go.

    `attempt.message` is as it was claimed; `attempt.until` is when the lease ends, by `time.monotonic()`.
    """
    attempt, more = None, True
    while more and attempt is None:
        with transaction.atomic():
            attempt, more = _take(gateway)
    return attempt


@transaction.atomic
def close_and_claim(attempt, answer, gateway) -> tuple[bool, Attempt | None, bool]:
    """Both in one transaction: (whether the message was still ours, the next attempt, whether to look again)."""
    closed = _close(attempt, answer, gateway)
    return closed, *_take(gateway)


def _take(gateway):
    """(the attempt or None, whether there may be more): a message that may not go is put off or ended instead."""
    began = time.monotonic()
    values = {"channel": gateway.channel, "gateway": gateway.name, "idempotent": gateway.idempotent}
    values["far"] = breakers.FAR
    message = next(iter(Message.objects.raw(DUE, values)), None)
    if message is None:
        return None, False
    if no := judge(message):
        keep_back(message, no)
        return None, True
    return _written_down(message, gateway, began), True


def _written_down(message, gateway, began):
    if message.state == State.UNKNOWN:
        _note(message, What.RETRIED, "resend_same")
    lease = timedelta(seconds=gateway.timeout) + SLACK
    with connection.cursor() as cursor:
        cursor.execute(SUBMIT, {"message": message.pk, "gateway": gateway.name, "lease": lease})
        pk, n, started_at, token = cursor.fetchone()
    message.state, message.attempts, message.gateway, message.lease_token = State.SUBMITTING, n, gateway.name, token
    attempt = Attempt(pk=pk, message=message, n=n, gateway=gateway.name, started_at=started_at)
    attempt.until = began + lease.total_seconds()
    return attempt


def keep_back(message, no: No):
    """Put it off or end it, with the reason. One that may have arrived is never ended without a person."""
    if no.reason == "halted" and message.state == State.PLANNED:
        _put_off_halted(message, no.until)
    elif no.reason == "volume":
        _put_off_wave(message, no.until)
    elif no.until:
        _put_off(message, no)
    elif message.state == State.UNKNOWN:
        _set(message, reason="too_late_in_doubt", next_at=None)
        _note(message, What.DOUBTED, "too_late_in_doubt")
    else:
        late = no.reason == "too_late"
        state, what = (State.EXPIRED, What.EXPIRED) if late else (State.WITHHELD, What.WITHHELD)
        _set(message, state=state, reason=no.reason, next_at=None, ended_at=Now())
        _note(message, what, no.reason)
        record(message, f"message.{what}", by=None, reason=no.reason)


def _put_off(message, no):
    until = min(no.until, message.not_after) if message.not_after else no.until
    _set(message, reason=no.reason, next_at=until)
    if not no.reason == message.reason == "halted":  # asked again and again as long as the halt lasts
        _note(message, What.POSTPONED, no.reason, until)


def _put_off_halted(message, until):
    """All that the halts of its branch hold back, together: a long queue is not read one by one."""
    values = {"channel": message.channel, "branch": message.branch_id, "most": HALTED_AT_ONCE, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(HALTED, values)


def _put_off_wave(message, until):
    """Until the messages of a held wave are held themselves."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS, {"wave": message.wave_id, "most": HALTED_AT_ONCE, "until": until})


def _set(message, **columns):
    Message.objects.filter(pk=message.pk).update(**columns)


def _note(message, what, reason, until=None):
    Decision.objects.create(message=message, what=what, reason=reason, until=until)


@transaction.atomic
def close(attempt: Attempt, answer: Answer, gateway: Gateway) -> bool:
    """Keep the answer, and what follows from it; whether the message was still ours.

    A sender whose lease has lapsed still says what it heard, but the message is another's.
    """
    return _close(attempt, answer, gateway)


def _close(attempt, answer, gateway):
    message, fate = attempt.message, after_answer(attempt.message, answer, gateway)
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, _told(attempt, answer, fate))
        closed = cursor.fetchone()[0] > 0
    breakers.note(gateway, well=answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED), before=message.gateway_failures)
    if closed:
        _tell(message, fate)
        reports.match(message, gateway_ref=answer.gateway_ref)
    elif answer.outcome == Outcome.ACCEPTED:
        _heard_late(attempt, answer, fate)
    return closed


def _told(attempt, answer, fate):
    """The values of CLOSE."""
    message = {"message": attempt.message_id, "n": attempt.n, "token": attempt.message.lease_token}
    message["forgiven"] = 0 if answer.left else 1  # a message that has not left has not been tried
    follows = {"state": fate.state, "reason": fate.reason, "in_doubt": fate.in_doubt, "after": fate.after}
    heard = {"attempt": attempt.pk, "outcome": answer.outcome, "status": answer.status[:40], "ms": answer.ms}
    return message | follows | heard | {"answer": answer.text[:500], "gateway_ref": answer.gateway_ref[:100]}


def _heard_late(attempt, answer, fate):
    """The lease had lapsed, but nobody has done anything about the doubt yet: this ends it."""
    doubtful = Message.objects.filter(pk=attempt.message_id, attempts=attempt.n, state=State.UNKNOWN)
    if doubtful.update(gateway_ref=answer.gateway_ref[:100], accepted_at=Now(), **fate.columns()):
        _note(attempt.message, What.SETTLED, "found")
        _tell(attempt.message, fate)
        reports.match(attempt.message, gateway_ref=answer.gateway_ref)


def _tell(message, fate):
    """What became of it, for the timeline and other systems; doubt and pauses are not told."""
    message.state = fate.state
    if fate.state == State.ACCEPTED:
        record(message, "message.sent", by=None)
    elif fate.state == State.FAILED:
        record(message, "message.failed", by=None, reason=fate.reason)
    elif fate.state == State.UNKNOWN and fate.reason != "busy":
        _note(message, What.DOUBTED, fate.reason)
