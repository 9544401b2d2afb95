"""An operator's SMS and mail centre for those who have none at hand: no message leaves this machine."""

import os
import socket
import sys

from crm.embedded import Home, Servers
from crm.embedded.child import Child
from crm.up.environment import ROOT, given

CHANNELS = ("GATEWAY_SMS", "GATEWAY_EMAIL")
OPTIONS = "name=simulator&idempotent=1&queryable=1&timeout=5&grace=15"


def wanted(servers: Servers) -> bool:
    """On our own database and where no gateway is named, unless SIMULATOR=0; else only with SIMULATOR=1."""
    own = servers.postgres and not any(given(name) for name in CHANNELS)
    return (os.environ.get("SIMULATOR") or ("1" if own else "0")) == "1"


def bound() -> socket.socket:
    """A listening socket on a free port of this machine, to be handed to the centre."""
    return socket.create_server(("127.0.0.1", 0), backlog=256)


def addresses(centre: socket.socket | None) -> dict[str, str]:
    """The gateways that nobody named lead to the centre."""
    if centre is None:
        return {}
    url = f"http://127.0.0.1:{centre.getsockname()[1]}?{OPTIONS}"
    return {name: url for name in CHANNELS if not given(name)}


def process(home: Home, env: dict, centre: socket.socket, product: str) -> Child:
    """`product`: the address that is told of reports and replies."""
    fd = centre.fileno()
    where = ["--fd", fd, "--data", home.data / "simulator", "--product", product]
    command = [sys.executable, "-m", "outreach.simulator", *where]
    return Child("simulator", command, folder=home.log, env=env, cwd=ROOT, fds=(fd,))
