"""From the outbox to the receiver: signed, in time, tried again, given up, and never two at once."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Event
from audit.trail import record
from tests import make
from tests.race import race, together
from tests.webhooks.receiver import receiving, verify
from webhooks import calling, claims, redelivery, sending
from webhooks.models import Attempt, Delivery, Subscription

pytestmark = pytest.mark.django_db


def happen(customer, times=1):
    return [record(customer, "customer.changed", by=None, customer=customer) for _ in range(times)]


@pytest.fixture
def subscription(receiver):
    return make.subscription(url=receiver.url)


@pytest.fixture
def customer(subscription):
    return make.customer(subscription.unit)


def the_only():
    return Delivery.objects.get()


def test_an_event_arrives_signed(subscription, customer, receiver):
    happen(customer)
    assert sending.work_off() == 1
    [(headers, body, path)] = receiver.came
    verify(subscription.secret, headers, body)
    assert path == "/events"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["data"]["customer"] == {"id": customer.pk, "number": customer.number}
    delivery, attempt = the_only(), Attempt.objects.get()
    assert headers["webhook-id"] == delivery.message_id
    assert (delivery.state, attempt.n, attempt.status, attempt.answer) == ("delivered", 1, 200, "thanks")
    assert attempt.ended_at >= attempt.started_at
    subscription.refresh_from_db()
    assert (subscription.last_status, subscription.failures) == (200, 0)


def test_another_secret_or_another_body_is_noticed(subscription, customer, receiver):
    happen(customer)
    sending.work_off()
    [(headers, body, _path)] = receiver.came
    for secret, changed in ((make.subscription().secret, body), (subscription.secret, body + b" ")):
        with pytest.raises(AssertionError, match="not signed"):
            verify(secret, headers, changed)


def test_each_subscription_has_a_secret_of_its_own_and_none_is_stored(subscription):
    other = make.subscription()
    assert subscription.secret != other.secret
    row = Subscription.objects.filter(pk=subscription.pk).values().get()
    assert subscription.secret not in str(row)


def test_while_a_secret_changes_both_sign(subscription, customer, receiver):
    former = subscription.secret
    subscription.change_secret(by=subscription.created_by, seen=1)
    happen(customer)
    sending.work_off()
    [(headers, body, _path)] = receiver.came
    subscription.refresh_from_db()
    assert subscription.secret != former
    verify(former, headers, body)
    verify(subscription.secret, headers, body)
    assert subscription.secrets_at(timezone.now() + timedelta(hours=25)) == [subscription.secret]


def test_what_fails_is_tried_again_under_the_same_id(subscription, customer, receiver, all_due):
    receiver.behave = [500, "reset", 302, "garbage", 204].__getitem__
    receiver.behave = lambda n, answers=(500, "reset", 302, "garbage", 204): answers[n - 1]
    happen(customer)
    for _ in range(5):
        assert sending.work_off() == 1
        all_due()
    assert sending.work_off() == 0
    assert len(set(receiver.ids)) == 1
    delivery = the_only()
    assert (delivery.state, delivery.attempts) == ("delivered", 5)
    made = list(delivery.made.order_by("n").values_list("status", "error"))
    assert made == [(500, ""), (None, "broken"), (302, ""), (None, "broken"), (204, "")]
    subscription.refresh_from_db()
    assert subscription.failures == 0


def test_the_pauses_grow_to_six_hours_over_three_days():
    pauses = [claims.pause_after(n) for n in range(1, claims.MOST_TRIES)]
    assert 7 <= pauses[0] <= 13
    assert max(pauses) <= 6 * 3600 * 1.25
    assert 2 * 86400 < sum(pauses) < 4 * 86400
    assert len({round(claims.pause_after(3), 3) for _ in range(20)}) > 10


def test_what_is_never_taken_is_given_up_and_can_be_sent_again(subscription, customer, receiver, all_due, monkeypatch):
    monkeypatch.setattr(claims, "MOST_FAILURES", 1000)
    receiver.behave = lambda n: 503
    happen(customer)
    for _ in range(claims.MOST_TRIES):
        sending.work_off()
        all_due()
    assert (the_only().state, len(receiver.came)) == ("dead", claims.MOST_TRIES)
    receiver.behave = lambda n: 200
    redelivery.redeliver(the_only(), by=subscription.created_by)
    sending.work_off()
    assert the_only().state == "delivered"
    assert len(set(receiver.ids)) == 1
    assert list(the_only().made.order_by("n").values_list("n", flat=True)) == list(range(1, claims.MOST_TRIES + 2))


def test_a_receiver_that_fails_in_a_row_is_paused_and_what_waits_is_kept(subscription, customer, receiver, all_due):
    receiver.behave = lambda n: 500
    happen(customer, 3)
    for _ in range(40):
        sending.work_off()
        all_due()
    assert len(receiver.came) == claims.MOST_FAILURES
    subscription.refresh_from_db()
    assert (subscription.state, subscription.stopped_for) == ("paused", "failures")
    event = Event.objects.get(verb="subscription.moved")
    assert (event.actor, event.data) == (None, {"from": "active", "to": "paused", "reason": "failures"})
    happen(customer)
    assert sending.work_off() == 0
    receiver.behave = lambda n: 200
    subscription.resume(by=subscription.created_by)
    all_due()
    assert sending.work_off() == 4
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_good_answer_forgives_the_failures_before_it(subscription, customer, receiver, all_due):
    receiver.behave = lambda n: 200 if n % 10 == 0 else 500
    happen(customer, 3)
    for _ in range(40):
        sending.work_off()
        all_due()
    subscription.refresh_from_db()
    assert subscription.state == "active"


def test_gone_pauses_at_once(subscription, customer, receiver):
    receiver.behave = lambda n: 410
    happen(customer, 5)
    sending.work_off()
    subscription.refresh_from_db()
    assert (subscription.state, subscription.stopped_for, len(receiver.came)) == ("paused", "gone", 1)


def test_a_failing_receiver_is_left_in_peace_for_all_its_events(subscription, customer, receiver):
    receiver.behave = lambda n: 500
    happen(customer, 10)
    assert sending.work_off() == claims.PATIENT
    subscription.refresh_from_db()
    assert subscription.rest_until > timezone.now()


def test_a_receiver_may_ask_for_patience(subscription, customer, receiver):
    receiver.behave, receiver.headers = lambda n: 429, {"Retry-After": "120"}
    happen(customer, 2)
    assert sending.work_off() == 1
    subscription.refresh_from_db()
    assert timedelta(seconds=85) < subscription.rest_until - timezone.now() < timedelta(seconds=155)


def test_who_withdraws_or_pauses_is_not_called(subscription, customer, receiver):
    happen(customer)
    subscription.pause(by=None)
    assert sending.work_off() == 0
    subscription.resume(by=None)
    subscription.withdraw(by=None)
    assert sending.work_off() == 0
    happen(customer)
    assert Delivery.objects.count() == 1
    assert receiver.came == []


def test_an_answer_without_end_is_cut_and_a_long_one_kept_in_part(subscription, customer, receiver):
    receiver.behave = lambda n: "endless"
    happen(customer)
    sending.work_off()
    attempt = Attempt.objects.get()
    assert (attempt.status, len(attempt.answer)) == (200, calling.KEPT)


def test_an_answer_that_drips_is_cut_when_its_time_is_over(subscription, customer, receiver, monkeypatch):
    monkeypatch.setattr(calling, "WHOLE", 0.4)
    receiver.behave = lambda n: "drip"
    happen(customer)
    sending.work_off()
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error) == (None, "timeout")
    assert 300 < attempt.ms < 3000
    assert the_only().state == "waiting"


def test_a_receiver_that_is_not_there_is_tried_later(customer, receiver, settings):
    with receiving() as closed:
        settings.WEBHOOK_HOSTS = [receiver.host, closed.host]
        nobody = make.subscription(customer.unit, url=closed.url)
    happen(customer)
    sending.work_off()
    assert Attempt.objects.get(delivery__subscription=nobody).error == "connect"
    assert len(receiver.came) == 1


def test_one_that_fails_does_not_hold_up_the_others(customer, receiver, settings):
    with receiving(lambda n: 500) as sick:
        settings.WEBHOOK_HOSTS = [receiver.host, sick.host]
        make.subscription(customer.unit, url=sick.url)
        happen(customer, 50)
        sending.work_off()
        assert len(receiver.came) == 50
        assert len(sick.came) == claims.PATIENT
        assert claims.claim(express=True) is None


def test_express_senders_leave_out_who_is_slow_or_failing(subscription, customer):
    slow = make.subscription(customer.unit, last_ms=claims.QUICK)
    failing = make.subscription(customer.unit, failures=1)
    happen(customer)
    assert claims.claim(express=True).delivery.subscription == subscription
    assert claims.claim(express=True) is None
    assert {claims.claim().delivery.subscription, claims.claim().delivery.subscription} == {slow, failing}


def test_turns_go_round(customer, subscription):
    other = make.subscription(customer.unit)
    happen(customer, 5)
    taken = [claims.claim().delivery.subscription for _ in range(6)]
    assert [taken.count(one) for one in (subscription, other)] == [3, 3]


def test_no_more_than_a_few_calls_at_once_to_one_receiver(subscription, customer):
    happen(customer, 10)
    taken = [claims.claim() for _ in range(10)]
    assert len([one for one in taken if one]) == claims.AT_ONCE


def test_a_lapsed_lease_is_taken_over_and_the_first_one_changes_nothing(subscription, customer, all_due):
    happen(customer)
    first = claims.claim()
    all_due()
    second = claims.claim()
    assert (first.delivery, second.n) == (second.delivery, 2)
    assert claims.close(first, calling.Answer(status=500)) is False
    assert the_only().state == "sending"
    assert claims.close(second, calling.Answer(status=200)) is True
    assert the_only().state == "delivered"


def test_an_attempt_cut_short_says_so(subscription, customer, receiver, all_due):
    happen(customer)
    claims.claim()
    all_due()
    sending.work_off()
    assert list(the_only().made.order_by("n").values_list("status", "error")) == [(None, "lost"), (200, "")]


def test_what_kills_its_sender_each_time_is_given_up(subscription, customer, receiver, all_due):
    happen(customer)
    for _ in range(claims.MOST_TRIES):
        claims.claim()
        all_due()
    sending.work_off()
    assert (the_only().state, receiver.came) == ("dead", [])


@pytest.mark.django_db(transaction=True)
def test_two_senders_never_take_the_same(receiver):
    subscription = make.subscription(url=receiver.url)
    customer = make.customer(subscription.unit)
    record_in_transaction(customer, 40)
    made = together([sending.work_off] * 4)
    assert sum(made) == 40 == len(receiver.came)
    assert len(set(receiver.ids)) == 40
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}


@pytest.mark.django_db(transaction=True)
def test_racing_claims_keep_to_the_bound(receiver):
    subscription = make.subscription(url=receiver.url)
    record_in_transaction(make.customer(subscription.unit), 40)
    taken = together([claims.claim] * 8)
    assert 0 < len([one for one in taken if one]) <= claims.AT_ONCE
    keys = [one.delivery_id for one in taken if one]
    assert len(keys) == len(set(keys))


@pytest.mark.django_db(transaction=True)
def test_pausing_and_resuming_at_once_leaves_one_of_both(receiver):
    subscription = make.subscription(url=receiver.url)

    def press(word):
        one = Subscription.objects.get(pk=subscription.pk)
        return getattr(one, word)(by=subscription.created_by)

    race(subscription, [lambda: press("pause"), lambda: press("withdraw"), lambda: press("pause")])
    subscription.refresh_from_db()
    assert subscription.state == "withdrawn"


def record_in_transaction(customer, times):
    from django.db import transaction

    with transaction.atomic():
        happen(customer, times)


def test_a_claim_costs_the_same_however_much_waits(subscription, customer):
    """Read from the plan: the pages touched by looking for whose turn it is."""

    def touched():
        values = {"far": claims.FAR, "quick": claims.QUICK, "at_once": 4, "express": False, "only": None}
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {claims.NEXT}", values)
            return cursor.fetchone()[0][0]["Plan"]["Shared Hit Blocks"]

    happen(customer)
    few = touched()
    event = (
        "INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)"
        " SELECT 'customer.imported', 'customers.customer', %s, %s, %s, '', '{}' FROM generate_series(1, 5000)"
    )
    with connection.cursor() as cursor:
        cursor.execute(event, [customer.pk, customer.pk, customer.branch_id])
    assert touched() < few + 20
