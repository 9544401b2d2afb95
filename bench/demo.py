"""The demo branch of 200,000 customers, against bare COPY + INSERT … SELECT of the same rows."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.imports import bare, database
from bench.stage import ROOT
from crm.embedded.postgres import OWNER

SIZE = 200_000
MOST = 2  # times the floor
NEEDED = [
    *("staff_unit", "staff_placement", "staff_user", "staff_posting"),
    *("customers_tier", "customers_reason", "customers_plan", "customers_planprice"),
]
TABLES = [  # in the order in which the keys allow them
    *("customers_customer", "customers_managerassignment", "customers_line", "customers_lineplan"),
    *("customers_identifier", "customers_searchentry", "customers_interaction", "customers_interactionitem"),
    *("billing_account", "billing_monthlyusage", "billing_bill", "billing_payment", "billing_allocation"),
]


def run(stage, report, size=SIZE):
    with tempfile.TemporaryDirectory() as folder, database(stage, "bench_demo"), database(stage, "bench_floor"):
        took = made(stage, size)
        report.job(
            f"demo branch of {size:,}", took, bare(stage, Path(folder), "bench_demo", NEEDED, TABLES, whole=True), MOST
        )


def made(stage, size):
    """Seconds of the command, as the tables' owner."""
    url = {"DATABASE_URL": stage.servers.postgres.url(OWNER, "bench_demo"), "PGOPTIONS": "-c statement_timeout=0"}
    began = time.monotonic()
    command = [sys.executable, ROOT / "manage.py", "demo", "--customers", str(size)]
    subprocess.run(command, env=stage.env | url, cwd=ROOT, check=True)
    return time.monotonic() - began
