"""Many messages moved at once: each keeps who decided so and why, and is told of like one that is moved alone
(`Message.decide`), all in the statement that moves them.
"""

from django.db import connection

from audit.trail import request_id
from outreach.models import Message

# %(what)s of outreach.models.Decision; `chosen` are the ids and states of those to move, locked.
MOVE = """
    WITH chosen AS ({chosen}), moved AS (
        UPDATE outreach_message m
        SET state = %(then)s, reason = CASE WHEN %(then)s = 'planned' THEN '' ELSE %(reason)s END,
            ended_at = CASE WHEN %(ends)s THEN statement_timestamp() END,
            next_at = CASE WHEN NOT %(ends)s THEN greatest(m.not_before, statement_timestamp()) END
        FROM chosen WHERE m.id = chosen.id
        RETURNING m.id, m.customer_id, m.branch_id, chosen.state AS was
    ), decided AS (
        INSERT INTO outreach_decision (message_id, what, reason, by_id)
        SELECT id, %(what)s, %(reason)s, %(by)s::bigint FROM moved ORDER BY id
    )
    INSERT INTO audit_event (actor_id, verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT %(by)s::bigint, 'message.' || %(what)s, 'outreach.message', id, customer_id, branch_id, %(request)s,
        jsonb_build_object('from', was, 'to', %(then)s::text, 'reason', %(reason)s::text)
    FROM moved ORDER BY id
"""


def move(chosen: str, values: dict, *, then, what, reason, by=None) -> int:
    """Let those that the SELECT `chosen` finds (id, state; it locks them) with `values` be `then`; how many.

    `by` is a person, their id, or None: the product.
    """
    decided = {"then": then, "ends": then in Message.ENDED, "what": what, "reason": reason}
    decided |= {"by": getattr(by, "pk", by), "request": request_id()}
    with connection.cursor() as cursor:
        cursor.execute(MOVE.format(chosen=chosen), values | decided)
        return cursor.rowcount
