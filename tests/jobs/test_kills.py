"""Real workers in processes of their own, killed in the middle of their work, and a broker that goes away."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection

from crm.celery import app
from crm.embedded.binaries import valkey_program
from jobs import bell, runs
from jobs.models import Run, Slot, Switch
from jobs.pendulum import PAUSE

pytestmark = pytest.mark.usefixtures("trial_jobs")
ROOT = Path(__file__).parents[2]
LONG = bool(os.environ.get("PROOF"))
KILLS, RUNS, UP_TO = (1000, 60, 2000) if LONG else (40, 6, 600)
SEED = int(os.environ.get("SEED", "20261122"))


@contextmanager
def started(*words, **environment):
    """A process in a session of its own, gone with all its children at the end."""
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until(condition, patience):
    """Wait for what another process does; what the condition returned at last."""
    end = time.monotonic() + patience
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def none_open():
    return not Run.objects.filter(state__in=Run.OPEN).exists()


def results():
    """What is left of each batch of runs, without ids and times: {batch: rows}."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(run.key, '/', 1), split_part(run.key, '/', 2), run.state, run.done, run.counts::text,"
            " (SELECT array_agg(n ORDER BY n) FROM trial_effect WHERE run = run.id)"
            " FROM jobs_run run ORDER BY run.key"
        )
        batches = {}
        for batch, *row in cursor.fetchall():
            batches.setdefault(batch, []).append(row)
        return batches


def ask(batch):
    for n in range(RUNS):
        runs.ask("trial.count", key=f"{batch}/{n:03}", params={"up_to": UP_TO})


def test_workers_killed_at_random_leave_what_an_undisturbed_one_leaves():
    ask("undisturbed")
    began = time.monotonic()
    runs.work_off()
    patience = 30 + 5 * (time.monotonic() - began)  # the workers share the machine with whatever else runs on it
    chance, batches = random.Random(SEED), 0
    with started("-m", "tests.jobs.workhouse", "150") as house:
        workers = [_hire(house), _hire(house)]
        for _ in range(KILLS):
            if none_open():
                batches += 1
                ask(f"disturbed-{batches}")
            time.sleep(chance.uniform(0.005, 0.06))
            os.kill(workers.pop(chance.randrange(2)), signal.SIGKILL)
            workers.append(_hire(house))
        assert until(none_open, patience)
    disturbed = results()
    undisturbed = disturbed.pop("undisturbed")
    assert len(disturbed) == batches
    assert all(rows == undisturbed for rows in disturbed.values())


def _hire(house):
    house.stdin.write("\n")
    house.stdin.flush()
    return int(house.stdout.readline())


@contextmanager
def valkey(folder):
    words = [valkey_program(), "--port", "0", "--unixsocket", folder / "v.sock", "--save", "", "--loglevel", "warning"]
    process = subprocess.Popen(words, cwd=folder)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def done_within(patience, key):
    run = runs.ask("jobs.pulse", key=key)
    return until(lambda: Run.objects.filter(pk=run.pk, state=Run.State.DONE), patience)


def test_a_celery_worker_goes_on_when_its_broker_is_gone(tmp_path, monkeypatch):
    """Rung at once while the broker lives; by itself within seconds when it is emptied and killed."""
    url = f"redis+socket://{tmp_path}/v.sock?virtual_host=0"
    monkeypatch.setattr(app.conf, "broker_write_url", url)
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    celery = ["-m", "celery", "-A", "crm", "worker", "-c", "1", "-l", "critical", "--without-gossip"]
    with valkey(tmp_path) as broker, started(*celery, REDIS_URL=url):
        assert done_within(30, "first")
        began = time.monotonic()
        assert all(done_within(10, f"rung-{n}") for n in range(6))
        assert time.monotonic() - began < 6 * PAUSE / 2, "nobody heard the bell"
        broker.kill()
        broker.wait(10)
        Slot.objects.all().delete()
        Switch.objects.all().delete()
        assert done_within(3 * PAUSE, "deaf")
        assert Slot.objects.filter(job="jobs.pulse").exists()


def test_a_worker_without_celery_stops_between_steps_when_told():
    run = runs.ask("jobs.pulse", key="first")
    with started("manage.py", "work", "--pause", "0.1") as worker:
        assert until(lambda: Run.objects.filter(pk=run.pk, state=Run.State.DONE), 20)
        assert Slot.objects.filter(job="jobs.pulse").exists()
        worker.terminate()
        assert worker.wait(10) == 0


def test_one_tick_lays_out_and_works_off():
    with started("manage.py", "tick") as tick:
        assert tick.wait(30) == 0
    assert Slot.objects.get(job="jobs.pulse").run.state == Run.State.DONE
