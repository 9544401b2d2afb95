"""A billing system for those who have none at hand: it answers what the product asks."""

import os
import socket
import sys

from crm.embedded import Home, Servers
from crm.embedded.child import Child
from crm.embedded.home import make, write_private
from crm.up.environment import ROOT, given

NAME = "BILLING_SIMULATOR"
HOSTS = "WEBHOOK_HOSTS"


def wanted(servers: Servers) -> bool:
    """On our own database, unless SIMULATOR=0 or BILLING_SIMULATOR=0; on one from outside only with either as 1."""
    own = "1" if servers.postgres else "0"
    return (os.environ.get(NAME) or os.environ.get("SIMULATOR") or own) == "1"


def folder(home: Home):
    return make(home.data / "billing")


def bound(home: Home) -> socket.socket:
    """A listening socket: on the port of the last time, for webhooks lead there, or on a free one."""
    kept = folder(home) / "port"
    try:
        listener = socket.create_server(("127.0.0.1", int(kept.read_text())), backlog=256)
    except (OSError, ValueError):
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    write_private(kept, str(listener.getsockname()[1]))
    return listener


def addresses(home: Home, listener: socket.socket | None) -> dict[str, str]:
    """Where the product finds it, and that webhooks may go there."""
    if listener is None:
        return {} if os.environ.get(NAME, "").startswith("http") else {NAME: ""}
    at = f"127.0.0.1:{listener.getsockname()[1]}"
    hosts = [os.environ[HOSTS]] if given(HOSTS) else []
    key = home.secret("billing_simulator_key")
    return {NAME: f"http://:{key}@{at}", HOSTS: ",".join([*hosts, f"http://{at}!private"])}


def process(home: Home, env: dict, listener: socket.socket, product: str) -> Child:
    """`product`: its address. Tokens are made, or found in order, at each start."""
    fd = listener.fileno()
    where = ["--fd", fd, "--data", folder(home), "--product", product.rstrip("/")]
    command = [sys.executable, ROOT / "manage.py", "billing_system", *where]
    return Child("billing", command, folder=home.log, env=env, cwd=ROOT, fds=(fd,))
