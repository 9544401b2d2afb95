"""A small HTTP JSON server that needs nothing but the standard library: what simulators answer with."""

import json
import re
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

MOST = 64 * 1024  # bytes of a body


class Wrong(ValueError):
    """What was sent means nothing; the reason goes back with 400."""


def listening(port: int | None = None, fd: int | None = None) -> socket.socket:
    """On this machine only; `fd` is a socket that listens already."""
    return socket.create_server(("127.0.0.1", port or 0), backlog=256) if fd is None else socket.socket(fileno=fd)


class Server(ThreadingHTTPServer):
    """Answers with `door` on a socket that listens already."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, door: type["Door"]):
        super().__init__(listener.getsockname(), door, bind_and_activate=False)
        self.socket.close()
        self.socket, self.server_port = listener, listener.getsockname()[1]

    def handle_error(self, request, client_address):
        pass  # whoever called has gone


class Door(BaseHTTPRequestHandler):
    """Leads to the method of the first of `routes` (method, pattern of the path, name); its groups are arguments."""

    routes: list[tuple[str, re.Pattern, str]] = []
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece

    def do_GET(self):
        self._routed("GET")

    def do_POST(self):
        self._routed("POST")

    def _routed(self, method):
        for verb, pattern, name in self.routes:
            found = pattern.fullmatch(self.path) if verb == method else None
            if found:
                return self.tried(getattr(self, name), [unquote(part) for part in found.groups()])
        self.close_connection = True
        return self.answer(404, {"error": "there is nothing here"})

    def tried(self, action, parts):
        try:
            action(*parts)
        except Wrong as error:
            self.answer(400, {"error": str(error)})

    def content(self) -> bytes:
        """The body as it came; ends quietly where the caller died in the middle of it."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST:
            self.close_connection = True
            raise Wrong("the body has no length, or is too large")
        content = self.rfile.read(int(length))
        if len(content) < int(length):
            raise ConnectionAbortedError
        return content

    def body(self) -> dict:
        content = self.content()
        try:
            said = json.loads(content)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise Wrong("the body is no JSON object")
        return said

    def answer(self, status, said):
        content = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass  # addresses hold numbers
