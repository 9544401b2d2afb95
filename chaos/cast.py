"""The processes under fire, and how to start them again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from crm.embedded.postgres import runs_postgres

ROOT = Path(__file__).resolve().parent.parent
PRODUCT, CONTROL = "chaos.app", "chaos.control"
STEPS = 10  # of each run
CUSTOMERS = 300  # who are written to
WORKERS = (PRODUCT, PRODUCT, CONTROL)


class Cast:
    """Two workers of two processes each, any number of beats, both servers, and a worker of the control."""

    def __init__(self, servers, environment):
        self.servers, self.environment = servers, environment
        self.log = (servers.postgres.home.log / "cast.log").open("a")
        self.workers, self.beats = [], []

    def begin(self):
        self.workers, self.beats = [self.worker(n) for n in range(len(WORKERS))], [self.beat()]

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

    def children(self, worker):
        """Process ids of the pool."""
        listed = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []

    def mend(self):
        """Start again whatever has ended, as a supervisor would."""
        for server in self.servers.all():
            if not server.child.alive:
                server.start()
        for n, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.workers[n] = self.worker(n)

    def stop(self):
        for process in [*self.workers, *self.beats]:
            end(process, signal.SIGKILL)
        self.log.close()

    def postmaster(self):
        """Process id of the server itself; its launcher became it."""
        cluster = self.servers.postgres.cluster
        pid = (cluster / "postmaster.pid").read_text().split("\n", 1)[0]
        return int(pid) if runs_postgres(pid, cluster) else None


def end(process, sign):
    if process.poll() is None:
        os.killpg(process.pid, sign)
        process.wait(20)
