"""The address of the web server, taken before anything else is started."""

import errno
import os
import socket

REFUSED = {
    errno.EADDRINUSE: "Port {port} is already in use. Choose another one: make run PORT={other}",
    errno.EACCES: "Port {port} needs more rights than this account has. Choose one above 1023: make run PORT=8000",
    errno.EADDRNOTAVAIL: "This machine has no address {host}. Set HOST to one that it has, e.g. 127.0.0.1.",
}


def bound() -> socket.socket:
    """A listening socket on HOST and PORT, to be handed to the web server: nobody can come in between."""
    host, port = os.environ.get("HOST") or "127.0.0.1", wanted()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    web = socket.socket(family, socket.SOCK_STREAM)
    web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        web.bind((host, port))
        web.listen(1024)
    except OSError as refusal:
        web.close()
        sentence = REFUSED.get(refusal.errno, "Cannot listen on {host}, port {port}: " + str(refusal.strerror))
        raise SystemExit(sentence.format(host=host, port=port, other=port + 1)) from None
    return web


def wanted() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def address(web: socket.socket) -> str:
    host, port = web.getsockname()[:2]
    return f"http://{'localhost' if host in ('127.0.0.1', '::1', '0.0.0.0', '::') else host}:{port}/"  # noqa: S104
