"""`python -m outreach.simulator`: an SMS and mail centre that runs until it is asked to end."""

import argparse
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from door.plain import listening
from outreach import signing
from outreach.simulator.behaviour import Behaviour
from outreach.simulator.book import Book
from outreach.simulator.server import Centre
from outreach.simulator.telling import Teller

OPTIONS = ("port", "fd", "data", "product", "name")


def arguments(parser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int, help="where to listen, on this machine only")
    where.add_argument("--fd", type=int, help="a socket that already listens")
    parser.add_argument("--data", type=Path, required=True, help="folder for the book of what phones received")
    parser.add_argument("--product", required=True, help="address that is told of reports and replies")
    parser.add_argument("--name", default="simulator", help="what the product calls this gateway")


def run(*, port, fd, data, product, name) -> None:
    """Signs with the product's key: GATEWAY_KEY of the environment."""
    key = os.environ.get("GATEWAY_KEY") or sys.exit("GATEWAY_KEY is not set: it must be the product's.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    book = Book(data / "simulator.sqlite3")
    teller = Teller(book, product, signing.secret(key, name), name)
    centre = Centre(listening(port, fd), book, Behaviour(), teller)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    teller.start()
    print(f"Listening on http://127.0.0.1:{centre.server_port}", flush=True)
    with suppress(KeyboardInterrupt):
        centre.serve_forever()
    centre.server_close()
    teller.halt()
    book.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m outreach.simulator", description=__doc__)
    arguments(parser)
    run(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
