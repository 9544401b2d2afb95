"""Imports of 200,000 customers with their lines, and of as many bills, against bare COPY + INSERT … SELECT.

Both work on an empty database of their own with every index, key and trigger of the product. The floor writes exactly
the rows that the import has made: customers, lines, plans, numbers, search rows, events; bills and events.
"""

import contextlib
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from bench.stage import ROOT

SIZE = 200_000
MOST_MEMORY = 300  # MB
HEADER = "客户编号 姓名 客户类型 证件号码 联系电话 出生日期 地址 等级 手机号码 宽带账号 入网时间 月租 缴费方式".split()  # noqa: SIM905
TABLES = [  # in the order in which the keys allow them
    "customers_customer",
    "customers_line",
    "customers_lineplan",
    "customers_identifier",
    "customers_searchentry",
    "audit_event",
]
NEEDED = ["staff_unit", "staff_placement", "staff_user", "staff_posting", "customers_tier", "customers_plan"]
BILLED = [*NEEDED, "customers_customer", "billing_account"]


CUSTOMERS = """
    INSERT INTO customers_customer (branch_id, unit_id, number, kind, status, name, pinyin, initials, language, address,
        tier_id, locked_high_value, payment_way, tags, version)
    SELECT %(branch)s, %(branch)s, 'K' || n, 'personal', 'active', '', '', '', 'zh-hans', '', %(tier)s, false, '',
        '[]', 1
    FROM generate_series(1, %(size)s) n
"""
ACCOUNTS = """
    INSERT INTO billing_account (branch_id, customer_id, ref, name, currency, way, credit_limit, unbilled, owed, credit,
        version)
    SELECT c.branch_id, c.id, 'A' || substr(c.number, 2), '', 'CNY', 'other', 0, 0, 0, 0, 1 FROM customers_customer c
"""


def run(stage, report, size=SIZE):
    measured(stage, report, size, "customers", NEEDED, TABLES)
    measured(stage, report, size, "bills", BILLED, ["billing_bill", "audit_event"])


def measured(stage, report, size, subject, needed, tables):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{subject}.csv"
        with database(stage, "bench_import") as url, database(stage, "bench_floor"):
            figures = imported(stage, url, path, size)
            floor = bare(stage, Path(folder), needed=needed, tables=tables)
    what = f"import of {size:,} {subject}"
    report.job(f"{what}: check", figures["check"], floor, 1.5)
    report.job(f"{what}: commit", figures["commit"], floor, 2)
    report.job(f"{what}: again, unchanged", figures["again"], floor, 2)
    report.most(f"{what}: memory of its process (floor {floor:.1f} s)", figures["memory"], MOST_MEMORY, "MB")


@contextlib.contextmanager
def database(stage, name):
    """An empty database with the whole schema; its URL for the application."""
    from crm.embedded.postgres import APPLICATION, OWNER

    stage.query(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    stage.query(f"CREATE DATABASE {name} OWNER {OWNER}")
    owner = {"DATABASE_URL": stage.servers.postgres.url(OWNER, name)}
    manage = [sys.executable, ROOT / "manage.py", "upgrade", APPLICATION, "-v0"]
    subprocess.run(manage, env=stage.env | owner, cwd=ROOT, check=True)
    try:
        yield stage.servers.postgres.url(APPLICATION, name)
    finally:
        stage.query(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def imported(stage, url, path, size):
    """{"check", "commit", "again": seconds, "memory": MB} of a process that does the work."""
    words = [sys.executable, "-m", "bench.imports", str(path), str(size)]
    env = stage.env | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(words, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer.splitlines()[-1])


def bare(stage, folder, source="bench_import", needed=NEEDED, tables=TABLES, whole=False):
    """Seconds of COPY into bare tables and INSERT … SELECT from them into the real ones, committed table by table.

    The rows are those of the database `source`; what they need is brought over before the clock runs.
    """
    with contextlib.closing(stage.servers.postgres.connect(source)) as link, link.cursor() as cursor:
        for table in [*needed, *tables]:
            with (folder / table).open("wb") as out:
                cursor.copy_expert(f"COPY {table} TO STDOUT", out)
    with contextlib.closing(stage.servers.postgres.connect("bench_floor")) as link, link.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica")
        link.commit()
        load(link, cursor, folder, needed)
        cursor.execute("RESET session_replication_role")
        link.commit()
        cursor.execute("ANALYZE")
        link.commit()
        began = time.monotonic()
        load(link, cursor, folder, tables, whole)
        return time.monotonic() - began


def load(link, cursor, folder, tables, whole=False):
    """`whole`: the rows hold every sum already, and no trigger may add to them; what is generated is made again."""
    for table in tables:
        columns = stored(cursor, table)
        if whole:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"CREATE TEMP TABLE bare_{table} AS SELECT {columns} FROM {table} WITH NO DATA")
        with (folder / table).open("rb") as source:
            cursor.copy_expert(f"COPY bare_{table} FROM STDIN", source)
        cursor.execute(f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT * FROM bare_{table}")
        link.commit()


def stored(cursor, table):
    """The names of its columns, but for those made of others."""
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    return cursor.fetchone()[0]


def write_file(path, size):
    """Believable customers, each with two mobile numbers or one and a broadband account."""
    from crm.demo import numbers, places
    from crm.demo.names import Names

    rng = Random(5)
    names = Names(rng)
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for n in range(size):
            writer.writerow(row(n, names.person()[0], rng, numbers, places))


def write_bills(path, steward, size):
    """A month's bills, one for each account, in no order of theirs."""
    from django.db import connection

    from customers.models import Tier

    tier = Tier.objects.filter(branch=steward.branch).first()
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {"branch": steward.branch_id, "tier": tier.pk, "size": size})
        cursor.execute(ACCOUNTS)
        cursor.execute("ANALYZE")
    order = list(range(1, size + 1))
    Random(7).shuffle(order)
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["账户编号", "账单编号", "账期", "出账日期", "到期日", "金额"])
        for n in order:
            writer.writerow(
                [f"A{n}", f"B202610{n:08}", "202610", "2026-11-02", "2026-11-22", f"{19 + n % 200}.{n % 100:02}"]
            )


def row(n, name, rng, numbers, places):
    from datetime import date, timedelta

    birthday = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
    joined = date(2010, 1, 1) + timedelta(days=rng.randrange(5_000))
    mobiles = numbers.mobile(2 * n) if n % 2 else f"{numbers.mobile(2 * n)};{numbers.mobile(2 * n + 1)}"
    broadband = numbers.line("broadband", n)[0] if n % 2 else ""
    address = f"{places.CITY}{rng.choice(places.ROADS)}路{rng.randrange(1, 400)}号"
    return [
        *(f"7850{n:08}", name, "个人", numbers.document(birthday, n), numbers.contact(n), birthday, address),
        *("普通" if n % 50 else "金卡", mobiles, broadband, joined, 19 + n % 200, rng.choice(["微信", "现金"])),
    ]


def child(path, size):
    import resource

    import django

    django.setup()

    steward, subject, figures = someone(), path.stem, {}
    if subject == "bills":
        write_bills(path, steward, size)
    else:
        write_file(path, size)
    batch = upload(path, steward, subject)
    figures["check"] = worked("check", batch, steward)
    figures["commit"] = worked("commit", batch, steward)
    again = upload(path, steward, subject)
    figures["again"] = worked("check", again, steward) + worked("commit", again, steward)
    figures["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    assert batch.rows.filter(outcome="create", brought_in=True).count() == size
    assert again.rows.filter(outcome="unchanged").count() == size
    print(json.dumps(figures))


def someone():
    from customers.starter import plant_tiers
    from staff.models import Posting, Unit, User

    branch = Unit.objects.create(kind="branch", code="BENCH", name="测试分公司", valid_from="2020-01-01")
    plant_tiers(branch)
    steward = User.objects.create(username="steward", name="李", branch=branch, password="!")
    Posting.objects.create(user=steward, role="data_steward", unit=branch, valid_from="2020-01-01")
    return steward


def upload(path, steward, subject):
    from django.core.files.base import File

    from customers.imports import intake

    with path.open("rb") as raw:
        return intake.take_in(File(raw, path.name), by=steward, branch=steward.branch, subject=subject)


def worked(what, batch, steward):
    """Seconds until the job is done."""
    from customers.imports import intake
    from jobs.runs import work_off

    if what == "check":
        run = intake.ask_check(batch, by=steward, chosen=batch.columns).check_run
    else:
        run = intake.ask_commit(batch, by=steward).commit_run
    began = time.monotonic()
    while run.is_open:
        work_off(only=[run.pk])
        run.refresh_from_db()
    assert run.state == "done", run.error
    return time.monotonic() - began


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    child(Path(sys.argv[1]), int(sys.argv[2]))
