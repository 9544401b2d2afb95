"""`make chaos [SIZE=ci|long]`: requests, runs, schedule slots, messages and webhooks under faults.

Every effect in the database must be there exactly once; what the API has answered for must be there once, and what it
has not at most once; every event must reach the receiver, always under one id; every message must be in a gateway's
book once, or stand in doubt where the gateway is blind. Plain Celery sends messages of its own meanwhile, for
comparison.
"""

import argparse
import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psycopg2

from chaos import control, marks, messages, outbox
from chaos.cast import ROOT, STEPS, Cast
from chaos.clients import THERE, Clients, verdict
from chaos.faults import FAULTS, draw
from chaos.gateway import CONTROL, Gateways
from chaos.receiver import Receiver
from crm.embedded import Home, Servers
from crm.embedded.postgres import APPLICATION, DATABASE, OWNER

SIZES = {"ci": (146, 100), "long": (1460, 1000)}  # runs of ten steps with three messages each, faults
PAUSE = (0.1, 0.5)  # seconds between two faults
A_TIME = 5  # messages of the control at one moment
PATIENCE = 60  # seconds of quiet in which something must come to its end, as long as anything is open


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", choices=SIZES, default="ci")
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen, began = options.parse_args(), time.monotonic()
    runs, faults = SIZES[chosen.size]
    with tempfile.TemporaryDirectory(prefix="crm-chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        home = Home(Path(folder)).claim()
        with Servers(home, settings={"max_connections": 200}) as servers:
            return fight(servers, runs, faults, chosen.seed, began)


def fight(servers, runs, faults, seed, began):
    receiver, gateways, web = Receiver(seed), Gateways(seed), socket.create_server(("127.0.0.1", 0), backlog=1024)
    ways = {"WEBHOOK_HOSTS": f"{receiver.address}!private"} | messages.environment(gateways)
    control.app.conf.broker_url = servers.environment()["REDIS_URL"]
    environment, allowed = prepare(servers, servers.postgres.home.data, **ways)
    clients = Clients(web.getsockname()[1], allowed, seed)
    cast = Cast(servers, environment, web)
    ask(servers, runs)
    query(servers, outbox.TOLD, [receiver.address])
    try:
        cast.begin()
        done, control_asked = strike(cast, clients, faults, random.Random(seed))
        with ThreadPoolExecutor(1) as beside:
            plain = beside.submit(control.wait, lambda: set(control_asked) - set(gateways.book[CONTROL]))
            left = wait_for_the_end(cast, clients)
            plain.result()
    finally:
        cast.stop()
    tell(done + gateways.faults + receiver.faults)
    told, arrived = outbox.verdict(query(servers, outbox.BOOK), receiver.came)
    asked, kept = verdict(query(servers, THERE)[0], clients)
    sent, well = messages.verdict(query(servers, messages.OWED), gateways)
    print(f"{asked}\nwebhooks: {told}\n{sent}\n{messages.control(control_asked, gateways)}")
    return report(servers, done, left, time.monotonic() - began, seed) or not (arrived and kept and well)


def strike(cast, clients, faults, chance):
    """Fault after fault while work comes in; (how often each hit whom, what the control was asked)."""
    done, control_asked, moments = Counter(), [], count()
    while done.total() < faults:
        fault, moment = draw(chance), next(moments)
        clients.ask()
        control_asked += control.ask(f"{moment}-{n}" for n in range(A_TIME))
        with contextlib.suppress(psycopg2.Error, subprocess.TimeoutExpired):
            query(cast.servers, outbox.HAPPEN, [outbox.A_TIME])
            if fault(cast, chance):
                done[FAULTS[fault][0], fault.__name__] += 1
        time.sleep(chance.uniform(*PAUSE))
        cast.mend()
    return done, control_asked


def prepare(servers, folder, **settings):
    """(the environment of the application, what the clients may do), after the owner has made a small branch."""
    urls = servers.environment()
    keys = {name: name * 5 for name in ("SECRET_KEY", "SEARCH_HASH_KEY", "WEBHOOK_KEY", "GATEWAY_KEY")}
    common = dict(os.environ, **urls, **keys, **settings, CRM_DATA=str(folder), HTTPS="0")
    common.pop("DJANGO_SETTINGS_MODULE", None)  # plain Celery would become the product by it
    owner = common | {"DATABASE_URL": servers.postgres.url(OWNER)}
    made = subprocess.run(
        [sys.executable, "-m", "chaos.ready"], cwd=ROOT, env=owner, check=True, stdout=subprocess.PIPE
    )
    return common, json.loads(made.stdout.splitlines()[-1])


def query(servers, statement, values=None):
    with contextlib.closing(servers.postgres.connect(DATABASE)) as link, link, link.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


def ask(servers, runs):
    query(servers, marks.TABLE + f"; GRANT SELECT, INSERT ON chaos_mark TO {APPLICATION}")
    query(servers, marks.ASK, [runs])


def wait_for_the_end(cast, clients):
    """Seconds of quiet that were needed; None if something is still open and nothing has ended for a while."""
    began = since = time.monotonic()
    least = None
    while time.monotonic() - since < PATIENCE:
        cast.mend()
        if cast.serves and not clients.busy:
            cast.close()
        with contextlib.suppress(psycopg2.Error):
            left = clients.open.unfinished_tasks + still_open(cast.servers)
            if not left and not cast.serves:
                return time.monotonic() - began
            if least is None or left < least:
                least, since = left, time.monotonic()
        time.sleep(0.2)
    return None


def still_open(servers):
    return sum(query(servers, question)[0] for question in (marks.OPEN, outbox.OPEN, messages.OPEN))


def tell(done):
    """The table of faults: whom they hit, what they were, how often."""
    for (whom, what), times in sorted(done.items()):
        print(f"{times:6} × {whom}: {what.replace('_', ' ')}")


def report(servers, done, quiet, seconds, seed):
    said, well = marks.verdict(query(servers, marks.VERDICT, {"steps": STEPS}), query(servers, marks.SLOTS))
    ended = "everything ended" if quiet is not None else "NOT EVERYTHING ENDED"
    print(
        f"chaos: {done.total()} faults of {len(done)} kinds in {seconds:.0f} s, seed {seed}: {said}, "
        f"{ended} after {quiet or 0:.1f} s of quiet"
    )
    return 0 if well and quiet is not None else 1


if __name__ == "__main__":
    sys.exit(main())
