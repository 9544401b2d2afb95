"""Valkey: the doorbell and the cache."""

import socket
from urllib.parse import quote

from crm.embedded.binaries import valkey_program
from crm.embedded.child import Child, wait_until
from crm.embedded.home import Home, make


class Valkey:
    """On a socket alone. What it was told survives a restart, though nothing depends on that."""

    def __init__(self, home: Home, *, throw_away: bool = False):
        self.socket = home.sockets / "valkey.sock"
        folder = make(home.data / "valkey")
        keep = ["--appendonly", "no"] if throw_away else ["--appendonly", "yes", "--appendfsync", "everysec"]
        self.child = Child(
            "valkey",
            [
                *(valkey_program(), "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
                *("--dir", folder, "--save", "", *keep, "--databases", "64"),
                *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction", "--loglevel", "warning"),
            ],
            folder=home.log,
            grace=15,
        )

    def start(self) -> None:
        self.child.start()
        wait_until(self.answers, self.child)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(str(self.socket))
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def broker_url(self) -> str:
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=0"

    def cache_url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=1"
