"""Senders killed in the middle of their calls, a receiver that misbehaves: no event lost, none under two ids."""

import json
import os
import random
import signal
import time

import pytest
from django.db import connection, transaction

from audit.trail import record
from tests import make
from tests.jobs.test_kills import LONG, SEED, started, until
from tests.webhooks.receiver import receiving, verify
from webhooks.models import Attempt, Delivery

KILLS, BURST, PATIENCE = (1000, 4, 300) if LONG else (40, 12, 60)
MISFORTUNES = ["reset", "close", "garbage", 500, 503, 429, 302]


def hire(house):
    house.stdin.write("\n")
    house.stdin.flush()
    return int(house.stdout.readline())


def burst(unit, chance):
    """A few changes, each of a customer of its own; every third time the transaction is undone."""
    undone = chance.random() < 0.33
    with transaction.atomic():
        numbers = set()
        for _ in range(BURST):
            customer = make.customer(unit)
            record(customer, "customer.changed", by=None, customer=customer)
            numbers.add(customer.number)
        transaction.set_rollback(undone)
    return set() if undone else numbers


def all_delivered():
    return not Delivery.objects.exclude(state="delivered").exists()


@pytest.mark.django_db(transaction=True)
def test_senders_killed_at_random_lose_nothing_and_give_nothing_a_second_id(settings):
    chance = random.Random(SEED)
    luck = random.Random(SEED)
    wanted = set()
    with receiving(lambda n: luck.choice(MISFORTUNES) if luck.random() < 0.15 else 200) as receiver:
        subscription = make.subscription(url=receiver.url)
        with started("-m", "tests.webhooks.sendhouse", "300", WEBHOOK_HOSTS=receiver.host) as house:
            senders = [hire(house) for _ in range(3)]
            for _ in range(KILLS):
                wanted |= burst(subscription.unit, chance)
                time.sleep(chance.uniform(0.005, 0.06))
                os.kill(senders.pop(chance.randrange(3)), signal.SIGKILL)
                senders.append(hire(house))
            assert until(all_delivered, PATIENCE)
        check(receiver, subscription, wanted)
    assert Attempt.objects.filter(error="lost").exists(), "no kill hit a call"
    assert Attempt.objects.filter(error="broken").exists()


def check(receiver, subscription, wanted):
    """By the receiver's own book: everything came, each thing under one id, and every message was signed."""
    ids = {}
    for headers, body, _path in receiver.came:
        verify(subscription.secret, headers, body)
        ids.setdefault(json.loads(body)["data"]["customer"]["number"], set()).add((headers["webhook-id"], body))
    assert ids.keys() == wanted
    assert {len(told) for told in ids.values()} == {1}
    assert len({message for told in ids.values() for message, _body in told}) == len(wanted)


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_after_the_call_repeats_it_under_the_same_id(settings, all_due):
    """The receiver has taken it and the sender dies before it hears so: at least once, never as something else."""
    from webhooks import claims, sending

    with receiving() as receiver:
        settings.WEBHOOK_HOSTS = [receiver.host]
        subscription = make.subscription(url=receiver.url)
        burst_of_one(subscription.unit)
        attempt = claims.claim()
        body = sending.body_of(attempt.delivery)
        sending.call(subscription.url, sending.headers_of(attempt, body), body)
        connection.close()  # nothing of the answer is kept
        all_due()
        sending.work_off()
        [(first, body, _), (second, again, _)] = receiver.came
    assert (first["webhook-id"], body) == (second["webhook-id"], again)


def burst_of_one(unit):
    customer = make.customer(unit)
    with transaction.atomic():
        record(customer, "customer.changed", by=None, customer=customer)
