"""Jobs that exist only in tests: one that counts into a table, one that fails, one that is slow to end.

The table has no unique key, so that whatever is done twice shows.
"""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import connection

from jobs import registry
from tests.conftest import superuser

STEP = 10  # numbers written by one step
DDL = "CREATE TABLE IF NOT EXISTS trial_effect (run bigint, n int, by_pid int DEFAULT pg_backend_pid())"


def count(run):
    """Write the numbers up to `params["up_to"]`, ten a step."""
    start = run.cursor.get("n", 0)
    end = min(start + STEP, run.params["up_to"])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trial_effect (run, n) SELECT %s, generate_series(%s, %s)", [run.pk, start, end - 1])
    run.cursor = {"n": end}
    run.done, run.total = end, run.params["up_to"]
    run.counts = {"steps": run.counts.get("steps", 0) + 1, "sum": run.counts.get("sum", 0) + sum(range(start, end))}
    return end < run.total


def poison(run):
    """Do one good step, then fail at the second for ever."""
    if run.cursor.get("first"):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO trial_effect (run, n) VALUES (%s, -1)", [run.pk])
        raise ValueError("no such customer: '张伟' 13812345678")
    run.cursor, run.done = {"first": True}, 1
    return True


def declare(**options):
    options = {"lease": timedelta(seconds=30)} | options
    registry.job("trial.count", title="Trial count", by_hand=True, **options)(count)
    registry.job("trial.poison", title="Trial poison", max_attempts=3)(poison)


@contextmanager
def jobs():
    """The trial jobs and their table, for the length of the block."""
    declare()
    as_superuser(DDL, "GRANT SELECT, INSERT ON trial_effect TO crm")
    try:
        yield
    finally:
        as_superuser("DROP TABLE trial_effect")
        registry.forget("trial.count")
        registry.forget("trial.poison")


@contextmanager
def alone():
    """No job is declared but those that the block declares."""
    kept = registry.jobs()
    for name in kept:
        registry.forget(name)
    try:
        yield
    finally:
        for name in registry.jobs():
            registry.forget(name)
        registry._jobs.update(kept)


@contextmanager
def counting_by(step):
    """`trial.count` does `step` instead, for the length of the block."""
    plain = registry.get("trial.count")
    registry._jobs["trial.count"] = replace(plain, step=step)
    try:
        yield
    finally:
        registry._jobs["trial.count"] = plain


def as_superuser(*statements):
    link = superuser(settings.DATABASES["default"]["NAME"])
    with link.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    link.close()


def effects(run):
    """The numbers that the run has written, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM trial_effect WHERE run = %s ORDER BY n", [run.pk])
        return [n for (n,) in cursor.fetchall()]


def due_now(run):
    """Let a run's pause or lease be over."""
    type(run).objects.filter(pk=run.pk).update(
        next_at="2020-01-01T00:00:00Z",
        lease_until="2020-01-01T00:00:00Z",
    )
