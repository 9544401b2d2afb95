"""Ringing for the workers. A ring is a hint: whoever misses it looks by himself a few seconds later."""

import os
import threading
import time
from functools import partial

import structlog
from celery import current_app
from django.db import connection, transaction

log = structlog.get_logger(__name__)

PATIENCE = 0.5  # seconds a request may lose to a broker that does not answer
SULK = 5.0  # seconds without ringing after a ring that failed
QUICK = {
    "socket_timeout": PATIENCE,
    "socket_connect_timeout": PATIENCE,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "connect_retries_timeout": PATIENCE,
}
_silent_until = 0.0


LOOK = "jobs.look"


def ring_on_commit(task=LOOK):
    """Ring once what was asked for is kept, however often it is called inside the transaction.

    A rollback takes away what rang in it and leaves the rest, so whatever is still to ring stands for this call too.
    """
    if not any(_rings(function, task) for _savepoints, function, _robust in connection.run_on_commit):
        transaction.on_commit(partial(ring, task), robust=True)


def _rings(function, task):
    return isinstance(function, partial) and (function.func, function.args) == (ring, (task,))


def ring(task=LOOK):
    """Tell the workers to look now, by the Celery task that looks.

    Never raises and never holds its caller up: the work is in the database.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        _publish(task)
    except Exception as error:
        _silent_until = time.monotonic() + SULK
        log.warning("bell.broken", error=type(error).__name__)


class _Kept(threading.local):
    """Each thread keeps a connection of its own, with short time-outs: the pooled one waits for a dead broker without
    end, and to open one takes as long as ten queries. One that was opened before a fork is the parent's."""

    connection = None
    of = None  # the process that opened it, and to which broker

    def __enter__(self):
        of = (os.getpid(), current_app.conf.broker_write_url)
        if self.of != of:
            self.connection, self.of = current_app.connection_for_write(), of
            self.connection.transport_options = self.connection.transport_options | QUICK
        return self.connection

    def __exit__(self, kind, *_error):
        if kind:  # it may hang: the next ring opens another one
            self.connection.release()
            self.connection = self.of = None


_kept = _Kept()


def _publish(task):
    with _kept as connection:
        current_app.send_task(task, connection=connection, expires=60, ignore_result=True, retry=False)
