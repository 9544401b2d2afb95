"""What goes wrong in the middle of a hand costs no answer."""

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest
from django.db import OperationalError, connection

from outreach import claims, sending, settling
from outreach.closing import close, keep
from outreach.gateways import Answer, Outcome
from outreach.gateways.registry import gateway_for
from outreach.models import Attempt, Breaker, Message
from tests.outreach.hands.held import between_calls, owe, sent, states
from tests.outreach.operator import operating
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def failing_at(gateway, n, monkeypatch):
    """The gateway fails at the nth call in a way that it should not."""
    send, calls = gateway.send, count(1)

    def failing(**said):
        if next(calls) == n:
            raise KeyError("of its own")
        return send(**said)

    monkeypatch.setattr(gateway, "send", failing)


def test_a_gateway_that_fails_in_a_way_of_its_own_costs_no_answer_heard_before(operator, gateway, monkeypatch):
    failing_at(gateway, 3, monkeypatch)
    owe(4)
    sent(claims.claim(gateway, 4), gateway)
    assert states() == ["accepted", "accepted", "unknown", "planned"]
    assert list(Attempt.objects.order_by("pk").values_list("outcome", "status"))[2:] == [
        ("unknown", "error"), ("uncalled", ""),
    ]  # fmt: skip


def connection_lost():
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize(("look", "called"), [(-1, 1), (60, 3)])
def test_a_connection_that_is_lost_in_the_middle_of_a_hand_costs_no_answer(
    operator, gateway, monkeypatch, look, called
):
    monkeypatch.setattr(sending, "LOOK", look)
    owe(3)
    sent(claims.claim(gateway, 3), gateway, between_calls(connection_lost))
    assert states() == ["accepted"] * called + ["planned"] * (3 - called)
    assert len(operator.came) == called


def test_answers_that_were_kept_without_our_hearing_of_it_stay_as_they_are(operator, gateway):
    owe(3)
    hand = claims.claim(gateway, 3)
    heard = list(zip(hand, sending.call_all(hand, gateway), strict=True))
    close(heard, gateway)
    before = list(Attempt.objects.order_by("pk").values())
    assert keep(heard, gateway) == set()
    assert (states(), list(Attempt.objects.order_by("pk").values())) == (["accepted"] * 3, before)


@pytest.mark.parametrize("number", ["a\0b", "a\ud800b"])
def test_an_answer_that_cannot_be_kept_harms_itself_alone(operator, gateway, number):
    owe(3)
    hand = claims.claim(gateway, 3)
    answers = sending.call_all(hand, gateway)
    answers[1] = replace(answers[1], gateway_ref=number)
    assert keep(list(zip(hand, answers, strict=True)), gateway) == {hand[0].message_id, hand[2].message_id}
    assert states() == ["accepted", "submitting", "accepted"]


def test_who_closes_late_and_who_settles_do_not_wait_for_each_other(settings, all_due):
    with operating(queryable=True) as operator:
        settings.GATEWAYS = {"sms": operator.url(name="sms"), "email": ""}
        gateway = gateway_for("sms")
        breaker = Breaker.objects.create(gateway="sms", channel="sms", failures=1)
        owe(1)
        [attempt] = claims.claim(gateway)
        all_due()
        settling.lapse({"sms": gateway})
        message, answer = Message.objects.get(), sending.call(attempt, gateway)
        race(breaker, [
            lambda: close([(attempt, answer)], gateway),
            lambda: settling._heard(message, Answer(Outcome.UNKNOWN), gateway),
        ])  # fmt: skip
    assert states() == ["accepted"]
