"""What docs/webhooks.md tells the people who write a receiver is true."""

import re
import time
from pathlib import Path

import pytest

from audit.trail import record
from tests import make
from webhooks import calling, claims, sending, signing
from webhooks.kinds import KINDS, TEST

GUIDE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def verify():
    """The example of the guide, as a reader would paste it."""
    [code] = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    names = {}
    exec(code, names)
    return names["verify"]


@pytest.mark.django_db
def test_the_example_believes_what_we_send_and_nothing_else(verify, receiver):
    subscription = make.subscription(url=receiver.url)
    customer = make.customer(subscription.unit)
    record(customer, "customer.changed", by=None, customer=customer)
    sending.work_off()
    [(headers, body, _path)] = receiver.came
    assert verify(subscription.secret, headers, body) == headers["webhook-id"]
    for wrong in (
        lambda: verify(make.subscription().secret, headers, body),
        lambda: verify(subscription.secret, headers, body.replace(b"changed", b"changee")),
        lambda: verify(subscription.secret, headers | {"webhook-id": "msg_0"}, body),
        lambda: verify(subscription.secret, headers | {"webhook-timestamp": str(int(time.time()) - 301)}, body),
        lambda: verify(subscription.secret, headers | {"webhook-signature": "v1a,x v2,y"}, body),
    ):
        with pytest.raises(ValueError, match=r"signed|old"):
            wrong()


def test_a_signature_is_the_one_that_was_published():
    """The known answer of the Standard Webhooks specification."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_kind_is_in_the_guide():
    assert [kind for kind in [*KINDS, TEST] if f"`{kind}`" not in GUIDE] == []


def test_the_guides_figures_are_those_of_the_code():
    assert claims.FIRST_PAUSE == 10
    assert f"within {calling.WHOLE} seconds" in GUIDE
    assert f"({claims.MOST_TRIES} attempts)" in GUIDE
    assert f"after {claims.MOST_FAILURES} the" in GUIDE
    assert claims.LONGEST_REST == 600
    assert (claims.PATIENT, claims.AT_ONCE) == (3, 4)
