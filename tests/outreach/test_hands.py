"""A sender has several messages in hand: each keeps its own attempt, and what was not called goes back as it was."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from audit.models import Event
from outreach import claims, halts, sending, settling
from outreach.closing import close, keep
from outreach.decisions import cancel_about, retry
from outreach.gateways import Answer, Outcome
from outreach.gateways.registry import gateway_for
from outreach.hands import Hand
from outreach.judging import HAND_PAUSE, No
from outreach.models import Attempt, Breaker, Message
from outreach.queueing import queue
from tests import make
from tests.outreach.operator import operating
from tests.race import race, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind():
    return "idempotent"


@pytest.fixture
def operator(settings, kind):
    """An operator that is told again, or asked."""
    with operating(**{kind: True}) as one:
        settings.GATEWAYS = {"sms": one.url(name="sms"), "email": ""}
        yield one


def owe(many, customer=None, **fields):
    customer = customer or make.reachable()
    make.rules(customer.branch, **fields.pop("rules", {}))
    code = make.template(customer.branch, **fields).code
    with transaction.atomic():
        return [queue(customer, code, key=f"k{next(make.number)}") for _ in range(many)]


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def outcomes():
    return list(Attempt.objects.order_by("pk").values_list("outcome", flat=True))


def between_calls(happens):
    """A `stop` that lets something happen after the first call of a hand, and stops nobody."""
    left = [happens]

    def stop():
        if left:
            left.pop()()
        return False

    return stop


def sent(hand, gateway, stop=lambda: False):
    """Called, and its answers kept."""
    answers = sending.call_all(hand, gateway, stop)
    keep(list(zip(hand, answers, strict=True)), gateway)
    return answers


def test_a_hand_is_claimed_called_and_closed_together(operator, gateway):
    owe(5)
    hand = claims.claim(gateway, 5)
    assert (states(), outcomes()) == (["submitting"] * 5, [""] * 5)
    sent(hand, gateway)
    assert (states(), outcomes()) == (["accepted"] * 5, ["accepted"] * 5)
    assert operator.refs == [str(attempt.message.ref) for attempt in hand]
    assert set(Message.objects.values_list("gateway_ref", flat=True)) == {f"g-{ref}" for ref in operator.refs}


def test_a_hand_begins_with_one_doubles_and_is_as_large_as_a_fifth_of_a_second_allows(gateway):
    size, sizes = Hand(gateway), []
    for _ in range(8):
        sizes.append(size.size)
        size.took(0.001 * size.size, size.size)
    assert sizes == [1, 2, 4, 8, 16, 32, 32, 32]
    for _ in range(20):
        size.took(0.05 * size.size, size.size)
    assert size.size == 4
    size.broke_off()
    assert size.size == 1


def test_at_a_blind_gateway_a_sender_has_one_message_in_hand_so_that_its_death_leaves_one_doubt(settings, all_due):
    with operating() as operator:
        settings.GATEWAYS = {"sms": operator.url(name="sms"), "email": ""}
        gateway = gateway_for("sms")
        size = Hand(gateway)
        size.took(0.001, 1)
        assert size.size == 1
        owe(3)
        claims.claim(gateway, size.size)
        all_due()
        settling.work_off()
        sending.sms()
        assert Counter(states()) == {"unknown": 1, "accepted": 2}
        assert len(operator.arrived) == 2


@pytest.mark.parametrize("kind", ["idempotent", "queryable"])
@pytest.mark.parametrize("called", [0, 2, 5])
def test_a_sender_that_dies_with_a_hand_loses_and_doubles_nothing(operator, gateway, all_due, called):
    owe(5)
    hand = claims.claim(gateway, 5)
    for attempt in hand[:called]:
        sending.call(attempt, gateway)
    for _ in range(2):
        all_due()
        settling.work_off()
        all_due()
        sending.sms()
    assert states() == ["accepted"] * 5
    assert Counter(operator.refs) == {str(attempt.message.ref): 1 for attempt in hand}
    assert outcomes()[:5] == ["lost"] * 5


def test_two_messages_of_one_hand_do_not_both_pass_a_cap_that_one_may_pass(operator, gateway):
    customer = make.reachable()
    owe(3, customer, message_class="care", rules={"care_per_week": 2})
    other = make.message(customer)
    hand = claims.claim(gateway, 8)
    assert len(hand) == 3
    held = Message.objects.get(state="planned")
    assert (held.reason, held.message_class) == ("frequency", "care")
    assert list(held.decisions.values_list("what", "reason", "until")) == [("postponed", "frequency", held.next_at)]
    assert other.pk in {attempt.message_id for attempt in hand}


def test_what_a_guard_ends_uses_up_nothing_of_a_cap(operator, gateway, settings):
    settings.SEND_GUARDS = [f"{__name__}.first_is_paid"]
    owe(2, message_class="care", rules={"care_per_week": 1})
    assert len(claims.claim(gateway, 2)) == 1
    assert states() == ["withheld", "submitting"]


def first_is_paid(messages, at):
    return {min(one.pk for one in messages): No("paid")}


PAID = set()  # customers


def paid(messages, at):
    """Asked once for all of a hand."""
    return {one.pk: No("settled_by_now") for one in messages if one.customer_id in PAID}


def test_what_is_paid_in_the_middle_of_a_hand_is_asked_about_again_before_it_goes(operator, settings, monkeypatch):
    settings.SEND_GUARDS = [f"{__name__}.paid"]
    monkeypatch.setattr(sending, "FRESH", -1)  # what a guard said of the first is too old for the others
    customer = make.reachable()
    owe(4, customer)
    gateway = gateway_for("sms")
    hand = claims.claim(gateway, 4)
    answers = sent(hand, gateway, between_calls(lambda: PAID.add(customer.pk)))
    try:
        assert [answer is not None for answer in answers] == [True, False, False, False]
        assert sending.sms() == 0
    finally:
        PAID.clear()
    assert states() == ["accepted", "withheld", "withheld", "withheld"]
    assert len(operator.came) == 1


@pytest.mark.parametrize("answer", [429, 500])
def test_after_a_failure_the_rest_of_a_hand_goes_back_as_it_was(operator, gateway, answer):
    operator.behave = lambda n: answer if n == 2 else 202
    owe(4)
    before = list(Message.objects.order_by("pk").values_list("submitted_at", "reason"))
    sent(claims.claim(gateway, 4), gateway)
    assert states() == ["accepted", "planned" if answer == 429 else "unknown", "planned", "planned"]
    assert outcomes()[2:] == ["uncalled"] * 2
    given_back = Message.objects.order_by("pk")[2:]
    assert [one.tries for one in given_back] == [0, 0]
    assert [(one.submitted_at, one.reason) for one in given_back] == before[2:]
    assert not any(one.in_doubt or one.decisions.exists() for one in given_back)
    assert Breaker.objects.get().failures == 1
    assert sending.sms() == 2
    assert Breaker.objects.get().failures == 0


def test_one_in_doubt_that_is_given_back_stays_in_doubt(operator, gateway):
    customer = make.reachable()
    make.rules(customer.branch)
    doubt = {"state": "unknown", "in_doubt": True, "gateway": "sms", "attempts": 1, "reason": "no_answer"}
    operator.behave = lambda n: 429
    moment = timezone.now()
    make.message(customer)
    one = make.message(customer, submitted_at=moment, **doubt)
    sent(claims.claim(gateway, 2), gateway)
    one.refresh_from_db()
    assert (one.state, one.in_doubt, one.reason, one.submitted_at) == ("unknown", True, "no_answer", moment)
    assert not one.decisions.exists(), "nobody has sent it again"
    operator.behave = lambda n: 202
    sent(claims.claim(gateway, 1), gateway)
    assert list(one.decisions.values_list("what", "reason")) == [("retried", "resend_same")]


def test_what_is_in_hand_and_never_called_puts_the_others_off_for_a_moment_alone(operator, gateway, all_due):
    owe(3, message_class="care", rules={"care_per_week": 1})
    hand = claims.claim(gateway, 2)
    assert claims.claim(gateway, 1) == []
    put_off = Message.objects.filter(state="planned").order_by("pk")
    assert {one.reason for one in put_off} == {"frequency"}
    assert max(one.next_at for one in put_off) < timezone.now() + 2 * HAND_PAUSE
    close([(attempt, None) for attempt in hand], gateway)
    all_due()
    assert sending.sms() == 1
    assert min(one.next_at for one in put_off.all()) > timezone.now() + timedelta(days=6)


def opened():
    rest_until = timezone.now() + timedelta(minutes=1)
    Breaker.objects.create(gateway="sms", channel="sms", failures=9, rest_until=rest_until)


def test_a_breaker_that_others_open_in_the_middle_of_a_hand_keeps_the_rest_back(operator, gateway, monkeypatch):
    monkeypatch.setattr(sending, "LOOK", -1)
    owe(4)
    sent(claims.claim(gateway, 4), gateway, between_calls(opened))
    assert (states(), len(operator.came)) == (["accepted"] + ["planned"] * 3, 1)
    assert outcomes() == ["accepted"] + ["uncalled"] * 3


def test_a_halt_in_the_middle_of_a_hand_keeps_the_rest_back(operator, gateway, monkeypatch):
    monkeypatch.setattr(sending, "LOOK", -1)
    customer, person = make.reachable(), make.user()
    owe(4, customer)
    halting = between_calls(lambda: halts.halt(customer.branch, by=person, why="wrong text"))
    sent(claims.claim(gateway, 4), gateway, halting)
    assert (states(), len(operator.came)) == (["accepted"] + ["planned"] * 3, 1)
    assert sending.sms() == 0
    assert list(Message.objects.order_by("pk").values_list("reason", flat=True)) == ["", "halted", "halted", "halted"]


def test_a_sender_that_is_to_stop_ends_its_call_and_gives_the_rest_back(operator, gateway):
    owe(40)
    calls = []
    assert sending.work_off("sms", stop=lambda: len(operator.came) >= 10 and not calls.append(1)) == 10
    assert Counter(states()) == {"accepted": 10, "planned": 30}
    assert set(outcomes()) == {"accepted", "uncalled"}


def test_a_lease_that_is_lost_in_the_middle_of_a_hand_counts_for_the_rest(operator, gateway, all_due, monkeypatch):
    monkeypatch.setattr(sending, "LOOK", -1)
    owe(3)

    def lapse():
        all_due()
        settling.lapse({"sms": gateway})

    sent(claims.claim(gateway, 3), gateway, between_calls(lapse))
    assert len(operator.came) == 1
    assert states() == ["accepted", "unknown", "unknown"]
    assert outcomes() == ["accepted", "uncalled", "uncalled"]


def test_racing_senders_share_what_is_due_and_each_message_has_one_attempt(operator, gateway):
    customer = make.reachable()
    owe(10, customer)
    other = make.reachable(customer.unit)
    for n in range(10):  # both customers in every hand, in either order
        make.message(other if n % 2 else customer)
    taken = together(lambda: claims.claim(gateway, 5))
    messages = [attempt.message_id for hand in taken for attempt in hand]
    assert len(messages) == len(set(messages)) == 20
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}
    assert Attempt.objects.count() == 20


def test_racing_senders_send_each_message_once(operator):
    owe(60)
    made = together(sending.sms)
    assert sum(made) == 60
    assert (len(operator.came), set(Counter(operator.refs).values())) == (60, {1})
    assert set(states()) == {"accepted"}


def test_what_goes_well_has_one_line_for_the_hand_and_what_does_not_its_own(operator):
    operator.behave = lambda n: 422 if n == 3 else 202
    owe(7)
    with capture_logs() as lines:
        sending.sms()
    said = [line for line in lines if line["event"] == "messages.sent"]
    assert sum(line.get("accepted", 0) for line in said) == 6
    assert len(said) == 3
    [failed] = [line for line in lines if line["event"] == "message.not_sent"]
    assert (failed["outcome"], failed["status"]) == ("refused", "422")


# What goes wrong in the middle of a hand.


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


# What is cancelled while it is in hand.


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
