"""Other programs that put messages in the outbox through the API, each under a key.

Most send again under the same key until they are answered; a few give up after the first failure and never learn what
became of their message.
"""

import queue
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import requests

from chaos.gateway import WAYS

PROGRAMS = 4
A_TIME = 4  # messages at one moment
PATIENCE = 3  # seconds until an answer
PAUSE = 0.3  # seconds until the next try
GIVE_UP = 0.15  # of the messages
KEPT = "kept"
UNDER_WAY, TOO_MANY = 409, 429  # ask again in a moment

THERE = """
    SELECT json_object_agg(text, ids) FROM (
        SELECT text, json_agg(id) AS ids FROM outreach_message WHERE key LIKE 'api/%%' GROUP BY text
    ) told
"""


@dataclass(frozen=True)
class Wish:
    """The text of the message is its key: so the outbox says which it was."""

    key: str
    customer: int
    channel: str
    patient: bool

    @property
    def body(self):
        return {"customer": self.customer, "template": f"chaos-{self.channel}", "values": {"ticket": self.key}}


class Clients:
    def __init__(self, port, allowed, seed):
        """`allowed`: the token of a person and the customers whom they may write to."""
        self.url = f"http://127.0.0.1:{port}/api/v1/messages/"
        self.allowed, self.chance = allowed, random.Random(seed)
        self.wishes, self.open = {}, queue.Queue()
        self.answers = []  # to every try: the status, or the name of what broke
        self.told, self.given_up = {}, set()  # key: id of its message; keys
        for _ in range(PROGRAMS):
            threading.Thread(target=self._work, daemon=True).start()

    def ask(self):
        for _ in range(A_TIME):
            chance = self.chance
            key, customer = str(UUID(int=chance.getrandbits(128))), chance.choice(self.allowed["customers"])
            wish = Wish(key, customer, chance.choice(list(WAYS)), patient=chance.random() >= GIVE_UP)
            self.wishes[key] = wish
            self.open.put(wish)

    @property
    def busy(self):
        return self.open.unfinished_tasks > 0

    def _work(self):
        with requests.Session() as session:
            session.trust_env = False  # the address is this machine's
            session.headers["Authorization"] = f"Bearer {self.allowed['token']}"
            while True:
                wish = self.open.get()
                while not self._settled(session, wish):
                    time.sleep(PAUSE)
                self.open.task_done()

    def _settled(self, session, wish):
        """Try once; whether this message needs no other try."""
        try:
            answer = session.post(self.url, json=wish.body, headers={"Idempotency-Key": wish.key}, timeout=PATIENCE)
        except requests.RequestException as failure:
            return self._failed(wish, type(failure).__name__)
        if answer.status_code in (UNDER_WAY, TOO_MANY) or answer.status_code >= 500:
            return self._failed(wish, answer.status_code)
        if answer.status_code == 201:
            self.answers.append(KEPT if "Idempotent-Replayed" in answer.headers else 201)
            self.told[wish.key] = answer.json()["id"]
        else:
            self.answers.append(answer.status_code)  # refused, which the checker will not let pass
        return True

    def _failed(self, wish, how):
        self.answers.append(how)
        if not wish.patient:
            self.given_up.add(wish.key)
        return not wish.patient


def verdict(there, clients):
    """(a line of what was lost or doubled, whether nothing was). `there`: text of a message → ids of all with it."""
    told, there, tries = clients.told, there or {}, Counter(clients.answers)
    lost, doubled = sum(key not in there for key in told), sum(len(ids) > 1 for ids in there.values())
    strange = sum(ids != [told.get(key, ids[0])] for key, ids in there.items() if len(ids) == 1)
    strange += sum(key not in clients.wishes for key in there)
    said = (
        f"clients: {len(clients.wishes)} messages asked for in {tries.total()} requests, {len(told)} answered, "
        f"{tries[KEPT]} of them with an answer that was lost before: {lost} lost, {doubled} doubled, {strange} others; "
        f"{len(clients.given_up)} given up, {sum(key in there for key in clients.given_up)} of them there"
    )
    heard = len(told) + len(clients.given_up) == len(clients.wishes)
    return said, heard and not (lost or doubled or strange)
