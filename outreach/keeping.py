"""What becomes of messages that may not go now: put off or ended, with the reason."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from audit.trail import record_all
from outreach.halts import STOPPED
from outreach.judging import No
from outreach.models import Decision, Message

AT_ONCE = 1000  # messages put off together
State, What = Message.State, Decision.What
KEEP = """
    WITH kept AS (
        SELECT * FROM unnest(
            %(message)s::bigint[], %(state)s::text[], %(reason)s::text[], %(until)s::timestamptz[], %(what)s::text[]
        ) AS kept (id, state, reason, until, what)
    ), moved AS (
        UPDATE outreach_message m
        SET state = kept.state, reason = kept.reason, next_at = kept.until,
            ended_at = CASE WHEN kept.state = ANY (%(ended)s) THEN statement_timestamp() END
        FROM kept WHERE m.id = kept.id
    )
    INSERT INTO outreach_decision (message_id, what, reason, until)
    SELECT id, what, reason, until FROM kept WHERE what <> ''
"""
# What has not followed the decision about its wave yet is put off together with the message in hand.
WAITS = """
    WITH due AS (
        SELECT id FROM outreach_message
        WHERE wave_id = %(wave)s AND state = 'planned' AND next_at <= statement_timestamp()
        ORDER BY id LIMIT %(most)s
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE outreach_message m SET next_at = %(until)s FROM due WHERE m.id = due.id
"""
HALTED = f"""
    WITH due AS (
        SELECT m.id, m.reason FROM outreach_message m
        WHERE m.channel = %(channel)s AND m.state IN ('planned', 'submitting', 'unknown') AND m.state = 'planned'
          AND m.next_at <= statement_timestamp() AND m.branch_id = %(branch)s AND {STOPPED}
        ORDER BY m.next_at LIMIT %(most)s
        FOR NO KEY UPDATE OF m SKIP LOCKED
    ), put_off AS (
        UPDATE outreach_message m SET next_at = %(until)s, reason = 'halted' FROM due WHERE m.id = due.id
    )
    INSERT INTO outreach_decision (message_id, what, reason, until)
    SELECT id, 'postponed', 'halted', %(until)s FROM due WHERE reason <> 'halted'
"""  # noqa: S608  a piece of our own


@dataclass(frozen=True)
class Kept:
    """`what` is the decision to write down, "" for none."""

    message: Message
    state: str
    reason: str
    until: datetime | None
    what: str


def keep_back(messages):
    """Pairs of a message and its No. The caller holds their rows."""
    halted, waiting, each = {}, {}, []
    for message, no in messages:
        if no.reason == "halted" and message.state == State.PLANNED:
            halted[message.branch_id] = {"channel": message.channel, "branch": message.branch_id, "until": no.until}
        elif no.reason == "volume":
            waiting[message.wave_id] = {"wave": message.wave_id, "until": no.until}
        else:
            each.append(_kept(message, no))
    with connection.cursor() as cursor:
        for statement, together in ((HALTED, halted), (WAITS, waiting)):
            for values in together.values():
                cursor.execute(statement, values | {"most": AT_ONCE})
    if each:
        _keep(each)


def _kept(message, no: No):
    """One that may have arrived is never ended without a person."""
    if no.until:
        until = min(no.until, message.not_after) if message.not_after else no.until
        again = no.reason == message.reason == "halted"  # asked again and again as long as the halt lasts
        return Kept(message, message.state, no.reason, until, "" if again else What.POSTPONED)
    if message.state == State.UNKNOWN:
        reason = "too_late_in_doubt" if no.reason == "too_late" else "unwanted_in_doubt"
        return Kept(message, State.UNKNOWN, reason, None, What.DOUBTED)
    ends = {"too_late": (State.EXPIRED, What.EXPIRED), "wave_cancelled": (State.CANCELLED, What.CANCELLED)}
    state, what = ends.get(no.reason, (State.WITHHELD, What.WITHHELD))
    return Kept(message, state, no.reason, None, what)


def _keep(each):
    values = {"message": [kept.message.pk for kept in each], "ended": list(Message.ENDED)}
    values |= {name: [getattr(kept, name) for kept in each] for name in ("state", "reason", "until", "what")}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
    ended = [kept for kept in each if kept.state in Message.ENDED]
    for what, reason in dict.fromkeys((kept.what, kept.reason) for kept in ended):
        those = [kept.message for kept in ended if (kept.what, kept.reason) == (what, reason)]
        record_all(those, f"message.{what}", by=None, reason=reason)
