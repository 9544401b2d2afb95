"""`python -m billing.simulator`: a billing system that runs until it is asked to end."""

import argparse
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from billing.simulator.access import Access
from billing.simulator.behaviour import Behaviour
from billing.simulator.book import Book
from billing.simulator.server import BillingSystem
from billing.simulator.working import Worker
from door.plain import listening

MANAGE = Path(__file__).parents[2] / "manage.py"


def arguments():
    parser = argparse.ArgumentParser(prog="python -m billing.simulator", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int, help="where to listen, on this machine only")
    where.add_argument("--fd", type=int, help="a socket that already listens")
    parser.add_argument("--access", type=Path, required=True, help="file of keys, tokens and secrets")
    parser.add_argument("--data", type=Path, required=True, help="folder for the book of what it did")
    parser.add_argument("--product", required=True, help="address of the product")
    parser.add_argument("--every", type=float, default=5, help="seconds between two rounds (default %(default)s)")
    parser.add_argument("--renew", type=float, help="seconds after which tokens that hold no more are made anew")
    return parser.parse_args()


def run(given) -> int | None:
    """Until it is asked to end. Where other tokens are wanted: the socket that goes on listening."""
    given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    book, behaviour, access = Book(given.data / "billing.sqlite3"), Behaviour(), Access.read(given.access)
    worker = Worker(book, behaviour, given.product, access.tokens, given.every)
    system = BillingSystem(listening(given.port, given.fd), book, behaviour, worker, access)
    if given.renew is not None:
        threading.Thread(target=wait_for_need, args=[given.renew, worker, system], daemon=True).start()
    worker.start()
    print(f"Listening on http://127.0.0.1:{system.server_port}", flush=True)
    with suppress(KeyboardInterrupt):
        system.serve_forever()
    worker.halt()
    book.close()
    if given.renew is None or not worker.not_let_in.is_set():
        system.server_close()
        return None
    fd = system.socket.detach()  # whoever calls meanwhile waits in its queue
    os.set_inheritable(fd, True)
    return fd


def wait_for_need(least, worker, system):
    """End serving once the product does not let us in, or there is no token at all; not before `least` seconds."""
    time.sleep(least)
    if not worker.products:
        worker.not_let_in.set()
    worker.not_let_in.wait()
    system.shutdown()


def renew(given, fd: int) -> None:
    """Become the command that makes tokens, and then becomes this again."""
    words = ["--data", given.data, "--product", given.product, "--renew", given.renew, "--fd", fd]
    os.execv(sys.executable, [sys.executable, *map(str, [MANAGE, "billing_system", *words])])  # noqa: S606


def end(failed) -> None:
    """Without its worker it would only seem to be there."""
    threading.__excepthook__(failed)
    os._exit(1)


def main() -> None:
    given = arguments()
    threading.excepthook = end
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if fd := run(given):
        renew(given, fd)


if __name__ == "__main__":
    main()
