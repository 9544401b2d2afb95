"""The billing system under fire: the simulator as a process, what it is told to be like, and its book."""

import contextlib
import json
import socket
import sqlite3
import sys
import urllib.error
import urllib.request
from urllib.parse import quote

from crm.embedded import Home
from crm.embedded.child import Child
from crm.embedded.home import make

KEY = "billing" * 5
PATIENCE = 2  # seconds until an answer
PACE = {"accept_after": 1, "confirm_after": 2, "late_after": 5}  # seconds; what a kill comes between
MIX = {"at_once": 0.1, "twice": 0.1, "late": 0.05, "out_of_order": 0.05, "contradict": 0.05}
BETWEEN = """
    SELECT count(*) FROM owed JOIN owed before ON before.request = owed.request
    WHERE owed.what = 'confirm' AND owed.done IS NULL AND before.what = 'accept' AND before.done IS NOT NULL
"""
Refused = (OSError, ValueError, urllib.error.URLError)


class Billing:
    """It listens on a socket that outlives it, and keeps its book in `folder`."""

    def __init__(self, home: Home):
        self.listener, self.folder = socket.create_server(("127.0.0.1", 0), backlog=256), make(home.data / "billing")
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.home, self.child, self.told = home, None, False

    @property
    def process(self):
        return self.child and self.child.process

    @property
    def settings(self) -> dict[str, str]:
        """Where chaos.ready makes what it comes in with."""
        return {"CHAOS_BILLING": self.address, "CHAOS_BILLING_KEY": KEY, "CHAOS_ACCESS": str(self.folder / "access")}

    def begin(self, environment, cwd, product):
        """`product`: its address."""
        fd = self.listener.fileno()
        where = ["--fd", fd, "--access", self.folder / "access", "--data", self.folder, "--product", product]
        words = [sys.executable, "-m", "billing.simulator", *where, "--every", "1"]
        self.child = Child("billing", words, folder=self.home.log, env=environment, cwd=cwd, fds=(fd,))
        self.child.start()

    def mend(self):
        """Start it again if it has ended, and tell it again what it is to be like."""
        if not self.child.alive:
            self.child.start()
            self.told = False
        if not self.told:
            with contextlib.suppress(*Refused):
                self.told = bool(self.ask("/control", PACE | {"mix": MIX}))

    def ask(self, path, said=None):
        """Its door's answer; one of `Refused` where there is none."""
        body = None if said is None else json.dumps(said).encode()
        asked = urllib.request.Request(self.address + path, body, {"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return json.load(answer)

    def between(self) -> int:
        """Requests that it has accepted and not confirmed."""
        where = self.folder / "billing.sqlite3"
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(where, timeout=1)) as book:
            return book.execute(BETWEEN).fetchone()[0]
        return 0  # the book is only being made, or is busy

    def waiting(self, branch) -> int:
        """What it still has to tell; one of `Refused` where it cannot be asked."""
        return self.ask(f"/branches/{quote(branch)}")["waiting"]

    def lines(self, branch) -> dict[int, str]:
        """How it believes they stand, by id."""
        found, after = {}, 0
        while page := self.ask(f"/branches/{quote(branch)}/lines/{after}")["lines"]:
            found |= {row["line"]: row["status"] for row in page}
            after = page[-1]["line"]
        return found
