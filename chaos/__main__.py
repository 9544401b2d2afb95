"""`make chaos [SIZE=ci|long]`: runs, schedule slots, messages and webhooks under faults.

Every effect in the database must be there exactly once; every event must reach the receiver, always under one id; every
message must be in a gateway's book once, or stand in doubt where the gateway is blind. Plain Celery sends messages of
its own meanwhile, for comparison.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psycopg2

from chaos import control, messages, outbox
from chaos.cast import ROOT, STEPS, Cast
from chaos.faults import FAULTS
from chaos.gateway import CONTROL, Gateways
from chaos.receiver import Receiver
from crm.embedded import Home, Servers
from crm.embedded.postgres import APPLICATION, DATABASE, OWNER

SIZES = {"ci": (170, 100), "long": (1700, 1000)}  # runs of ten steps with three messages each, faults
PAUSE = (0.1, 0.9)  # seconds between two faults
A_TIME = 10  # messages of the control at one moment
PATIENCE = 120  # seconds of quiet in which everything must come to its end

MARKS = """
    CREATE TABLE IF NOT EXISTS chaos_mark (
        id bigint GENERATED ALWAYS AS IDENTITY, run_id bigint NOT NULL, n int NOT NULL, at timestamptz DEFAULT now()
    )
"""
ASK = """
    INSERT INTO jobs_run (job, key, params, state, attempts, cancel_asked, cursor, done, counts, error)
    SELECT 'chaos.steps', 'chaos-' || n, '{}', 'waiting', 0, false, '{}', 0, '{}', '' FROM generate_series(1, %s) n
"""
OPEN = "SELECT count(*) FROM jobs_run WHERE job LIKE 'chaos.%%' AND state NOT IN ('done')"
VERDICT = """
    WITH wanted AS (
        SELECT id AS run_id, n FROM jobs_run, generate_series(0, %(steps)s - 1) n WHERE job = 'chaos.steps'
        UNION ALL SELECT run_id, 0 FROM jobs_slot WHERE job = 'chaos.slots'
    ), found AS (SELECT run_id, n, count(*) AS times FROM chaos_mark GROUP BY run_id, n)
    SELECT count(*), count(*) FILTER (WHERE times IS NULL), count(*) FILTER (WHERE times > 1)
    FROM wanted FULL JOIN found USING (run_id, n)
"""
SLOTS = """
    SELECT count(*), coalesce(sum(gap - 1), 0) FROM (
        SELECT extract(epoch FROM slot_at - lag(slot_at) OVER (ORDER BY slot_at)) / 2 AS gap
        FROM jobs_slot WHERE job = 'chaos.slots'
    ) gaps
"""


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", choices=SIZES, default="ci")
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = options.parse_args()
    runs, faults = SIZES[chosen.size]
    with tempfile.TemporaryDirectory(prefix="crm-chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        home = Home(Path(folder)).claim()
        with Servers(home, settings={"max_connections": 200}) as servers:
            return fight(servers, runs, faults, chosen.seed)


def fight(servers, runs, faults, seed):
    receiver, gateways, chance = Receiver(), Gateways(seed), random.Random(seed)
    ways = {"WEBHOOK_HOSTS": f"{receiver.address}!private"} | messages.environment(gateways)
    control.app.conf.broker_url = servers.environment()["REDIS_URL"]
    cast = Cast(servers, prepare(servers, servers.postgres.home.data, **ways))
    ask(servers, runs)
    query(servers, outbox.TOLD, [receiver.address])
    began, done, control_asked = time.monotonic(), Counter(), []
    cast.begin()
    try:
        while sum(done.values()) < faults:
            fault = chance.choices(list(FAULTS), list(FAULTS.values()))[0]
            control_asked += control.ask(f"{sum(done.values())}-{n}" for n in range(A_TIME))
            with contextlib.suppress(psycopg2.Error, subprocess.TimeoutExpired):
                query(servers, outbox.HAPPEN, [outbox.A_TIME])
                fault(cast, chance)
                done[fault.__name__] += 1
            time.sleep(chance.uniform(*PAUSE))
            cast.mend()
        left = wait_for_the_end(cast)
        control.wait(lambda: set(control_asked) - set(gateways.book[CONTROL]))
    finally:
        cast.stop()
    told, arrived = outbox.verdict(query(servers, outbox.BOOK), receiver.came)
    sent, well = messages.verdict(query(servers, messages.OWED), gateways)
    print(f"webhooks: {told}\n{sent}\n{messages.control(control_asked, gateways)}")
    return report(servers, done, left, time.monotonic() - began, seed) or not (arrived and well)


def prepare(servers, folder, **settings):
    """Migrate as the owner, bring in a few customers, and the environment of the application."""
    urls = servers.environment()
    keys = {name: name * 5 for name in ("SECRET_KEY", "SEARCH_HASH_KEY", "WEBHOOK_KEY", "GATEWAY_KEY")}
    common = dict(os.environ, **urls, **keys, **settings, CRM_DATA=str(folder), HTTPS="0")
    common.pop("DJANGO_SETTINGS_MODULE", None)  # plain Celery would become the product by it
    for command in (["migrate", "-v0"], ["grants", APPLICATION], ["demo", "--customers", "1000"]):
        owner = common | {"DATABASE_URL": servers.postgres.url(OWNER)}
        words = [sys.executable, ROOT / "manage.py", *command]
        subprocess.run(words, env=owner, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "chaos.ready"], cwd=ROOT, env=common, check=True)
    return common


def query(servers, statement, values=None):
    with contextlib.closing(servers.postgres.connect(DATABASE)) as link, link, link.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


def ask(servers, runs):
    query(servers, MARKS + f"; GRANT SELECT, INSERT ON chaos_mark TO {APPLICATION}")
    query(servers, ASK, [runs])


def wait_for_the_end(cast):
    """Seconds of quiet that were needed; None if something is still open."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        cast.mend()
        with contextlib.suppress(psycopg2.Error):
            if not any(query(cast.servers, question)[0] for question in (OPEN, outbox.OPEN, messages.OPEN)):
                return time.monotonic() - began
        time.sleep(0.2)
    return None


def report(servers, done, quiet, seconds, seed):
    wanted, lost, doubled = query(servers, VERDICT, {"steps": STEPS})
    slots, missing = query(servers, SLOTS)
    for name, times in done.most_common():
        print(f"{times:5} × {name}")
    ended = "everything ended" if quiet is not None else "NOT EVERYTHING ENDED"
    good = not lost and not doubled and not missing and quiet is not None
    print(
        f"chaos: {sum(done.values())} faults over {wanted} steps and {slots} slots in {seconds:.0f} s, seed {seed}: "
        f"{lost} lost, {doubled} doubled, {missing:.0f} slots missing, {ended} after {quiet or 0:.1f} s of quiet"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
