"""A night's plan over 1,000,000 accounts, one in six of them overdue, against bare INSERT … SELECT … ON CONFLICT DO
NOTHING of the rows that it makes: cases, steps, events. Every index, key and trigger of the product is there.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.imports import ACCOUNTS, CUSTOMERS, bare, database, someone
from bench.stage import ROOT

SIZE = 1_000_000
LATE = 6  # one in so many is overdue; every second one of them has two bills
NEEDED = [
    "staff_unit", "staff_placement", "staff_user", "staff_posting", "customers_tier", "customers_customer",
    "billing_account", "billing_scenario", "billing_scenarioversion", "billing_scenariostep",
]  # fmt: skip
TABLES = ["billing_dunningcase", "billing_casestep", "audit_event"]
LINES = """
    INSERT INTO customers_line (branch_id, customer_id, ref, number, kind, status, options)
    SELECT branch_id, id, number, '', CASE WHEN id % 4 = 0 THEN 'broadband' ELSE 'mobile' END, 'active', '[]'
    FROM customers_customer
"""
BILLS = """
    INSERT INTO billing_bill (branch_id, account_id, ref, month, issued_on, due_on, amount, adjusted, paid)
    SELECT a.branch_id, a.id, 'B' || a.id || '-' || n, date '2026-09-01', date '2026-10-02',
        CASE WHEN n = 1 AND a.id %% %(late)s = 0 OR a.id %% (2 * %(late)s) = 0 THEN current_date - 5 * n
             ELSE current_date + 10 END,
        19 + a.id %% 200, 0, 0
    FROM billing_account a CROSS JOIN generate_series(1, 2) n WHERE n = 1 OR a.id %% (2 * %(late)s) = 0
"""


def run(stage, report, size=SIZE):
    made = database(stage, "bench_dunning"), database(stage, "bench_floor")
    with tempfile.TemporaryDirectory() as folder, made[0] as url, made[1]:
        figures = planned(stage, url, size)
        floor = bare(stage, Path(folder), "bench_dunning", NEEDED, TABLES)
    what = f"dunning of {size:,} accounts, {figures['cases']:,} overdue"
    report.job(f"{what}: plan (floor {floor:.1f} s)", figures["plan"], floor, 1.5)
    report.job(f"{what}: again, nothing to add", figures["again"], floor, 0.7)


def planned(stage, url, size):
    """{"plan", "again": seconds, "cases": how many} of a process that does the work."""
    env = stage.env | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "bench.dunning", str(size)]
    answer = subprocess.run(words, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer.splitlines()[-1])


def child(size):
    import django

    django.setup()

    from django.db import connection

    from billing.models import CaseStep, DunningCase

    owing(connection, size)
    figures = {"plan": worked()}
    figures["cases"] = made = DunningCase.objects.count()
    assert CaseStep.objects.count() == made
    figures["again"] = worked()
    assert (DunningCase.objects.count(), CaseStep.objects.count()) == (made, made)
    print(json.dumps(figures))


def owing(connection, size):
    from billing import starter
    from customers.models import Tier

    branch = someone().branch
    starter.plant(branch)
    tier = Tier.objects.filter(branch=branch).order_by("-order").first()
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {"branch": branch.pk, "tier": tier.pk, "size": size})
        cursor.execute(ACCOUNTS)
        cursor.execute(LINES)
        cursor.execute(BILLS, {"late": LATE})
        cursor.execute("ANALYZE")


def worked():
    """Seconds until the job is done."""
    from uuid import uuid4

    from jobs import runs

    run = runs.ask("billing.dun", key=str(uuid4()))
    began = time.monotonic()
    while run.is_open:
        runs.work_off(only=[run.pk])
        run.refresh_from_db()
    assert run.state == "done", run.error
    return time.monotonic() - began


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    child(int(sys.argv[1]))
