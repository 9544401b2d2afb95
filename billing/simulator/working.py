"""The billing system at work: it learns what the product asks, and tells it what it owes, until it is halted."""

import queue
import threading
import time
from contextlib import suppress

from billing.simulator.behaviour import Behaviour
from billing.simulator.book import Book
from billing.simulator.calls import body_of, call, seconds, stands, why
from billing.simulator.product import Away, NotLetIn, Product

PAUSE = 0.2  # seconds between two looks into the book
OPEN = "service-requests/?open=1&limit=100"


class Worker(threading.Thread):
    """`tokens`: {branch code: token}. `not_let_in` is set once a token turns out to be none."""

    def __init__(self, book: Book, behaviour: Behaviour, address: str, tokens: dict[str, str], every: float = 5):
        """`every`: seconds between two rounds of asking what is open, for what nobody told us."""
        super().__init__(name="worker", daemon=True)
        self.book, self.behaviour, self.every = book, behaviour, every
        self.products = {branch: Product(address, token) for branch, token in tokens.items()}
        self.places = dict.fromkeys(tokens, OPEN)  # where the next round goes on
        self.halted, self.rung, self.not_let_in = threading.Event(), threading.Event(), threading.Event()
        self.next_round = 0.0
        self.heard = queue.SimpleQueue()
        self.resting = {}  # branch: until when the product is left in peace

    def run(self):
        while not self.halted.is_set():
            if time.monotonic() >= self.next_round:
                self.learn()
                self.next_round = time.monotonic() + self.every
            self.look_at_what_was_heard()
            if not self.tell_due():
                self.rung.wait(PAUSE)
                self.rung.clear()

    def halt(self):
        self.halted.set()
        self.rung.set()
        self.join(15)
        for product in self.products.values():
            product.close()

    def learn(self) -> None:
        """A page of what is open in each branch; the next time the page after it, and then from the start again."""
        for branch, product in self.products.items():
            if self._rests(branch):
                continue
            try:
                page = product.get(self.places[branch])
            except Away as away:
                self._rest(branch, away)
                continue
            for row in page.get("results", []):
                self.take_up(branch, row)
            self.places[branch] = page.get("next") or OPEN

    def hear(self, branch: str, request: int) -> None:
        """The product says that there is something new; called by any thread."""
        self.heard.put((branch, request))
        self.rung.set()

    def look_at_what_was_heard(self) -> None:
        """Whatever cannot be fetched now comes with a round."""
        while not self.heard.empty():
            branch, request = self.heard.get()
            with suppress(Away):
                row = {} if self.book.knows(request) else self.products[branch].get(f"service-requests/{request}/")
                if row.get("state") in ("asked", "accepted"):
                    self.take_up(branch, row)

    def take_up(self, branch: str, row: dict) -> None:
        if self.book.knows(row["id"]):
            return
        asked = {name: row[name] for name in ("id", "line", "number", "action")}
        asked |= {"branch": branch, "asked_at": seconds(row["asked_at"])}
        kind = self.behaviour.next_for(asked["action"], asked["number"])
        answers = self.behaviour.answers(kind, accepted=row["state"] == "accepted")
        self.book.learn(asked, kind, [(verb, body_of(verb), after) for verb, after in answers])

    def tell_due(self) -> int:
        """How many answers left."""
        told = 0
        for owed in self.book.due():
            if not (self.halted.is_set() or self._rests(owed["branch"])):
                told += self._tell(self.book.begun(owed))
        return told

    def _tell(self, owed):
        """Whether the product answered for good."""
        product, (path, body) = self.products[owed["branch"]], call(owed)
        try:
            status, said = product.post(path, body, owed["key"])
        except Away as away:
            self.book.later(owed["n"], away.pause)
            self._rest(owed["branch"], away)
            return False
        self.book.told(owed, status, why(said), stands(owed) if status < 300 else None)
        return True

    def _rests(self, branch):
        return time.monotonic() < self.resting.get(branch, 0)

    def _rest(self, branch, away):
        if isinstance(away, NotLetIn):
            self.not_let_in.set()
        self.resting[branch] = time.monotonic() + away.pause
