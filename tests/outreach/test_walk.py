"""A message's whole way, through the simulator and back: sent, doubted, settled, reported, answered."""

import pytest
from django.db import transaction

from outreach import consents, sending, settling
from outreach.kinds import Channel, Purpose
from outreach.models import Consent, DeliveryReport, Inbound, Message
from outreach.queueing import queue
from tests import make
from tests.outreach import centre as centres
from tests.outreach.centre import waited

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13900000001"


@pytest.fixture
def centre(tmp_path, settings, live_server):
    """The simulator as `make run` connects it: it tells the product what became of each message."""
    with centres.running(tmp_path, live_server.url) as one:
        settings.GATEWAYS = {"sms": centres.address(one, grace=0.1), "email": centres.address(one)}
        yield one


@pytest.fixture
def customer():
    made = make.reachable(phone=PHONE, name="张伟")
    make.rules(made.branch)
    return made


def owe(customer, message_class="service", **fields):
    template = make.template(customer.branch, message_class=message_class, **fields)
    with transaction.atomic():
        return queue(customer, template.code, key=f"walk/{template.code}")


def state(message):
    return Message.objects.get(pk=message.pk).state


def send():
    return sending.work_off(Channel.SMS)


def received(centre):
    return [row["ref"] for row in centre.book.phone(PHONE)["received"]]


def delivered(message):
    return waited(lambda: state(message) == "delivered")


def test_sent_shown_and_reported(centre, customer):
    message = owe(customer)
    send()
    delivered(message)
    row = centre.book.phone(PHONE)["received"][0]
    assert (row["ref"], row["text"]) == (str(message.ref), message.text)
    assert Message.objects.get().gateway_ref == row["id"]


def test_one_without_an_answer_is_sent_again_and_arrives_once(centre, customer, all_due):
    centre.behaviour.change({"next": {"behaviour": "timeout"}, "report_after": 60})
    message = owe(customer)
    send()
    assert (state(message), len(received(centre))) == ("unknown", 1)
    all_due()
    send()
    assert (state(message), received(centre)) == ("accepted", [str(message.ref)])


@pytest.mark.parametrize(("kind", "arrives"), [("timeout", 1), ("drop", 1)])
def test_one_without_an_answer_is_asked_after(centre, customer, all_due, settings, kind, arrives):
    """The centre that may be asked, and would deliver twice what is sent twice."""
    settings.GATEWAYS = {"sms": centres.address(centre, idempotent=0, grace=0.1), "email": ""}
    centre.behaviour.change({"idempotent": False, "next": {"behaviour": kind}, "report_after": 60})
    message = owe(customer)
    send()
    assert state(message) == "unknown"
    all_due()
    settling.work_off()
    send()
    assert (state(message), len(received(centre))) == ("accepted", arrives)


def test_a_report_before_the_answer_counts(centre, customer):
    centre.behaviour.change({"next": {"behaviour": "report_first"}})
    message = owe(customer)
    send()
    assert state(message) == "delivered"
    assert DeliveryReport.objects.get().message == message


def test_one_that_could_not_be_delivered_failed(centre, customer):
    centre.behaviour.change({"next": {"behaviour": "undelivered"}})
    message = owe(customer)
    send()
    waited(lambda: state(message) == "failed")
    assert received(centre) == []


def test_a_stop_from_the_phone_ends_marketing_and_nothing_else(centre, customer):
    consents.say(
        customer, Purpose.MARKETING_SMS, Consent.Word.GIVEN, how=Consent.How.HALL, by=make.user("clerk"), proof="form"
    )
    first = owe(customer, "marketing")
    send()
    delivered(first)
    waiting = owe(customer, "marketing")
    centre.book.reply(PHONE, "ｔｄ！")
    waited(lambda: Inbound.objects.filter(handled_as="stop").exists())
    assert state(waiting) in ("cancelled", "withheld")
    assert consents.latest(customer, Purpose.MARKETING_SMS).word == Consent.Word.WITHDRAWN
    service = owe(customer)
    send()
    delivered(service)
    came = received(centre)
    assert {str(first.ref), str(service.ref)} < set(came)
    assert str(waiting.ref) not in came
    assert len(came) == 3, "the offer, the service message, and the confirmation of the stop"
