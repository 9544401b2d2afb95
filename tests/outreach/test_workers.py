"""Real workers send without being told, with and without their broker."""

import pytest
from django.db import transaction

from outreach.models import Message
from outreach.queueing import queue
from tests import make
from tests.jobs.test_kills import started, until
from tests.outreach.operator import operating

CELERY = ["-m", "celery", "-A", "crm", "worker", "-c", "1", "-l", "critical", "--without-gossip", "--without-mingle"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("words", [CELERY, ["manage.py", "work", "--pause", "60"]], ids=["celery", "work"])
def test_what_is_due_is_sent_within_seconds_and_what_is_in_doubt_is_settled(words, tmp_path):
    customer = make.reachable()
    make.rules(customer.branch)
    code = make.template(customer.branch).code
    nobody = {"REDIS_URL": f"redis+socket://{tmp_path}/nobody.sock?virtual_host=0"}
    with operating(queryable=True, behave=lambda n: "taken_then_reset" if n == 1 else 202) as operator:
        with started(*words, GATEWAY_SMS=operator.url(), **nobody):
            for key in "ab":
                with transaction.atomic():
                    queue(customer, code, key=key)
            sent = Message.objects.filter(state="accepted")
            assert until(lambda: sent.count() == 2, 40)
        assert len(operator.arrived) == 2
