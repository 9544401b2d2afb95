"""What is cancelled while it is in hand is not sent later."""

import pytest

from audit.models import Event
from outreach import claims, sending, settling
from outreach.closing import close, keep
from outreach.decisions import cancel_about, retry
from outreach.gateways.registry import gateway_for
from outreach.models import Message
from tests import make
from tests.outreach.hands.held import between_calls, sent, states
from tests.outreach.operator import operating
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def settled(customer, **fields):
    """Four messages about one record, which a function then settles by a person."""
    make.rules(customer.branch)
    about = make.user()
    known = {"about_type": about._meta.label_lower, "about_id": about.pk}
    messages = [make.message(customer, **known | fields) for _ in range(4)]
    return messages, lambda: cancel_about(about, by=about)


def test_what_is_cancelled_while_it_is_in_hand_is_not_called_and_not_sent_later(operator, gateway, monkeypatch):
    monkeypatch.setattr(sending, "LOOK", -1)
    customer = make.reachable()
    messages, settle = settled(customer)
    other = make.message(customer)
    sent(claims.claim(gateway, 5), gateway, between_calls(settle))
    assert states() == ["accepted"] + ["cancelled"] * 3 + ["planned"]
    last = messages[-1]
    assert list(last.decisions.values_list("what", "reason", "by")) == [("cancelled", "settled_by_now", last.about_id)]
    told = Event.objects.get(verb="message.cancelled", subject_id=last.pk)
    assert (told.actor_id, told.customer_id, told.data["reason"]) == (last.about_id, customer.pk, "settled_by_now")
    assert sending.sms() == 1
    assert operator.refs == [str(messages[0].ref), str(other.ref)]


@pytest.mark.parametrize(
    ("answer", "state"), [(429, "cancelled"), (202, "accepted"), (500, "unknown"), (422, "failed")]
)
def test_what_is_cancelled_during_its_call_goes_where_the_answer_says(operator, gateway, all_due, answer, state):
    _messages, settle = settled(make.reachable())
    [attempt, *others] = claims.claim(gateway, 4)
    operator.behave = lambda n: answer
    heard = [sending.call(attempt, gateway)] + [None] * len(others)
    assert settle() == 0, "all are in hand"
    assert settle() == 0
    keep(list(zip([attempt, *others], heard, strict=True)), gateway)
    assert states() == [state] + ["cancelled"] * 3
    all_due()
    assert sending.sms() == (answer == 500)  # that may have arrived: it is told again


@pytest.mark.parametrize("policy", ["at_most_once", "at_least_once"])
def test_one_in_doubt_that_was_cancelled_in_hand_is_not_sent_again(settings, all_due, policy):
    with operating(behave=lambda n: "taken_then_reset") as operator:
        settings.GATEWAYS = {"sms": operator.url(name="sms"), "email": ""}
        gateway = gateway_for("sms")
        messages, settle = settled(make.reachable(), policy=policy)
        hand = claims.claim(gateway, 1)
        settle()
        sent(hand, gateway)
        for _ in range(2):
            all_due()
            settling.work_off()
            sending.sms()
    assert states() == ["unknown"] + ["cancelled"] * 3
    assert operator.refs == [str(messages[0].ref)]


def test_one_that_never_came_to_the_gateway_is_cancelled_and_not_sent_again(settings, all_due):
    with operating(queryable=True, behave=lambda n: 500) as operator:
        settings.GATEWAYS = {"sms": operator.url(name="sms"), "email": ""}
        gateway = gateway_for("sms")
        _messages, settle = settled(make.reachable())
        hand = claims.claim(gateway, 1)
        settle()
        sent(hand, gateway)
        all_due()
        settling.work_off()
    assert states() == ["cancelled"] * 4
    assert operator.refs == []


def test_one_that_a_person_has_tried_anew_is_sent_although_it_was_cancelled_once(operator, gateway):
    operator.behave = lambda n: 422 if n == 1 else 202
    messages, settle = settled(make.reachable())
    hand = claims.claim(gateway, 1)
    settle()
    sent(hand, gateway)
    retry(Message.objects.get(pk=messages[0].pk), by=make.user())
    assert sending.sms() == 1
    assert states()[0] == "accepted"


def test_who_cancels_and_who_closes_at_once_leave_nothing_to_send(operator, gateway):
    messages, settle = settled(make.reachable())
    hand = claims.claim(gateway, 4)
    race(messages[1], [lambda: close([(attempt, None) for attempt in hand], gateway), settle])
    assert states() == ["cancelled"] * 4
