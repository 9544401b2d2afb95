"""How late follow-ups ring that fall due one after the other while people work (quality: 10,000 in 10 minutes)."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from bench.browser import Browser
from bench.samples import sample
from jobs import clock
from staff.models import User
from work.models import FollowUp

COUNT, MINUTES = 10_000, 10
LATEST = 2_000  # milliseconds at the 99th percentile
SETTLED = 10  # seconds after the last one
LATENESS = """
    SELECT count(notified_at),
        1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM notified_at - due_at))
    FROM work_followup WHERE starts_with(key, %s)
"""


def run(stage, report, count=COUNT, minutes=MINUTES):
    with stage.processes() as (_children, address), ThreadPoolExecutor(1) as people:
        who = sample("hall")
        began, asked = clock.now() + timedelta(seconds=5), f"bench:{uuid4()}"
        plan(who, asked, began, count, timedelta(minutes=minutes) / count)
        until = time.monotonic() + 5 + 60 * minutes + SETTLED
        people.submit(work, address, who, until).result()
    rung, p99 = stage.query(LATENESS, [asked])
    report.most("callbacks: not rung", count - rung, 0, "")
    report.most("callbacks: lateness, 99th percentile", p99, LATEST, "ms")


def plan(who, asked, began, count, apart):
    """One after the other, `apart` from each other, each with an owner to ring."""
    owner, customers = User.objects.get(username=who.username), who.customers
    rows = [one(customers[n % len(customers)], owner, f"{asked}:{n}", began + n * apart) for n in range(count)]
    FollowUp.objects.bulk_create(rows, batch_size=1000)


def one(customer, owner, key, due_at):
    where = {"branch_id": customer.branch_id, "unit_id": customer.unit_id, "customer": customer}
    owed = {"owner": owner, "kind": "callback", "what": "bench", "key": key}
    return FollowUp(**where, **owed, due_at=due_at, late_at=due_at + timedelta(days=1))


def work(address, who, until):
    """Somebody looks at customers all the while."""
    browser = Browser(address, who.username)
    while time.monotonic() < until:
        for customer in who.customers[:20]:
            browser.get(f"/customers/{customer.pk}/")
            browser.get("/day/")
