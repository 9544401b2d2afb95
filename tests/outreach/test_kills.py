"""Senders killed in the middle of their calls, a gateway that misbehaves: nothing lost, nothing doubled, no guess.

The gateway's own book says what phones got. Where it can be asked, or keeps doubles away, every message arrives exactly
once. Where it can do neither, none arrives twice, and each that may not have arrived is in doubt and says so.
"""

import os
import random
import signal
import time
from collections import Counter

import pytest
from django.db import transaction

from outreach.models import Attempt, Message
from outreach.queueing import queue
from tests import make
from tests.jobs.test_kills import LONG, SEED, started, until
from tests.outreach.operator import operating

pytestmark = pytest.mark.django_db(transaction=True)
KILLS, BURST, PATIENCE = (1000, 4, 300) if LONG else (40, 12, 60)
MISFORTUNES = ["taken_then_reset", "taken_then_500", 500, 503, 429]


def hire(house):
    house.stdin.write("\n")
    house.stdin.flush()
    return int(house.stdout.readline())


def burst(customer, code, chance):
    """A few messages in one transaction; every third time it is undone."""
    undone = chance.random() < 0.33
    with transaction.atomic():
        refs = {str(queue(customer, code, key=f"m{next(make.number)}").ref) for _ in range(BURST)}
        transaction.set_rollback(undone)
    return set() if undone else refs


def killed_at_random(operator, done):
    """Every ref that was queued, after senders were killed again and again and the rest had their time."""
    chance, wanted = random.Random(SEED), set()
    customer = make.reachable()
    make.rules(customer.branch, service_per_day=30_000, report_minutes=0)
    code = make.template(customer.branch).code
    with started("-m", "tests.outreach.sendhouse", GATEWAY_SMS=operator.url(timeout=0.3, grace=0.4)) as house:
        senders = [hire(house) for _ in range(3)]
        for _ in range(KILLS):
            wanted |= burst(customer, code, chance)
            time.sleep(chance.uniform(0.005, 0.06))
            os.kill(senders.pop(chance.randrange(3)), signal.SIGKILL)
            senders.append(hire(house))
        assert until(done, PATIENCE)
    assert Attempt.objects.filter(outcome="lost").exists(), "no kill hit a call"
    assert Attempt.objects.filter(outcome="unknown").exists()
    return wanted


def nothing_under_way():
    return not Message.objects.filter(next_at__isnull=False).exists()


@pytest.mark.parametrize("kind", ["idempotent", "queryable"])
def test_at_a_gateway_that_answers_for_itself_each_message_arrives_once(kind):
    luck = random.Random(SEED)
    fate = lambda n: luck.choice(MISFORTUNES) if luck.random() < 0.15 else 202  # noqa: E731
    with operating(**{kind: True}, behave=fate) as operator:
        wanted = killed_at_random(operator, nothing_under_way)
    assert Counter(operator.refs) == Counter(wanted)
    assert {str(ref) for ref in Message.objects.filter(state="accepted").values_list("ref", flat=True)} == wanted


def test_at_a_blind_gateway_none_arrives_twice_and_every_doubt_is_shown():
    luck = random.Random(SEED)
    fate = lambda n: luck.choice(MISFORTUNES) if luck.random() < 0.15 else 202  # noqa: E731
    with operating(behave=fate) as operator:
        wanted = killed_at_random(operator, nothing_under_way)
    arrived = Counter(operator.refs)
    assert max(arrived.values()) == 1
    states = {str(ref): state for ref, state in Message.objects.values_list("ref", "state")}
    assert states.keys() == wanted
    assert {states[ref] for ref in wanted - arrived.keys()} <= {"unknown"}, "lost without a word"
    assert all(ref in arrived for ref, state in states.items() if state == "accepted")
    assert set(states.values()) == {"accepted", "unknown"}
