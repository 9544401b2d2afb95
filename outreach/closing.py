"""What senders heard is kept, with all that follows from it: one transaction for all they had in hand."""

import structlog
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models.functions import Now

from audit.trail import record_all
from outreach import breakers, reports
from outreach.decisions import cancel_as_asked
from outreach.fates import after_answer, not_called
from outreach.gateways import Answer, Gateway, Outcome
from outreach.models import Attempt, Decision, Message

log = structlog.get_logger(__name__)
State, What = Message.State, Decision.What
UNCALLED = Answer(Attempt.Outcome.UNCALLED, left=False)
# Fenced: a message that somebody else has taken over meanwhile stays as it is. Locked in the order of ids, as whoever
# cancels many does.
CLOSE = """
    WITH heard AS (
        SELECT * FROM unnest(
            %(message)s::bigint[], %(n)s::int[], %(token)s::uuid[], %(state)s::text[], %(reason)s::text[],
            %(in_doubt)s::bool[], %(after)s::interval[], %(forgiven)s::int[], %(submitted_at)s::timestamptz[],
            %(gateway_ref)s::text[], %(attempt)s::bigint[], %(outcome)s::text[], %(status)s::text[],
            %(answer)s::text[], %(ms)s::int[]
        ) AS heard (message, n, token, state, reason, in_doubt, after, forgiven, submitted_at, gateway_ref, attempt,
                    outcome, status, answer, ms)
    ), locked AS (
        SELECT id FROM outreach_message WHERE id = ANY (%(message)s) ORDER BY id FOR NO KEY UPDATE
    ), ours AS (
        UPDATE outreach_message m
        SET state = h.state, reason = h.reason, in_doubt = h.in_doubt, lease_token = NULL,
            next_at = statement_timestamp() + h.after, forgiven = m.forgiven + h.forgiven,
            submitted_at = CASE WHEN h.outcome = 'uncalled' THEN h.submitted_at ELSE m.submitted_at END,
            gateway_ref = CASE WHEN h.state = 'accepted' THEN h.gateway_ref ELSE m.gateway_ref END,
            accepted_at = CASE WHEN h.state = 'accepted' THEN statement_timestamp() END,
            ended_at = CASE WHEN h.state = 'failed' THEN statement_timestamp() END
        FROM heard h JOIN locked ON locked.id = h.message
        WHERE m.id = h.message AND m.lease_token = h.token AND m.attempts = h.n AND m.state = 'submitting'
        RETURNING m.id
    ), told AS (
        UPDATE outreach_attempt a
        SET ended_at = statement_timestamp(), outcome = h.outcome, status = h.status, answer = h.answer, ms = h.ms
        FROM heard h WHERE a.id = h.attempt AND a.outcome IN ('', 'lost')
    )
    SELECT id FROM ours
"""


def keep(heard, gateway: Gateway) -> set[int]:
    """As `close`, and once more where that fails, each by itself: on another connection if it was that, and one that
    cannot be kept harms nobody else. What was kept already, without our hearing of it, stays as it is.
    """
    try:
        return close(heard, gateway)
    except (DatabaseError, InterfaceError, ValueError) as error:
        log.warning("messages.not_kept", error=type(error).__name__, many=len(heard))
        if isinstance(error, OperationalError | InterfaceError):
            connection.close()
    return set().union(*(_kept_alone(one, gateway) for one in heard))


def _kept_alone(one, gateway):
    """Without a database nothing can be kept, and nothing is tried for each of the others."""
    try:
        return close([one], gateway)
    except (DataError, IntegrityError, InternalError, ValueError) as error:
        log.error("message.not_kept", message=one[0].message_id, error=type(error).__name__)
        return set()


@transaction.atomic
def close(heard, gateway: Gateway) -> set[int]:
    """Keep the answers, pairs of an attempt and its Answer, None where no call was made; ids of what was still ours.

    A sender whose lease has lapsed still says what it heard, but the message is another's.
    """
    heard = [(attempt, answer or UNCALLED, _fate(attempt, answer, gateway)) for attempt, answer in heard]
    ours = _written(heard)
    closed = [(attempt.message, answer, fate) for attempt, answer, fate in heard if attempt.message_id in ours]
    if closed:
        _tell(closed)
        reports.match_all([(message, answer.gateway_ref) for message, answer, _fate in closed], gateway.name)
        cancel_as_asked([message.pk for message, _answer, fate in closed if fate.state == State.PLANNED])
    for attempt, answer, fate in heard:
        if attempt.message_id not in ours and answer.outcome == Outcome.ACCEPTED:
            _heard_late(attempt, answer, fate)
    _speak_of(gateway, heard)  # last: whoever settles a doubt takes the message first, then the breaker
    return ours


def _fate(attempt, answer, gateway):
    return after_answer(attempt.message, answer, gateway) if answer else not_called(attempt.message)


def _written(heard):
    rows = [_row(*one) for one in heard]
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, {name: [row[name] for row in rows] for name in rows[0]})
        return {pk for (pk,) in cursor.fetchall()}


def _row(attempt, answer, fate):
    message = {"message": attempt.message_id, "n": attempt.n, "token": str(attempt.message.lease_token)}
    message["forgiven"] = 0 if answer.left else 1  # a message that has not left has not been tried
    message["submitted_at"] = attempt.message.submitted_at
    follows = {"state": fate.state, "reason": fate.reason, "in_doubt": fate.in_doubt, "after": fate.after}
    said = {"attempt": attempt.pk, "outcome": answer.outcome, "status": answer.status[:40], "ms": answer.ms}
    return message | follows | said | {"answer": answer.text[:500], "gateway_ref": answer.gateway_ref[:100]}


def _speak_of(gateway, heard):
    """What the calls say of the gateway, one after the other; those before the first know of its failures."""
    before = heard[0][0].message.gateway_failures
    for outcome in (answer.outcome for _attempt, answer, _fate in heard):
        if outcome != Attempt.Outcome.UNCALLED:
            well = outcome in (Outcome.ACCEPTED, Outcome.REFUSED)
            breakers.note(gateway, well=well, before=before)
            before = 0 if well else before + 1


def _heard_late(attempt, answer, fate):
    """The lease had lapsed, but nobody has done anything about the doubt yet: this ends it."""
    doubtful = Message.objects.filter(pk=attempt.message_id, attempts=attempt.n, state=State.UNKNOWN)
    if doubtful.update(gateway_ref=answer.gateway_ref[:100], accepted_at=Now(), **fate.columns()):
        attempt.message.note(What.SETTLED, "found")
        _tell([(attempt.message, answer, fate)])
        reports.match(attempt.message, gateway_ref=answer.gateway_ref)


def _tell(closed):
    """What became of them, for the timeline and other systems; doubt and pauses are not told."""
    for message, _answer, fate in closed:
        message.state = fate.state
    sent = [message for message, _answer, fate in closed if fate.state == State.ACCEPTED]
    record_all(sent, "message.sent", by=None)
    for message, answer, fate in closed:
        if message.in_doubt and answer.outcome != Attempt.Outcome.UNCALLED:
            message.note(What.RETRIED, "resend_same")
        if fate.state == State.FAILED:
            record_all([message], "message.failed", by=None, reason=fate.reason)
        elif answer.outcome == Outcome.UNKNOWN and fate.state == State.UNKNOWN:
            message.note(What.DOUBTED, fate.reason)
