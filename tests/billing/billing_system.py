"""The simulated billing system in threads of the test, as it runs beside the product."""

import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

from billing.simulator.access import Access
from billing.simulator.behaviour import Behaviour
from billing.simulator.book import Book
from billing.simulator.server import BillingSystem
from billing.simulator.working import Worker
from door.plain import listening
from staff.rights import Role
from tests import make

KEY = "k" * 40
AT_ONCE = {"accept_after": 0, "confirm_after": 0, "late_after": 0}


def person(branch):
    """As whom it comes in."""
    made = make.user(Role.DATA_STEWARD, branch)
    make.post(made, Role.COMPLAINT_DESK, branch)
    return made


def access(branch, **secrets):
    return Access(KEY, {branch.code: make.token(person(branch), "billing:write")}, secrets)


@contextmanager
def running(folder, product, access, every=0.1, **levers):
    """At work against `product` (address); `levers` as its control takes them, at once without."""
    book, behaviour = Book(folder / "billing.sqlite3"), Behaviour()
    behaviour.change(AT_ONCE | levers)
    worker = Worker(book, behaviour, product, access.tokens, every)
    system = BillingSystem(listening(), book, behaviour, worker, access)
    thread = threading.Thread(target=system.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    for each in (thread, worker):
        each.start()
    try:
        yield system
    finally:
        system.shutdown()
        system.server_close()
        thread.join()
        worker.halt()
        book.close()


def address(system):
    """As BILLING_SIMULATOR would give it."""
    return f"http://:{KEY}@127.0.0.1:{system.server_port}"


def ask(system, path, said=None, **headers):
    """Status and answer of its door."""
    body = None if said is None else json.dumps(said).encode()
    headers = {"Authorization": f"Bearer {KEY}"} | headers
    asked = urllib.request.Request(f"http://127.0.0.1:{system.server_port}{path}", body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)
