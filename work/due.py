"""What falls due is due, once, and rings: looked for about every second by each process of a worker (WORKER_TURNS).

`notified_at` less `due_at` is how late the ring came. After an outage nothing is lost: it rings late.
"""

from django.db import connection, transaction

from jobs import runs
from work import pools, ringing
from work.models import FollowUp

BATCH = 500
# SKIP LOCKED: a second sweep takes others, and one that somebody changes at this moment is looked at again.
FALL_DUE = """
    WITH ripe AS (
        SELECT id FROM work_followup
        WHERE state IN ('planned', 'remedy_done') AND due_at <= statement_timestamp()
        ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    UPDATE work_followup f
    SET state = CASE f.state WHEN 'planned' THEN 'due' ELSE 'recheck' END, notified_at = clock_timestamp(),
        untaken_at = NULL
    FROM ripe WHERE f.id = ripe.id
    RETURNING f.id
"""
TELL = """
    INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT 'follow_up.due', 'work.followup', f.id, f.customer_id, f.branch_id, '',
        jsonb_build_object('kind', f.kind, 'owner', f.owner_id)
    FROM work_followup f WHERE f.id = ANY(%s) ORDER BY f.due_at
"""


def turn(stop=runs.never) -> int:
    """Let everything that is ripe fall due; how many there were."""
    fallen = 0
    while not stop() and (batch := sweep()):
        fallen += batch
    return fallen


@transaction.atomic
def sweep() -> int:
    """One batch, with its events and its rings, in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(FALL_DUE, {"batch": BATCH})
        keys = [key for (key,) in cursor.fetchall()]
        if keys:
            cursor.execute(TELL, [keys])
            _ring(FollowUp.objects.filter(pk__in=keys, merged_into=None))
    return len(keys)


def _ring(rows):
    ringing.fell_due(rows.filter(owner__isnull=False))
    pools.fell_due(rows.filter(owner=None))
