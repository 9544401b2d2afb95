"""Races that do not depend on luck: the runners start while a row is locked and go when all of them wait for it.

Each runner has a thread and a database session of its own, so the test needs real transactions
(`@pytest.mark.django_db(transaction=True)`).
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from time import monotonic, sleep

from django.core.exceptions import ValidationError
from django.db import connection, transaction

PATIENCE = 10  # seconds
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""


def race(row, work, runners=4):
    """What each runner got from its work, all let go at once on the locked `row`, in the order of the runners.

    `work` is one callable for all `runners`, or a list of one callable each. A refusal (ValidationError) is returned
    like a result; any other exception is raised here.
    """
    works = list(work) if isinstance(work, list | tuple) else [work] * runners
    with ThreadPoolExecutor(len(works)) as pool:
        with transaction.atomic():
            _lock(row)
            running = [pool.submit(_alone, each) for each in works]
            wait_until_blocked(len(works), running)
        return [each.result() for each in running]


def together(work, runners=4):
    """The same for work that makes its own row: the runners leave one line at the same moment."""
    works = list(work) if isinstance(work, list | tuple) else [work] * runners
    line = Barrier(len(works))

    def start(each):
        connection.ensure_connection()
        line.wait(PATIENCE)
        return each()

    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(_alone, start, each) for each in works]
        return [each.result() for each in running]


@contextmanager
def held(row):
    """Another session keeps `row` locked while the block runs."""
    locked, done = Event(), Event()

    def hold():
        with transaction.atomic():
            _lock(row)
            locked.set()
            done.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(_alone, hold)
        assert locked.wait(PATIENCE), "the row could not be locked"
        try:
            yield
        finally:
            done.set()
        holding.result()


def wait_until_blocked(runners, running=()):
    """Return once that many sessions of this database wait for a lock."""
    until = monotonic() + PATIENCE
    while monotonic() < until and not any(each.done() for each in running):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone() == (runners,):
                return
        sleep(0.005)
    for each in running:
        if each.done():
            each.result()
            raise AssertionError("a runner ended without waiting for the locked row")
    raise AssertionError("the runners never met at the row")


def _lock(row):
    type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)


def _alone(work, *args):
    try:
        return work(*args)
    except ValidationError as refusal:
        return refusal
    finally:
        connection.close()
