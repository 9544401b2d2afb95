"""Who works on a run: conditional updates on the database's clock, so that any number of workers share the table.

A claim writes a fresh token and a lease. Whatever the claimer writes later is fenced by `fence()`: once the lease has
lapsed and somebody else has claimed the run, the first one's writes meet no row, and its step is rolled back.
"""

from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from jobs import registry
from jobs.models import Run

FAR = timedelta(hours=1)  # nothing is put off longer; a later `next_at` was written by a clock that has been set back
FIRST_PAUSE, LONGEST_PAUSE = 2, 600  # seconds before a failed step is tried again; four times longer each time

CLAIM = """
    WITH due AS (
        SELECT run.id, known.lease
        FROM jobs_run run
        JOIN unnest(%(jobs)s::text[], %(leases)s::interval[]) AS known (job, lease) USING (job)
        WHERE run.state IN ('waiting', 'running')
          AND (run.next_at <= statement_timestamp() OR run.next_at > statement_timestamp() + %(far)s)
          AND NOT EXISTS (SELECT FROM jobs_switch s WHERE s.job = run.job AND s.paused)
          AND (%(only)s::bigint[] IS NULL OR run.id = ANY (%(only)s::bigint[]))
        ORDER BY run.next_at
        LIMIT 1
        FOR UPDATE OF run SKIP LOCKED
    )
    UPDATE jobs_run run
    SET state = 'running', attempts = run.attempts + 1, lease_token = gen_random_uuid(),
        lease_until = statement_timestamp() + due.lease, next_at = statement_timestamp() + due.lease,
        started_at = coalesce(run.started_at, statement_timestamp())
    FROM due WHERE run.id = due.id
    RETURNING run.*
"""
STANDING = """
    SELECT run.cancel_asked, EXISTS (SELECT FROM jobs_switch s WHERE s.job = run.job AND s.paused)
    FROM jobs_run run WHERE run.id = %(id)s AND run.lease_token = %(token)s AND run.state = 'running'
"""  # asked before every step: as text it takes a third of the time
PUT_OFF = """
    UPDATE jobs_run
    SET state = 'waiting', lease_until = NULL, lease_token = NULL, error = %(error)s,
        next_at = statement_timestamp() + make_interval(secs => %(seconds)s * (0.5 + random()))
    WHERE id = %(id)s AND lease_token = %(token)s AND state = 'running'
"""


def claim(only=None) -> Run | None:
    """Take the run that has been due longest (of the ids `only`, if given); None when nothing is due.

    Due are waiting runs whose time has come and running ones whose lease has lapsed; not those of paused jobs, nor
    those that another session is claiming at this moment.
    """
    known = registry.jobs().values()
    values = {
        "jobs": [job.name for job in known],
        "leases": [job.lease for job in known],
        "far": FAR,
        "only": list(only) if only is not None else None,
    }
    return next(iter(Run.objects.raw(CLAIM, values)), None)


def fence(run):
    """The run's row as long as it is ours."""
    return Run.objects.filter(pk=run.pk, lease_token=run.lease_token, state=Run.State.RUNNING)


def standing(run):
    """(cancel asked, job paused) as the row says now; None when the run is no longer ours."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"id": run.pk, "token": run.lease_token})
        return cursor.fetchone()


def save_step(run, job, *, ended):
    """Keep the step's progress, forgive earlier attempts and renew the lease, or end the run; False if not ours."""
    fields = {name: getattr(run, name) for name in ("cursor", "done", "total", "counts")}
    fields |= {"attempts": 1, "error": ""}
    if ended:
        fields |= _end(Run.State.DONE)
    else:
        fields |= {"lease_until": Now() + job.lease, "next_at": Now() + job.lease}
    return bool(fence(run).update(**fields))


def close(run, state, error=""):
    """End a run that is ours as cancelled or dead."""
    return bool(fence(run).update(error=error, **_end(state)))


def _end(state):
    return {"state": state, "finished_at": Now(), "lease_until": None, "lease_token": None}


def give_back(run):
    """Let somebody take the run on at once: this worker's turn is over."""
    return bool(fence(run).update(state=Run.State.WAITING, next_at=Now(), lease_until=None, lease_token=None))


def put_off(run, error):
    """Try the step again after a pause that grows with the attempts and is scattered."""
    seconds = min(FIRST_PAUSE * 4 ** (run.attempts - 1), LONGEST_PAUSE)
    with connection.cursor() as cursor:
        cursor.execute(PUT_OFF, {"id": run.pk, "token": run.lease_token, "error": error, "seconds": seconds})
        return bool(cursor.rowcount)
