"""Two at once, pressed twice, killed anywhere: nothing is lost and nothing is doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Count

from audit.models import Event
from customers import models as c
from customers.imports import intake
from customers.models import Customer, Import
from jobs import runs
from jobs.models import Run
from tests.imports import files
from tests.jobs.trial import due_now
from tests.race import race, together

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
KILLS = 250 if os.environ.get("PROOF") else 12
WORKER = "import django; django.setup(); from jobs.runs import work_off; print('up', flush=True); work_off()"


def whole(count):
    """Everything of `count` people is there once."""
    assert Customer.objects.count() == c.SearchEntry.objects.count() == count
    assert c.Line.objects.count() == c.LinePlan.objects.count() == count
    kinds = dict(c.Identifier.objects.values_list("kind").annotate(n=Count("id")))
    assert kinds == {"customer": count, "contact": count, "service": count}
    assert Event.objects.filter(verb="customer.imported").count() == count


def ready(content, by, rows=None):
    """A checked import whose commit is asked for, in small steps if wanted."""
    batch = intake.ask_commit(files.checked(content, by), by=by)
    if rows:
        Run.objects.filter(pk=batch.commit_run_id).update(params=batch.commit_run.params | {"rows": rows})
    return batch


def test_the_same_file_twice_at_the_same_time():
    by = files.steward()
    content = files.text(files.people(60))
    batches = [ready(content, by, rows=10) for _ in range(2)]
    together([lambda pk=batch.commit_run_id: runs.work_off(only=[pk]) for batch in batches])
    runs.work_off()
    whole(60)
    tallies = [c.ImportRow.tally(batch) for batch in batches]
    assert sum(tally["create"] for tally in tallies) == sum(tally["unchanged"] for tally in tallies) == 60


def test_files_that_overlap_in_another_order_never_lock_each_other_out():
    by = files.steward()
    people = files.people(60)
    batches = [ready(files.text(rows), by, rows=10) for rows in (people, people[::-1], people[20:] + people[:20])]
    together([lambda pk=batch.commit_run_id: runs.work_off(only=[pk]) for batch in batches])
    runs.work_off()
    assert not Run.objects.exclude(state="done").exists()
    whole(60)


def test_commit_pressed_by_four_at_once_is_one_job():
    by = files.steward()
    batch = files.checked(files.text(files.people(5)), by)
    race(batch, lambda: intake.ask_commit(Import.objects.get(pk=batch.pk), by=by))
    assert Run.objects.filter(job=intake.COMMIT).count() == 1
    runs.work_off()
    whole(5)


def test_a_check_asked_for_again_replaces_the_first():
    by = files.steward()
    batch = files.upload(files.text(files.people(5)), by)
    chosen = batch.columns | {"day": files.DAY}
    race(batch, lambda: intake.ask_check(Import.objects.get(pk=batch.pk), by=by, chosen=chosen))
    runs.work_off()
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), batch.checks) == ("checked", 5, 4)


def test_a_clerk_opens_the_same_customer_meanwhile():
    by = files.steward()
    batch = ready(files.text(files.people(30)), by)

    def open_one():
        return Customer.open(by=by, unit=by.branch, number="K007", name="先开", kind="personal")

    together([lambda: runs.work_off(only=[batch.commit_run_id]), open_one])
    runs.work_off()
    assert Customer.objects.count() == 30
    assert Customer.objects.filter(number="K007").count() == 1
    assert c.ImportRow.objects.get(batch=batch, number="K007").outcome in ("create", "update")


def test_cancelled_on_the_way_it_keeps_what_is_in_and_goes_on_later():
    by = files.steward()
    batch = ready(files.text(files.people(40)), by, rows=10)
    from jobs import claims

    run = claims.claim([batch.commit_run_id])
    runs.step(run)
    Run.objects.get(pk=run.pk).cancel(by=by)
    due_now(run)
    runs.work_off()
    batch = Import.objects.get(pk=batch.pk)
    assert (batch.stands, Customer.objects.count()) == ("cancelled", 10)
    intake.ask_commit(batch, by=by)
    runs.work_off()
    whole(40)
    assert Import.objects.get(pk=batch.pk).stands == "done"


def test_a_file_being_brought_in_is_neither_mapped_nor_checked_again():
    by = files.steward()
    batch = ready(files.text(files.people(2)), by)
    for refused in (
        lambda: intake.ask_check(batch, by=by, chosen=batch.columns),
        lambda: intake.read_as(batch, by=by, encoding="utf-8", separator=";"),
    ):
        with pytest.raises(ValidationError):
            refused()


def test_workers_killed_at_random_lose_and_double_nothing():
    by, chance, kills = files.steward(), random.Random(7), 0
    batch = ready(files.text(files.people(900)), by, rows=20)
    run = batch.commit_run
    while kills < KILLS:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "crm.settings"},
            stdout=subprocess.PIPE,
        )  # fmt: skip
        worker.stdout.readline()
        time.sleep(chance.random() * 0.5)
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        kills += 1
        run.refresh_from_db()
        if not run.is_open:
            break
        due_now(run)
    runs.work_off()
    batch.refresh_from_db()
    assert batch.state == "done"
    assert set(batch.rows.values_list("outcome", "brought_in")) == {("create", True)}
    whole(900)
