"""The billing system's door: webhooks of the product, and the levers of the person who plays with it.

Whoever pulls a lever says the key that only the product knows: a page of another site, opened on this machine, could
call it otherwise.
"""

import hmac
import json
import re
import socket
import time

from billing.simulator.access import Access
from billing.simulator.behaviour import Behaviour
from billing.simulator.book import Book
from billing.simulator.working import Worker
from door import plain, signing
from door.plain import Wrong

BRANCH = r"/branches/([^/]{1,60})"
LONGEST = 300  # characters of a text
TOLERANCE = 300  # seconds that the clock of a webhook may differ


class BillingSystem(plain.Server):
    def __init__(self, listener: socket.socket, book: Book, behaviour: Behaviour, worker: Worker, access: Access):
        super().__init__(listener, Door)
        self.book, self.behaviour, self.worker, self.access = book, behaviour, worker, access


class Door(plain.Door):
    routes = [
        ("POST", re.compile(r"/events/([^/]{1,60})"), "event"),
        ("GET", re.compile(r"/control"), "levers"),
        ("POST", re.compile(r"/control"), "pull"),
        ("GET", re.compile(BRANCH), "deeds"),
        ("GET", re.compile(BRANCH + r"/lines/(\d{1,18})"), "lines"),
        ("POST", re.compile(BRANCH + r"/payments"), "pay"),
        ("POST", re.compile(BRANCH + r"/reversals"), "take_back"),
        ("POST", re.compile(BRANCH + r"/lines"), "decide"),
    ]

    def tried(self, action, parts):
        given, key = self.headers.get("Authorization", "").encode(), f"Bearer {self.server.access.key}".encode()
        if action == self.event or hmac.compare_digest(given, key):
            return super().tried(action, parts)
        self.close_connection = True
        return self.answer(401, {"error": "not with this key"})

    def event(self, branch):
        """A webhook: what it says is looked up, so that only its signature and the request's number matter."""
        content = self.content()
        if not self._signed(self.server.access.secrets.get(branch, ""), content):
            return self.answer(401, {"error": "not signed"})
        try:
            subject = json.loads(content)["data"]["subject"]
            request = int(subject["id"]) if subject["type"] == "servicerequest" else None
        except (ValueError, KeyError, TypeError):
            request = None
        if request:
            self.server.worker.hear(branch, request)
        return self.answer(200, {})

    def _signed(self, secret, content):
        named, at = self.headers.get("webhook-id", ""), self.headers.get("webhook-timestamp", "")
        if not secret or not re.fullmatch(r"\d{1,11}", at, re.ASCII) or abs(time.time() - int(at)) > TOLERANCE:
            return False
        wanted = signing.signature(secret, named, at, content).encode()
        given = self.headers.get("webhook-signature", "").split(" ")
        return any(hmac.compare_digest(wanted, one.encode()) for one in given)

    def levers(self):
        self.answer(200, self.server.behaviour.shown())

    def pull(self):
        self.server.behaviour.change(self.body())
        self.levers()

    def deeds(self, branch):
        book = self.server.book
        self.answer(200, {"deeds": book.deeds(branch), "waiting": book.waiting(branch)})

    def lines(self, branch, after):
        self.answer(200, {"lines": self.server.book.standing(branch, int(after))})

    def pay(self, branch):
        """A customer paid at a bank: {key, account, amount}; answers with the payment's number."""
        said = self.texts("key", "account", "amount")
        ref = f"SIM-{said['key']}"[:80]
        row = {"account": said["account"], "amount": said["amount"], "ref": ref, "way": "bank_transfer"}
        self.owe(branch, "payment", said | {"about": f"{said['account']} · {ref}"}, row, ref=ref)

    def take_back(self, branch):
        """The bank took a payment back: {key, payment: its number, reason}."""
        said = self.texts("key", "payment", "reason")
        self.owe(branch, "reversal", said, {"payment": said["payment"], "reason": said["reason"]})

    def decide(self, branch):
        """Something is done to a line unasked: {key, line: its id, number, status, reason}."""
        said = self.texts("key", "line", "number", "status", "reason")
        if not re.fullmatch(r"\d{1,18}", said["line"], re.ASCII):
            raise Wrong("a line is named by its id")
        row = {name: said[name] for name in ("line", "number", "status", "reason")}
        self.owe(branch, "line", said, row | {"ref": said["key"]})

    def texts(self, *names):
        """What the body says by these names, all of them texts."""
        said = self.body()
        wrong = [name for name in names if not isinstance(said.get(name), str) or not 0 < len(said[name]) <= LONGEST]
        if wrong:
            raise Wrong(f"missing, too long or no text: {', '.join(wrong)}")
        return {name: said[name] for name in names}

    def owe(self, branch, what, said, row, **answer):
        """The same key twice is once."""
        if branch not in self.server.worker.products:
            raise Wrong("no such branch")
        about = said.get("about") or said.get("payment") or said["number"]
        self.server.book.owe(said["key"], branch, what, about, row)
        self.server.worker.rung.set()
        self.answer(202, answer)
