"""Servers, data and the web process of a measurement, kept in `.data/bench` between runs."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from crm.embedded import Home, Servers
from crm.embedded.child import wait_until
from crm.embedded.postgres import APPLICATION, DATABASE, OWNER
from crm.up import environment, port, processes

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {"shared_buffers": "2GB", "max_wal_size": "16GB", "maintenance_work_mem": "1GB"}


class Stage:
    """`with Stage(customers) as stage:` the product on that many customers; unless `filled`, on none."""

    def __init__(self, customers: int, *, filled=True):
        self.customers, self.filled = customers, filled
        folder = Path(os.environ.get("CRM_DATA") or ROOT / ".data") / "bench"
        self.home = Home(folder / f"{customers}").claim()
        self.servers = Servers(self.home, settings=SETTINGS)

    def __enter__(self):
        self.servers.__enter__()
        ours = environment.kept(self.home, self.servers)
        self.env = os.environ | ours | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
        os.environ.update(self.env)
        self.fill()
        return self

    def __exit__(self, *exception):
        self.servers.__exit__(*exception)

    def manage(self, *words, owner=False):
        url = {"DATABASE_URL": self.servers.postgres.url(OWNER)} if owner else {}
        subprocess.run([sys.executable, ROOT / "manage.py", *words], env=self.env | url, cwd=ROOT, check=True)

    def fill(self):
        """The schema; and the demo branch of that size, once: how long it took is printed."""
        self.manage("upgrade", APPLICATION, "-v0", owner=True)
        self.manage("assets")
        if self.filled and not self.query("SELECT count(*) FROM staff_unit")[0]:
            began = time.monotonic()
            self.manage("demo", "--customers", str(self.customers), owner=True)
            print(f"demo branch of {self.customers:,} customers made in {time.monotonic() - began:.0f} s")
            self.query("VACUUM ANALYZE")

    def query(self, statement, values=None, database=DATABASE):
        """The first row, as the cluster's superuser."""
        with contextlib.closing(self.servers.postgres.connect(database)) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchone() if cursor.description else None

    @contextlib.contextmanager
    def processes(self, only=("worker", "beat", "web"), env=None):
        """Our own processes as `make run` starts them, the web server on a free port; yields (them, (host, port))."""
        os.environ["PORT"] = str(free_port())
        with contextlib.ExitStack() as stack:
            listening = stack.enter_context(port.bound())
            ours = [one for one in processes.processes(self.home, env or self.env, listening) if one.name in only]
            for child in ours:
                stack.callback(child.stop)
                child.start()
            address = ("127.0.0.1", listening.getsockname()[1])
            wait_until(lambda: answers(address), *ours)
            yield ours, address

    @contextlib.contextmanager
    def web(self, env=None):
        """The real web server alone; yields (host, port)."""
        with self.processes(only=("web",), env=env) as (_ours, address):
            yield address


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address):
    import http.client

    try:
        link = http.client.HTTPConnection(*address, timeout=5)
        link.request("GET", "/healthz")
        return link.getresponse().status == 200
    except OSError:
        return False
