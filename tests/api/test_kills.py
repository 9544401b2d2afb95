"""A server that is killed between a request and its answer: asked again, there is one effect and its answer."""

import os
import random
import signal
import time
from threading import Thread
from uuid import uuid4

import pytest
import requests

from audit.models import Event
from customers.models import Interaction
from door.models import Answer
from tests import make
from tests.jobs.test_kills import started

pytestmark = pytest.mark.django_db(transaction=True)
KILLS, CONTACTS = (60, 200) if os.environ.get("PROOF") else (6, 24)
SEED = int(os.environ.get("SEED", "20261122"))


@pytest.fixture
def desk():
    """A clerk's program, and a contact for it to record."""
    hall = make.unit("hall")
    customer, reason = make.customer(hall), make.reason(hall.branch)
    items = [{"reason": reason.code}, {"reason": reason.code}]
    body = {"customer": customer.pk, "stage": "in_sale", "channel": "hall", "items": items}
    return make.token(make.user("clerk", hall)), body


class serving:
    """The address of a server process that ends with the block."""

    def __init__(self, *moment):
        self.process = started("-m", "tests.api.server", *moment)

    def __enter__(self):
        self.running = self.process.__enter__()
        return self.running, f"http://127.0.0.1:{int(self.running.stdout.readline())}/api/v1/interactions/"

    def __exit__(self, *error):
        return self.process.__exit__(*error)


def send(url, token, body, key):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return requests.post(url, json=body, headers=headers, timeout=20)


@pytest.mark.parametrize(("moment", "effects"), [("kept", 0), ("committed", 1)])
def test_killed_before_it_could_answer(desk, moment, effects):
    token, body = desk
    with serving(moment) as (process, url):
        with pytest.raises(requests.ConnectionError):
            send(url, token, body, "a")
        assert process.wait(10) == -signal.SIGKILL
    assert (Interaction.objects.count(), Answer.objects.count()) == (effects, effects)
    with serving() as (_process, url):
        again = send(url, token, body, "a")
        third = send(url, token, body, "a")
    assert (again.status_code, third.status_code) == (201, 201)
    assert again.json() == third.json()
    assert (again.headers.get("Idempotent-Replayed") == "true") is bool(effects)
    assert Interaction.objects.get().pk == again.json()["id"]
    assert Event.objects.filter(verb="interaction.recorded").count() == 1


def test_killed_at_any_moment_every_contact_is_there_once(desk):
    token, body = desk
    chance, open_keys, answered = random.Random(SEED), [str(uuid4()) for _ in range(CONTACTS)], {}

    def work(url):
        while open_keys:
            try:
                answer = send(url, token, body, open_keys[0])
            except requests.RequestException:
                return
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 201:
                answered[open_keys.pop(0)] = answer.json()["id"]

    for turn in range(KILLS + 1):
        with serving() as (process, url):
            worker = Thread(target=work, args=[url])
            worker.start()
            if turn < KILLS:
                time.sleep(chance.uniform(0.1, 0.5))
                process.kill()
            worker.join()
    assert not open_keys
    assert len(set(answered.values())) == CONTACTS == Interaction.objects.count()
