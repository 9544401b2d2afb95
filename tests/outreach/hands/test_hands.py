"""A sender has several messages in hand: each keeps its own attempt, and what was not called goes back as it was."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from outreach import claims, halts, sending, settling
from outreach.closing import close
from outreach.gateways.registry import gateway_for
from outreach.hands import Hand
from outreach.judging import HAND_PAUSE, No
from outreach.models import Attempt, Breaker, Message
from tests import make
from tests.outreach.hands.held import between_calls, outcomes, owe, sent, states
from tests.outreach.operator import operating
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)


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
