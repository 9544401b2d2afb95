"""The processes under fire, and how to start them again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from crm.embedded.postgres import runs_postgres

ROOT = Path(__file__).resolve().parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "chaos.app"]


class Cast:
    """Two Celery workers of two processes each, any number of beats, both servers."""

    def __init__(self, servers, environment):
        self.servers, self.environment = servers, environment
        self.log = (servers.postgres.home.log / "cast.log").open("a")
        self.workers, self.beats = [self.worker(n) for n in (1, 2)], [self.beat()]

    def start(self, *words):
        return subprocess.Popen(
            [*CELERY, *words], cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def worker(self, n):
        return self.start("worker", "-c", "2", "-n", f"w{n}", "-l", "error", "--without-gossip", "--without-mingle")

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
                self.workers[n] = self.worker(n + 1)

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
