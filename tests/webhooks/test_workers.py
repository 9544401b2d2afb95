"""Real workers send without being told: a Celery worker, with and without its broker, and one without Celery."""

import time

import pytest
from django.db import transaction

from audit.trail import record
from jobs import bell
from tests import make
from tests.jobs.test_kills import started, until
from tests.webhooks.receiver import receiving
from webhooks import redelivery

pytestmark = pytest.mark.django_db(transaction=True)
LOOKED = 2.0  # seconds between two looks of the quickest sender
CELERY = ["-m", "celery", "-A", "crm", "worker", "-c", "1", "-l", "critical", "--without-gossip", "--without-mingle"]


@transaction.atomic
def happen(customer):
    record(customer, "customer.changed", by=None, customer=customer)


@pytest.mark.parametrize("words", [CELERY, ["manage.py", "work", "--pause", "60"]], ids=["celery", "work"])
def test_what_is_owed_is_sent_within_seconds(words, tmp_path):
    with receiving() as receiver:
        subscription = make.subscription(url=receiver.url)
        customer = make.customer(subscription.unit)
        nobody = {"REDIS_URL": f"redis+socket://{tmp_path}/nobody.sock?virtual_host=0"}
        with started(*words, WEBHOOK_HOSTS=receiver.host, **nobody):
            happen(customer)
            assert until(lambda: receiver.came, 30)
            happen(customer)
            assert until(lambda: len(receiver.came) == 2, 10)


def test_a_test_event_rings(monkeypatch):
    """Whoever presses the button waits for it: the senders are woken and do not wait for their next look."""
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    with receiving() as receiver:
        subscription = make.subscription(url=receiver.url)
        with started(*CELERY, WEBHOOK_HOSTS=receiver.host):
            happen(make.customer(subscription.unit))
            assert until(lambda: receiver.came, 30)
            began = time.monotonic()
            for n in range(2, 10):
                redelivery.send_test(subscription, by=subscription.created_by)
                assert until(lambda n=n: len(receiver.came) == n, 10)
            assert time.monotonic() - began < 8 * LOOKED / 2, "nobody heard the bell"
