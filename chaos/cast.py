"""The processes under fire, and how to start them again."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crm.embedded.postgres import runs_postgres
from crm.up.processes import web_server

ROOT = Path(__file__).resolve().parent.parent
PRODUCT, CONTROL = "chaos.app", "chaos.control"
STEPS = 10  # of each run
CUSTOMERS = 300  # who are written to
WORKERS = (PRODUCT, PRODUCT, CONTROL)
FROZEN = 4  # seconds
PATIENCE = 120  # seconds until a worker has begun


class Cast:
    """The web server, two workers of two processes each, any number of beats, both servers, a worker of the control,
    and the billing system.
    """

    def __init__(self, servers, environment, web, billing):
        """`web`: the listening socket, which outlives the web server."""
        self.port, self.billing = web.getsockname()[1], billing
        self.servers, self.environment = servers, environment
        self.log = (servers.postgres.home.log / "cast.log").open("a")
        self.web, self.supervisor = web_server(servers.postgres.home, environment, web), ThreadPoolExecutor(1)
        self.workers, self.beats, self.serves = [], [], True

    def begin(self):
        self.starting = self.supervisor.submit(self.web.start)
        self.workers, self.beats = [self.worker(n) for n in range(len(WORKERS))], [self.beat()]
        self.billing.begin(self.environment, ROOT, f"http://127.0.0.1:{self.port}")

    def start(self, *words, app=PRODUCT):
        celery = [sys.executable, "-m", "celery", "-A", app, *words]
        ours = {"DJANGO_SETTINGS_MODULE": "crm.settings"} if app == PRODUCT else {}
        return subprocess.Popen(
            celery, cwd=ROOT, env=self.environment | ours, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def worker(self, n):
        quiet = ("-l", "error", "--without-gossip", "--without-mingle")
        return self.start("worker", "-c", "2", "-n", f"w{n}", *quiet, app=WORKERS[n])

    def beat(self):
        schedule = self.servers.postgres.home.data / f"beat-{os.urandom(4).hex()}"
        return self.start("beat", "-l", "error", "--pidfile=", "-s", str(schedule))

    def web_pool(self):
        return children(self.web.process.pid) if self.starting.done() and self.web.alive else []

    def wait_until_at_work(self):
        """Until one of the product's workers has begun: before that a fault hits nothing but its start."""
        until = time.monotonic() + PATIENCE
        while not any(children(one.pid) for one, app in zip(self.workers, WORKERS, strict=True) if app == PRODUCT):
            self.mend()
            if time.monotonic() > until:
                raise SystemExit(f"No worker begins; see {self.log.name}.")
            time.sleep(0.05)

    def pool(self):
        """Process ids of the workers' pools."""
        return [pid for worker in self.workers for pid in children(worker.pid)]

    def mend(self):
        """Start again whatever has ended, as a supervisor would."""
        for server in self.servers.all():
            if not server.child.alive:
                server.start()
        if self.serves and self.starting.done() and not self.web.alive:
            self.starting = self.supervisor.submit(self.web.start)  # waits until what is left of it has ended
        self.billing.mend()
        for n, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.workers[n] = self.worker(n)

    def close(self):
        """Let the web server end in order: no request is under way any more."""
        self.serves = False
        self.supervisor.shutdown()
        self.web.stop()

    def freeze(self, pid):
        """Stop a process for longer than its lease, then let it go on with what it believes to hold."""
        thawing = threading.Timer(FROZEN, tell, [pid, signal.SIGCONT])
        thawing.daemon = True
        tell(pid, signal.SIGSTOP)
        thawing.start()

    def stop(self):
        self.supervisor.shutdown()
        for process in [*self.workers, *self.beats, self.web.process, self.billing.process]:
            if process:
                end(process, signal.SIGKILL)
        self.log.close()

    def postmaster(self):
        """Process id of the server itself; its launcher became it."""
        cluster = self.servers.postgres.cluster
        pid = (cluster / "postmaster.pid").read_text().split("\n", 1)[0]
        return int(pid) if runs_postgres(pid, cluster) else None


def children(pid):
    """Process ids of those that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    with contextlib.suppress(OSError):
        return [int(pid) for pid in listed.read_text().split()]
    return []


def tell(pid, sign):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)


def end(process, sign):
    if process.poll() is None:
        os.killpg(process.pid, sign)
        process.wait(20)
