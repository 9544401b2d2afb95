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

LEAST = 60  # seconds between two times of asking for other tokens
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
    parser.add_argument("--renew", action="store_true", help="ask the product for tokens where it has none in force")
    return parser.parse_args()


def run(given) -> bool:
    """Until it is asked to end; whether other tokens are wanted."""
    given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    book, behaviour, access = Book(given.data / "billing.sqlite3"), Behaviour(), Access.read(given.access)
    worker = Worker(book, behaviour, given.product, access.tokens, given.every)
    system = BillingSystem(listening(given.port, given.fd), book, behaviour, worker, access)
    if given.renew:
        threading.Thread(target=wait_for_need, args=[worker, system], daemon=True).start()
    worker.start()
    print(f"Listening on http://127.0.0.1:{system.server_port}", flush=True)
    with suppress(KeyboardInterrupt):
        system.serve_forever()
    worker.halt()
    if given.fd is None or not worker.not_let_in.is_set():
        system.server_close()
    book.close()
    return worker.not_let_in.is_set()


def wait_for_need(worker, system):
    """End serving once the product lets us in no more, and there was none before."""
    time.sleep(LEAST)
    if not worker.products:
        worker.not_let_in.set()
    worker.not_let_in.wait()
    system.shutdown()


def renewed(given) -> None:
    """Become the command that makes tokens, and then becomes this again."""
    if given.fd is not None:
        os.set_inheritable(given.fd, True)
    where = ["--fd", str(given.fd)] if given.fd is not None else []
    words = [*where, "--data", str(given.data), "--product", given.product]
    os.execv(sys.executable, [sys.executable, str(MANAGE), "billing_system", *words])  # noqa: S606


def end(failed) -> None:
    """Without its worker it would only seem to be there."""
    threading.__excepthook__(failed)
    os._exit(1)


def main() -> None:
    given = arguments()
    threading.excepthook = end
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if run(given):
        renewed(given)


if __name__ == "__main__":
    main()
