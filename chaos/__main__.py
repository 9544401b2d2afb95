"""`make chaos [SIZE=ci|long]`: requests, runs, schedule slots, messages, webhooks and dunning under faults.

Every effect in the database must be there exactly once; what the API has answered for must be there once, and what it
has not at most once; every event must reach the receiver, always under one id; every message must be in a gateway's
book once, or stand in doubt where the gateway is blind. Nobody is stopped without a reminder or dunned after paying,
and every line stands as the billing system has it. Plain Celery sends messages of its own meanwhile, for comparison.
"""

import argparse
import contextlib
import random
import signal
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
from chaos.billing import Billing
from chaos.cast import STEPS, Cast
from chaos.ending import wait_for_the_end
from chaos.faults import FAULTS, draw
from chaos.gateway import CONTROL, Gateways
from chaos.keeping import keep
from chaos.others import Others
from chaos.receiver import Receiver
from chaos.setting import SIZES, ask, prepare, query
from crm.embedded import Home, Servers

PAUSE = (0.1, 0.3)  # seconds between two faults
MOMENT = 5  # seconds, how long a fault waits for the work at the most
LEAD = 0.5  # of all faults, so far they may be ahead of the work
A_TIME = 5  # messages of the control at one moment
ENDED = 128 + signal.SIGTERM  # the exit code of who was asked to end


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", choices=SIZES, default="ci")
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen, began = options.parse_args(), time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED))  # what was started ends with us
    with tempfile.TemporaryDirectory(prefix="crm-chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        home = Home(Path(folder)).claim()
        with Servers(home, settings={"max_connections": 200}) as servers:
            return fight(servers, SIZES[chosen.size], chosen.seed, began)


def fight(servers, size, seed, began):
    receiver, gateways, web = Receiver(seed), Gateways(seed), socket.create_server(("127.0.0.1", 0), backlog=1024)
    billing = Billing(servers.postgres.home)
    hosts = {"WEBHOOK_HOSTS": f"{receiver.address}!private,{billing.address}!private"}
    control.app.conf.broker_url = servers.environment()["REDIS_URL"]
    environment, said = prepare(servers, size, **hosts, **messages.environment(gateways), **billing.settings)
    others = Others(servers, receiver, gateways, billing, web, said, size, seed)
    query(servers, outbox.TOLD, [receiver.address])
    gateways.calm, ready = False, time.monotonic() - began
    done, control_asked, left, stands = under_fire(Cast(servers, environment, web, billing), others, size, seed)
    tell(done + gateways.faults + receiver.faults)
    verdicts = others.verdicts(stands)
    print(*[line for line, _well in verdicts], messages.control(control_asked, gateways), sep="\n")
    seconds = f"{time.monotonic() - began:.0f} s, {ready:.0f} of them before the first"
    failed = report(servers, done, left, seconds, seed) or not all(well for _line, well in verdicts)
    if failed:
        print(f"kept: {keep(servers, seed)}")
    return failed


def under_fire(cast, others, size, seed):
    """(how often each fault hit whom, what the control was asked, seconds of quiet until the end or None, the lines as
    the billing system has them).
    """
    branch, book = others.said["branch"], others.gateways.book[CONTROL]
    try:
        cast.begin()
        done, control_asked = strike(cast, others, size, random.Random(seed))
        with ThreadPoolExecutor(1) as beside:
            plain = beside.submit(control.wait, lambda: set(control_asked) - set(book))
            left = wait_for_the_end(cast, others.clients, others.payers, branch)
            plain.result()
        return done, control_asked, left, cast.billing.lines(branch)
    finally:
        cast.stop()


def strike(cast, others, size, chance):
    """Fault after fault while work comes in, none far ahead of the work; (how often each hit whom, what the control was
    asked).
    """
    done, control_asked, moments = Counter(), [], count()
    cast.wait_until_at_work()
    ask(cast.servers, size)
    while done.total() < size.faults:
        cast.wait_until_at_work()
        wait_for_work(cast, size.runs * (done.total() / size.faults - LEAD))
        fault, moment = draw(chance), next(moments)
        others.clients.ask()
        control_asked += control.ask(f"{moment}-{n}" for n in range(A_TIME))
        with contextlib.suppress(psycopg2.Error, subprocess.TimeoutExpired):
            others.happen()
            if fault(cast, chance):
                done[FAULTS[fault][0], fault.__name__] += 1
        time.sleep(chance.uniform(*PAUSE))
        cast.mend()
    return done, control_asked


def wait_for_work(cast, runs):
    """For a moment, where the machine is slow: what is done after the last fault proves nothing."""
    until = time.monotonic() + MOMENT
    while time.monotonic() < until:
        with contextlib.suppress(psycopg2.Error):
            if query(cast.servers, marks.DONE)[0] >= runs:
                return
        time.sleep(0.1)
        cast.mend()


def tell(done):
    """The table of faults: whom they hit, what they were, how often."""
    for (whom, what), times in sorted(done.items()):
        print(f"{times:6} × {whom}: {what.replace('_', ' ')}")


def report(servers, done, quiet, seconds, seed):
    """The last line, and 0 where all is well."""
    said, well = marks.verdict(query(servers, marks.VERDICT, {"steps": STEPS}), query(servers, marks.SLOTS))
    ended = "everything ended" if quiet is not None else "NOT EVERYTHING ENDED"
    print(
        f"chaos: {done.total()} faults of {len(done)} kinds in {seconds}, seed {seed}: {said}, "
        f"{ended} after {quiet or 0:.1f} s of quiet"
    )
    return 0 if well and quiet is not None else 1


if __name__ == "__main__":
    sys.exit(main())
