"""A copy of the product in a folder of its own, started and stopped as a person would."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "tests", "bench", "docs", "node_modules")
CLEAN = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "HOME", "USER", "TMPDIR"}}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """`prefix` is put before the command, e.g. to become another user."""

    def __init__(self, folder: Path, prefix: tuple = (), **env):
        self.folder, self.prefix, self.port = folder, list(prefix), free_port()
        self.env = CLEAN | {"PORT": str(self.port), "DEMO": "0", "WEB_PROCESSES": "1", "WORKER_PROCESSES": "1"} | env
        if not folder.exists():
            shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        self.process, self.output = None, folder.with_suffix(".said")

    def command(self, *words):
        return [*self.prefix, sys.executable, "-m", "crm.up", *words]

    def start(self):
        """Until the block is printed, or the process ends."""
        with self.output.open("w") as said:
            self.process = subprocess.Popen(
                self.command(), cwd=self.folder, env=self.env, stdout=said, stderr=said, start_new_session=True
            )
        wait(lambda: "Stop   Ctrl-C" in self.text or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.text
        return self

    @property
    def text(self):
        return self.output.read_text()

    def refused(self, **env):
        """What a start that ends at once says, and its exit code."""
        ended = subprocess.run(
            self.command(), cwd=self.folder, env=self.env | env, capture_output=True, text=True, timeout=60, check=False
        )
        return ended.stdout + ended.stderr, ended.returncode

    def get(self, path):
        """Status and body."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def interrupt(self):
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(90)

    def processes(self):
        """What runs under this installation, by process id: whatever names its folder, its sockets or its tree."""
        tree = {self.process.pid} if self.process and self.process.poll() is None else set()
        for _ in range(6):
            tree |= {pid for pid, parent in parents().items() if parent in tree}
        named = {pid for pid in parents() if str(self.folder) in command_line(pid)}
        return (tree | named) - {os.getpid()}

    def named(self, word):
        """Process ids whose command line holds the word, lowest (the parent) first."""
        return sorted(pid for pid in self.processes() if word in command_line(pid))

    def kill_everything(self):
        for pid in self.processes():
            kill(pid, signal.SIGKILL)


def parents():
    """Every living process and its parent."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = re.search(r"\) (\w) (\d+)", (entry / "stat").read_text()).groups()
        except OSError:
            continue
        if state != "Z":
            found[int(entry.name)] = int(parent)
    return found


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def kill(pid, sign):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)


def wait(true, seconds=30):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)
