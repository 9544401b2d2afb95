"""A night's plan over 1,000,000 accounts, one in six of them overdue, against one bare INSERT … SELECT … ON CONFLICT DO
NOTHING from the same accounts and bills for each of the tables that it fills: cases, steps, events. The bare statements
know no scenario, promise, dispute or stop, and lock nobody; every index, key and trigger of the product is there.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from functools import partial

from bench import arrears, dunning_pages
from bench.imports import database
from bench.stage import ROOT

SIZE = 1_000_000
BARE = (
    """
    INSERT INTO billing_dunningcase
        (branch_id, account_id, cycle, version_id, since, opened_on, overdue_then, next_step_id, next_on)
    SELECT b.branch_id, b.account_id, 1, first.version_id, min(b.due_on), current_date, sum(b.open), first.id,
        current_date
    FROM billing_bill b JOIN billing_account a ON a.id = b.account_id
    CROSS JOIN (SELECT id, version_id FROM billing_scenariostep ORDER BY version_id, n LIMIT 1) first
    WHERE b.open > 0 AND b.due_on < current_date AND a.owed > 0
    GROUP BY 1, 2, first.version_id, first.id
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO billing_casestep (case_id, step_id, planned_for)
    SELECT id, next_step_id, next_on FROM billing_dunningcase WHERE next_on <= current_date ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT 'dunning.opened', 'billing.dunningcase', d.id, a.customer_id, d.branch_id, '',
        jsonb_build_object('sum', d.overdue_then::text)
    FROM billing_dunningcase d JOIN billing_account a ON a.id = d.account_id
    ON CONFLICT DO NOTHING
    """,
)


def run(stage, report, size=SIZE):
    with database(stage, "bench_dunning") as url:
        figures = planned(stage, url, size)
        what = f"dunning of {size:,} accounts, {figures['cases']:,} overdue"
        floor = figures["floor"]
        report.job(f"{what}: plan (floor {floor:.1f} s)", figures["plan"], floor, 1.5)
        report.job(f"{what}: again, nothing to add", figures["again"], floor, 0.7)
        dunning_pages.run(stage, report, url, partial(asked, stage, url))


def planned(stage, url, size):
    """{"floor", "plan", "again": seconds, "cases": how many}; a process of its own does the work."""
    asked(stage, url, "people")
    arrears.fill(stage, "bench_dunning", size)
    floor = bare(stage)
    return {"floor": floor} | asked(stage, url, "plan")


def bare(stage):
    """Seconds of the bare statements in a copy of the database, each committed."""
    stage.query("DROP DATABASE IF EXISTS bench_floor WITH (FORCE)")
    stage.query("CREATE DATABASE bench_floor TEMPLATE bench_dunning")
    try:
        with contextlib.closing(stage.servers.postgres.connect("bench_floor")) as link, link.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            link.commit()
            began = time.monotonic()
            for statement in BARE:
                cursor.execute(statement)
                link.commit()
            return time.monotonic() - began
    finally:
        stage.query("DROP DATABASE bench_floor WITH (FORCE)")


def asked(stage, url, *what):
    """What a process with the product on that database answers."""
    env = stage.env | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "bench.dunning", *what]
    answer = subprocess.run(words, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer.splitlines()[-1])


def plan():
    from billing.models import CaseStep, DunningCase

    figures = {"plan": worked()}
    figures["cases"] = made = DunningCase.objects.count()
    assert CaseStep.objects.count() == made
    figures["again"] = worked()
    assert (DunningCase.objects.count(), CaseStep.objects.count()) == (made, made)
    return figures


def worked():
    """Seconds until the job is done."""
    from uuid import uuid4

    from jobs import runs

    return worked_off(runs.ask("billing.dun", key=str(uuid4())))


def worked_off(run):
    """Seconds until it has ended."""
    from jobs import runs

    began = time.monotonic()
    while run.is_open:
        runs.work_off(only=[run.pk])
        run.refresh_from_db()
    assert run.state == "done", run.error
    return time.monotonic() - began


WORDS = {"people": arrears.people, "plan": plan} | {
    one.__name__: one for one in (dunning_pages.dry_run, dunning_pages.sums, dunning_pages.pages)
}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    print(json.dumps(WORDS[sys.argv[1]](*sys.argv[2:])))
