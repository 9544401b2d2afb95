"""Customers pay at the bank, and now and then the bank takes a payment back: the billing system is told until it says
that it has written it down.
"""

import queue
import random
import threading
import time
from urllib.parse import quote

from chaos.billing import Billing, Refused

PAY = 0.7  # of the debtors, some time or other
TAKE_BACK = 0.15  # at each moment
PAUSE = 0.3  # seconds until it is told again
# One of those whose stop is under way, as likely not begun as begun.
STOPPED = """
    SELECT min(ref) FROM (
        SELECT a.ref FROM billing_servicerequest r JOIN billing_account a ON a.id = r.account_id
        WHERE r.state IN ('asked', 'accepted') AND r.origin = 'arrears' ORDER BY random() LIMIT 1
    ) stopped
"""
BOOKED = "SELECT array_agg(ref ORDER BY id) FROM billing_payment WHERE ref LIKE 'SIM-CHAOS-%' AND reversed_at IS NULL"


class Payers:
    def __init__(self, billing: Billing, branch: str, debtors: list[dict], moments: int, seed: int):
        """`moments`: how many there will be at least; by then all who pay have paid."""
        self.billing, self.at, self.chance = billing, f"/branches/{quote(branch)}", random.Random(seed)
        self.coming = self.chance.sample(debtors, int(PAY * len(debtors)))
        self.a_moment = -(-len(self.coming) // moments)
        self.paid, self.taken_back, self.open = set(), set(), queue.Queue()  # numbers of payments
        threading.Thread(target=self._work, daemon=True).start()

    def pay(self, stopped=None):
        """Some more of those who are going to, first the account (number) that is being `stopped` at this moment."""
        self.coming.sort(key=lambda one: one["ref"] != stopped)
        for one in self.coming[: self.a_moment]:
            self.paid.add(f"SIM-{one['ref']}")
            self.open.put(("payments", {"key": one["ref"], "account": one["ref"], "amount": one["amount"]}))
        del self.coming[: self.a_moment]

    def take_back(self, booked):
        """Now and then one of the payments (numbers) that are booked."""
        left = sorted(set(booked or ()) - self.taken_back)
        if left and self.chance.random() < TAKE_BACK:
            payment = self.chance.choice(left)
            self.taken_back.add(payment)
            self.open.put(("reversals", {"key": f"BACK-{payment}", "payment": payment, "reason": "Bounced"}))

    @property
    def busy(self):
        return self.open.unfinished_tasks > 0

    def _work(self):
        while True:
            what, said = self.open.get()
            while not self._told(what, said):
                time.sleep(PAUSE)
            self.open.task_done()

    def _told(self, what, said):
        try:
            self.billing.ask(f"{self.at}/{what}", said)
        except Refused:
            return False
        return True
