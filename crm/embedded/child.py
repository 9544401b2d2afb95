"""One server process under this one."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from crm.embedded.identity import LAUNCH, OURSELVES, Identity

LOG_BYTES = 10_000_000


class Died(Exception):
    """A server ended by itself; the message carries the end of what it wrote."""


class Child:
    """A command in a session of its own that dies with us, writes to a log file and holds a lock file.

    The lock outlives us in the command and its offspring, so that a later start knows of leftovers and ends them.
    """

    def __init__(
        self,
        name: str,
        command: list,
        *,
        folder: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        grace: float = 15,
        identity: Identity = OURSELVES,
        env: dict | None = None,
        cwd: Path | None = None,
        fds: tuple[int, ...] = (),
    ):
        self.name, self.command, self.stop_signal, self.grace = name, command, stop_signal, grace
        self.identity, self.env, self.cwd, self.fds = identity, env, cwd, fds
        self.log, self.lock = folder / f"{name}.log", folder / f"{name}.lock"
        self.process = None

    def start(self) -> "Child":
        self.end_leftovers()
        self.roll_log()
        tied = ["--parent", os.getpid(), "--signal", int(self.stop_signal), "--lock", self.lock]
        command = [sys.executable, "-IS", LAUNCH, *self.identity.options(), *tied, "--", *self.command]
        with open(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
                cwd=self.cwd,
                pass_fds=self.fds,
                start_new_session=True,
            )
        return self

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def require(self) -> None:
        """Raise `Died` with the last lines of the log if the process has ended."""
        if not self.alive:
            raise Died(f"{self.name} ended. The end of {self.log}:\n{self.last_lines()}")

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def stop(self) -> None:
        """Ask, wait for `grace` seconds, then end whatever is left of its session."""
        if not self.alive:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def roll_log(self) -> None:
        """Keep one older log. The writer appends, so emptying the file under it is safe."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.with_suffix(".log.1").write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)

    def end_leftovers(self) -> None:
        """End what an earlier, killed supervisor left of this server: it still holds the lock."""
        for sign in (self.stop_signal, signal.SIGKILL):
            if not self.is_locked():
                return
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.killpg(int(self.lock.read_text()), sign)
            self.wait_unlocked()
        if self.is_locked():
            raise SystemExit(f"An earlier {self.name} does not end; it holds {self.lock}.")

    def wait_unlocked(self) -> None:
        until = time.monotonic() + self.grace
        while self.is_locked() and time.monotonic() < until:
            time.sleep(0.05)

    def is_locked(self) -> bool:
        if not self.lock.exists():
            return False
        with self.lock.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def wait_until(ready, *needs: Child, seconds: float = 120) -> None:
    """Poll `ready()` until it is true; `Died` if one of the processes it needs ends meanwhile."""
    until = time.monotonic() + seconds
    while not ready():
        for child in needs:
            child.require()
        if time.monotonic() > until:
            raise Died(f"{needs[0].name} was not ready after {seconds:.0f} s. See {needs[0].log}.")
        time.sleep(0.03)
