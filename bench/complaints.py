"""200,000 open complaints: the ladder, with nothing due and with steps to climb, against a bare query of what is due;
2,000 of them given away at once (`at_once`); and the pages of them (`complaint_pages`).
"""

import json
import os
import subprocess
import sys
import time
from functools import partial

from bench import arrears, at_once, complaint_pages
from bench.imports import database
from bench.stage import ROOT

SIZE, DUE = 200_000, 2_000  # complaints, of which so many have a step to climb
EVERY = SIZE // DUE
# All are like the first one, accepted an hour apart, each of a customer of a hall and owned by a clerk there.
COMPLAINTS = """
    INSERT INTO complaints_complaint ({columns})
    SELECT {values} FROM customers_customer c CROSS JOIN complaints_complaint one
    JOIN staff_posting p ON p.unit_id = c.unit_id AND p.role = 'clerk'
    WHERE c.id <> one.customer_id
"""
LATER = "c.id %% 3600 * interval '1 second'"
OWN = {
    "customer_id": "c.id",
    "number": "'N' || c.id",
    "key": "'bench ' || c.id",
    "received_at": f"one.received_at + {LATER}",
    "due_at": f"one.due_at + {LATER}",
    **dict.fromkeys(("unit_id", "accepted_unit_id"), "c.unit_id"),
    **dict.fromkeys(("owner_id", "first_owner_id"), "p.user_id"),
}
LOG = """
    INSERT INTO complaints_statechange (complaint_id, n, was, "then", at, owner_id, level, reason)
    SELECT id, 1, '', 'accepted', received_at, owner_id, level, '' FROM complaints_complaint WHERE number <> 'N0'
"""
CLOCKS = f"""
    INSERT INTO complaints_clock (complaint_id, kind, round, started_at, due_at, paused_minutes, basis, version_id,
        look_at)
    SELECT c.id, k.kind, 1, c.received_at, k.due_at + (c.received_at - one.received_at), 0, k.basis, k.version_id,
        CASE WHEN k.kind = 'contact' AND c.id %% {EVERY} = 0 THEN now() - interval '1 minute'
             ELSE now() + interval '1 day' + c.id %% 100000 * interval '1 second' END
    FROM complaints_complaint one JOIN complaints_clock k ON k.complaint_id = one.id
    CROSS JOIN complaints_complaint c
    WHERE one.number = 'N0' AND c.id <> one.id
"""
BARE = """
    SELECT k.complaint_id FROM complaints_clock k WHERE k.look_at <= now() ORDER BY k.look_at LIMIT 200
"""


def run(stage, report, size=SIZE):
    with database(stage, "bench_complaints") as url:
        ask = partial(asked, stage, url)
        filled(stage, ask, size)
        figures = ask("ladder")
        what = f"{size:,} open complaints"
        report.job(f"{what}: a beat with nothing due", figures["idle"], figures["bare"], 3)
        report.most(f"{what}: a beat of 200 that climb", figures["climb"] * 1000, 5000, "ms")
        report.most(f"{what}: all {figures['due']:,} due", figures["all"], 60, "s")
        at_once.report_on(report, ask("many"))
        complaint_pages.run(stage, report, url, ask)


def asked(stage, url, *what):
    """What a process with the product on that database answers."""
    env = stage.env | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "bench.complaints", *what]
    answer = subprocess.run(words, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer.splitlines()[-1])


def filled(stage, ask, size):
    ask("people")
    arrears.fill(stage, "bench_complaints", size, [arrears.CUSTOMERS, arrears.LINES.replace("%", "%%")])
    columns = ask("first")
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(OWN.get(name, f'one."{name}"') for name in columns)
    arrears.fill(stage, "bench_complaints", size, [COMPLAINTS.format(columns=names, values=values), LOG, CLOCKS])


def people():
    """A clerk in each hall, and what complaints may be about."""
    from complaints import starter
    from staff.models import Posting, Unit, User

    arrears.people()
    branch = Unit.objects.get(kind="branch")
    starter.plant(branch)
    for n, hall in enumerate(Unit.objects.filter(kind="hall").order_by("pk")):
        clerk = User.objects.create(username=f"clerk{n}", name="王", branch=branch, password="!")
        Posting.objects.create(user=clerk, role="clerk", unit=hall, valid_from="2020-01-01")


def first():
    """One complaint with its clocks as the product makes them; the columns of its row."""
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone

    from complaints.clocks.following import follow
    from complaints.models import Category, Complaint, StateChange
    from customers.models import Customer
    from staff.models import User

    by = User.objects.get(username="clerk0")
    customer, at = Customer.objects.visible_to(by).order_by("pk").first(), timezone.now() - timedelta(hours=14)
    category = Category.objects.finest().filter(branch=by.branch).first()
    told = {"channel": "hall", "words": "网速太慢", "category": category, "received_at": at, "accepted_at": at}
    whose = {"owner": by, "first_owner": by, "unit": customer.unit, "accepted_unit": customer.unit}
    of = {"branch": by.branch, "customer": customer, "tier": customer.tier}
    with transaction.atomic():
        one = Complaint.objects.create(number="N0", key="bench", **told, **whose, **of)
        StateChange.objects.create(complaint=one, n=1, then=one.state, at=at, owner=by, level=one.level)
        follow(one, at)  # past half of the time of the first contact
    return [field.column for field in one._meta.concrete_fields if field.column != "id"]


def ladder():
    """Seconds of its beats, and how many complaints had a step to climb."""
    from django.db import connection

    from complaints.clocks import climbing
    from complaints.models import Clock

    due = Clock.objects.filter(look_at__lte=climbing.database.now())
    figures = {"due": due.count(), "climb": taken(climbing.climb), "all": taken(all_of(climbing.climb))}
    figures["bare"] = best(lambda: bare(connection))
    figures["idle"] = best(climbing.climb)
    assert not due.filter(look_at__lte=climbing.database.now()).exists()
    return figures


def all_of(climb):
    def go_on():
        while climb():
            pass

    return go_on


def taken(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def best(work, times=20):
    return min(taken(work) for _n in range(times))


def bare(connection):
    """The query alone, in a transaction with the database's time, as a beat asks it."""
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for query in ("SELECT statement_timestamp()", BARE):
            cursor.execute(query)
            cursor.fetchall()


WORDS = {"people": people, "first": first, "ladder": ladder, "many": at_once.many, "pages": complaint_pages.pages}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    print(json.dumps(WORDS[sys.argv[1]](*sys.argv[2:])))
