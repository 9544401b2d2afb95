"""The doorbell: quick when it works, quickly forgotten when it does not."""

import socket
import time
from contextlib import closing

import pytest
from django.db import transaction

from crm.celery import app
from jobs import bell, runs
from jobs.models import Run

BUDGET = 3.0  # seconds; generous for a busy machine, and far from waiting for ever


@pytest.fixture
def broker(monkeypatch):
    """Point the bell at a broker; it has not failed yet."""
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    return lambda url: monkeypatch.setattr(app.conf, "broker_write_url", url)


def seconds(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def ask():
    runs.ask("jobs.pulse", key="k")


@pytest.mark.django_db(transaction=True)
def test_a_ring_reaches_the_queue(broker):
    with app.connection_for_write() as link:
        channel = link.default_channel
        channel.client.delete("celery")
        ask()
        assert channel.client.llen("celery") == 1
        channel.client.delete("celery")


@pytest.mark.django_db(transaction=True)
def test_nothing_rings_for_what_was_rolled_back(broker):
    with app.connection_for_write() as link:
        channel = link.default_channel
        channel.client.delete("celery")
        with pytest.raises(ZeroDivisionError):
            _ask_and_fail()
        assert channel.client.llen("celery") == 0


@pytest.mark.django_db(transaction=True)
def test_many_wishes_in_one_transaction_ring_once(broker):
    with app.connection_for_write() as link:
        channel = link.default_channel
        channel.client.delete("celery")
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError):
                _ask_and_fail()  # what was rolled back does not stand for what follows
            for n in range(3):
                runs.ask("jobs.pulse", key=f"k{n}")
        assert channel.client.llen("celery") == 1
        channel.client.delete("celery")


@transaction.atomic
def _ask_and_fail():
    ask()
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_neither_fails_nor_holds_a_request(broker, tmp_path):
    broker(f"redis+socket://{tmp_path}/nobody.sock?virtual_host=0")
    assert seconds(ask) < BUDGET
    assert Run.objects.count() == 1
    assert seconds(bell.ring) < 0.05  # not tried again at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("accepts", [True, False])
def test_a_broker_that_never_answers_costs_a_moment_once(broker, tmp_path, accepts):
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1 if accepts else 0)
        port = silent.getsockname()[1]
        fillers = [] if accepts else [_knock(port) for _ in range(3)]
        broker(f"redis://127.0.0.1:{port}/0")
        assert seconds(ask) < BUDGET
        assert Run.objects.count() == 1
        assert seconds(bell.ring) < 0.05
        for filler in fillers:
            filler.close()


def _knock(port):
    link = socket.socket()
    link.setblocking(False)
    link.connect_ex(("127.0.0.1", port))
    return link
