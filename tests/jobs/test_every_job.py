"""Every declared job, whoever declared it: once, twice, interleaved and killed, it leaves the same state."""

from contextlib import suppress
from uuid import uuid4

import pytest
from django.test import TransactionTestCase

from billing.dunning import carrying_out, foreseeing, low_balance, planning, recording
from complaints.classing import reviewing
from complaints.incidents import answering, passing_on
from customers.imports import ranges
from jobs import claims, registry, runs
from jobs.bulk import carrying_out as many
from jobs.bulk import clearing
from jobs.models import Run
from outreach import tasks as messages
from tests.jobs.cases import CASES
from tests.jobs.trial import due_now
from tests.race import together

JOBS = [name for name in registry.jobs() if not name.startswith("trial.")]


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch):
    """So that a few rows take several steps."""
    monkeypatch.setattr(ranges, "ROWS", 20)
    monkeypatch.setattr(messages, "BATCH", 20)
    for module in (carrying_out, low_balance, recording, answering, clearing, passing_on):
        monkeypatch.setattr(module, "BATCH", 5)
    monkeypatch.setattr(many, "TRIED_AT_ONCE", 3)
    monkeypatch.setattr(reviewing, "MOST", 3)
    monkeypatch.setattr(recording, "LOST_AT_ONCE", 3)
    monkeypatch.setattr(planning, "RANGE", 5)
    monkeypatch.setattr(foreseeing, "RANGE", 5)


def ask(name, asking):
    if callable(asking):
        return asking()
    return runs.ask(name, **{"key": str(uuid4())} | asking)


def twice(name, asking):
    ask(name, asking)
    runs.work_off()
    ask(name, asking)
    runs.work_off()


def interleaved(name, asking):
    """Two runs at the same time in two sessions."""
    ours = [ask(name, asking).pk for _ in range(2)]
    together([lambda pk=pk: runs.work_off(only=[pk]) for pk in ours])
    while waiting := list(Run.objects.filter(pk__in=ours, state=Run.State.WAITING)):
        for run in waiting:
            due_now(run)  # one that found all of its batch done by the other pauses before it looks again
        runs.work_off()


def stolen(name, asking):
    """Two workers take the same run from each other before each step, and both try to do it."""
    run = ask(name, asking)
    previous = None
    while claimed := claims.claim(only=[run.pk]):
        together([lambda worker=worker: _step(worker) for worker in (previous, claimed) if worker])
        previous = claimed
        due_now(run)
    runs.work_off()


def killed(name, asking):
    """Each worker is gone right after its first step."""
    run = ask(name, asking)
    while claimed := claims.claim(only=[run.pk]):
        runs.step(claimed)
        due_now(run)
    runs.work_off()


def _step(run):
    with suppress(runs.NotOurs):
        runs.step(run)


@pytest.mark.parametrize("name", JOBS)
def test_each_job_has_a_case(name):
    assert name in CASES, "describe the job in a module of cases beside tests/jobs/cases.py"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", JOBS)
def test_a_job_leaves_the_same_state_however_it_is_run(name):
    expected = _played(name, lambda name, asking: ask(name, asking) and runs.work_off())
    for play in (twice, interleaved, stolen, killed):
        TransactionTestCase._fixture_teardown(None)
        assert _played(name, play) == expected, play.__name__


def _played(name, play):
    asking, state = CASES[name]()
    play(name, asking)
    assert not Run.objects.filter(state__in=[*Run.OPEN, Run.State.DEAD], job=name, slot=None).exists()
    return state()
