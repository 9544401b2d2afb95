"""Asking for work, and doing it step by step."""

import time
from contextlib import contextmanager
from copy import deepcopy

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from structlog.contextvars import bound_contextvars

from audit.trail import plain as json_safe
from audit.trail import record
from jobs import bell, claims, registry, trouble
from jobs.models import Run

log = structlog.get_logger(__name__)

TURN = 20.0  # seconds after which a run goes back into the queue, so that a long one never keeps a short one waiting


class NotOurs(Exception):
    """The lease lapsed and the run was taken over, cancelled or ended by somebody else."""


class StandsStill(Exception):
    """A step did nothing and said that more remains.

    Somebody beside it may have done its batch: after a pause it looks again. A step that goes on so is given up.
    """


@transaction.atomic
def ask(job_name, *, key, params=None, by=None, branch_id=None) -> Run:
    """The run of `job_name` known by `key`, made if there is none; the same request twice is one run.

    LookupError for an unknown job; ValueError when the key belongs to a run of another job.
    """
    registry.get(job_name)
    wanted = {"job": job_name, "params": json_safe(params or {}), "asked_by": by, "branch_id": branch_id}
    run, made = Run.objects.get_or_create(key=key, defaults=wanted)
    if run.job != job_name:
        raise ValueError(f"the key of this request belongs to a run of {run.job}")
    if made:
        run.refresh_from_db()  # the database's own defaults
        if by is not None:
            record(run, "run.asked", by=by, job=job_name)
        bell.ring_on_commit()
    return run


def ask_rest(job_name, before: Run | None, *, key, params=None, by=None, branch_id=None) -> Run:
    """The run that goes on where `before` was broken off, or the first of all under `key` where there is none before.

    As long as that one is open it is the run; asked for twice, what it left is one run.
    """
    if before is not None and before.is_open:
        return before
    key = key if before is None else f"{key}:{before.pk}"
    return ask(job_name, key=key, params=params, by=by, branch_id=branch_id)


def never():
    return False


def work_off(*, only=None, stop=never, turn=TURN) -> int:
    """Do everything that is due, in this process, until nothing is due or `stop()`; how many claims were worked."""
    worked = 0
    while not stop() and (run := claims.claim(only)):
        worked += 1
        work(run, stop=stop, turn=turn)
    return worked


def work(run, *, stop=never, turn=TURN):
    """Work on a run that was just claimed until it ends, fails, is no longer ours, or its turn is over."""
    until = time.monotonic() + turn
    with bound_contextvars(job=run.job, request_id=f"run-{run.pk}"):
        try:
            while step(run):
                if stop() or time.monotonic() > until:
                    claims.give_back(run)
                    return
        except NotOurs:
            log.warning("run.taken_over")
        except Exception as error:
            _fail(run, error)


def step(run) -> bool:
    """One step in one transaction with its progress; whether more remains. Raises NotOurs and what the job raises."""
    job = registry.get(run.job)
    if run.attempts > job.max_attempts:
        return _give_up(run, run.error or _never_ended(run))
    with transaction.atomic():
        standing = claims.standing(run)
        if standing is None:
            raise NotOurs
        cancel_asked, paused = standing
        if cancel_asked:
            return not claims.close(run, Run.State.CANCELLED)
        if paused:
            return not claims.give_back(run)
        before = _progress(run)
        with _language_of(run):
            more = bool(job.step(run))
        if more and _progress(run) == before:
            raise StandsStill
        if not claims.save_step(run, job, ended=not more):
            raise NotOurs
    run.attempts = 1
    return more


def _progress(run):
    return deepcopy((run.cursor, run.done, run.total, run.counts))


def _never_ended(run):
    with _language_of(run):
        return _("The worker stopped each time before the step had ended.")


@contextmanager
def _language_of(run):
    """Texts that the step keeps are in the language of who asked."""
    person = run.asked_by if run.asked_by_id else None
    with translation.override(getattr(person, "language", settings.LANGUAGE_CODE)):
        yield


def _fail(run, error):
    """Count the attempt and put the step off, or give the run up. A database that is gone is left to the lease."""
    text = trouble.plain(error)
    log.warning("run.step_failed", error=text, attempt=run.attempts)
    _drop_broken_connection(error)
    try:
        if run.attempts >= registry.get(run.job).max_attempts:
            _give_up(run, text)
        else:
            claims.put_off(run, text)
    except (OperationalError, InterfaceError) as still:
        _drop_broken_connection(still)
        log.warning("run.database_gone", error=type(still).__name__)


def _drop_broken_connection(error):
    """After a restart of the database the next statement opens a new connection."""
    if isinstance(error, OperationalError | InterfaceError) and not connection.in_atomic_block:
        connection.close()


def _give_up(run, text):
    with transaction.atomic():
        if claims.close(run, Run.State.DEAD, text):
            record(run, "run.given_up", by=None, job=run.job, error=text)
    return False
