"""Delivery reports come twice, late, too early, or for nothing we know."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Event
from outreach import claims, reports, sending, settling
from outreach.closing import close
from outreach.models import Attempt, DeliveryReport, Message
from tests import make
from tests.race import race, together

DB = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True)


def sent(**fields):
    fields = {"state": "accepted", "next_at": None, "gateway": "sms", "gateway_ref": "g1"} | fields
    return make.message(make.reachable(), **fields)


def fresh(one):
    return Message.objects.get(pk=one.pk)


@DB
@pytest.mark.parametrize(
    ("status", "state"), [("delivered", "delivered"), ("undelivered", "failed"), ("pending", "accepted")]
)
@pytest.mark.parametrize("by_ref", [True, False])
def test_a_report_says_what_became_of_it(status, state, by_ref):
    one = sent()
    known = {"ref": str(one.ref), "gateway_ref": ""} if by_ref else {"ref": None, "gateway_ref": "g1"}
    report = reports.take("sms", status=status, **known)
    assert (fresh(one).state, DeliveryReport.objects.get(pk=report.pk).message_id) == (state, one.pk)


@DB
def test_told_again_nothing_changes():
    one = sent()
    for _ in range(2):
        reports.take("sms", "g1", one.ref, "delivered")
    reports.take("sms", "g1", one.ref, "undelivered")
    assert (fresh(one).state, DeliveryReport.objects.count()) == ("delivered", 2)


@DB
def test_a_number_heard_of_late_ends_the_doubt_and_finds_the_receipt_that_came_before():
    one = sent(state="unknown", in_doubt=True, gateway_ref="")
    reports.take("sms", "g9", one.ref, "pending")
    assert (fresh(one).state, fresh(one).gateway_ref, fresh(one).in_doubt) == ("accepted", "g9", False)
    assert fresh(one).accepted_at is not None
    two = sent(state="unknown", in_doubt=True, gateway_ref="")
    reports.take("sms", "g8", None, "delivered")
    assert fresh(two).state == "unknown"
    reports.take("sms", "g8", two.ref, "pending")
    assert fresh(two).state == "delivered"


@DB
def test_a_report_ends_a_doubt():
    one = sent(state="unknown", in_doubt=True, gateway_ref="")
    reports.take("sms", "g9", one.ref, "delivered")
    ended = fresh(one)
    assert (ended.state, ended.in_doubt, ended.gateway_ref) == ("delivered", False, "g9")
    assert ended.decisions.get().reason == "reported"


@DB
def test_a_report_stops_what_was_to_be_sent_again():
    one = sent(state="planned", next_at="2020-01-01T00:00Z", attempts=1)
    reports.take("sms", "", one.ref, "delivered")
    assert fresh(one).state == "delivered"


@DB
def test_of_another_gateway_it_means_nothing():
    one = sent()
    reports.take("other", "g1", None, "delivered")
    reports.take("sms", "g1x", "not a uuid", "delivered")
    reports.take("sms", "", uuid4(), "delivered")
    assert fresh(one).state == "accepted"
    assert DeliveryReport.objects.filter(message=None).count() == 3


# Attempts one after the other.


def sent_again(**fields):
    """At a blind gateway the first attempt is in doubt; the second was taken as g2."""
    one = sent(**{"attempts": 2, "gateway_ref": "g2"} | fields)
    for n in (1, 2):
        Attempt.objects.create(message=one, n=n, gateway="sms", started_at=timezone.now() - timedelta(hours=3 - n))
    return one


@DB
@pytest.mark.parametrize("status", ["undelivered", "pending"])
@pytest.mark.parametrize("fields", [{}, {"state": "unknown", "in_doubt": True}])
def test_what_became_of_an_earlier_attempt_says_nothing_of_the_last_one(status, fields):
    one = sent_again(**fields)
    reports.take("sms", "g1", one.ref, status)
    assert (fresh(one).state, fresh(one).gateway_ref) == (one.state, "g2")
    assert one.reports.count() == 1  # it stands in the history
    reports.take("sms", "g2", one.ref, "undelivered")
    assert fresh(one).state == "failed"


@DB
def test_whichever_attempt_arrived_it_has_arrived():
    one = sent_again()
    reports.take("sms", "g1", one.ref, "delivered")
    assert fresh(one).state == "delivered"


@DB
@pytest.mark.parametrize(("heard", "state"), [(-90, "unknown"), (-30, "failed")])
def test_one_without_a_number_counts_by_when_it_was_heard(heard, state):
    """The last attempt began an hour ago; the report waited because the message was being sent."""
    one = sent_again(state="unknown", in_doubt=True, gateway_ref="")
    heard = timezone.now() + timedelta(minutes=heard)
    DeliveryReport.objects.create(gateway="sms", ref=one.ref, status="undelivered", received_at=heard)
    reports.match(one)
    assert fresh(one).state == state
    assert DeliveryReport.objects.get().message_id == one.pk


@DB
@pytest.mark.parametrize("raw", [{"done": "7001010000"}, {"done": "9912312359"}, {}])
def test_what_time_a_gateway_writes_does_not_count(raw):
    one = sent_again()
    reports.take("sms", "g2", one.ref, "undelivered", raw)
    assert fresh(one).state == "failed"


@DB
def test_the_only_attempt_is_the_one_that_is_meant_whatever_number_is_named():
    one = sent(attempts=1)
    reports.take("sms", "g7", one.ref, "undelivered")
    assert fresh(one).state == "failed"


@REAL
@pytest.mark.parametrize("status", ["delivered", "undelivered", "pending"])
@pytest.mark.parametrize("by_ref", [True, False])
def test_whatever_is_reported_before_the_answer_counts_with_it(gateway, status, by_ref):
    customer = make.reachable()
    make.rules(customer.branch)
    one = make.message(customer)
    [attempt] = claims.claim(gateway)
    answer = sending.call(attempt, gateway)
    reports.take("sms", answer.gateway_ref, one.ref if by_ref else None, status)
    close([(attempt, answer)], gateway)
    expected = {"delivered": "delivered", "undelivered": "failed", "pending": "accepted"}
    assert fresh(one).state == expected[status]


@DB
def test_an_unknown_word_is_an_error():
    with pytest.raises(ValueError, match="eaten"):
        reports.take("sms", "g1", None, "eaten")


@REAL
@pytest.mark.parametrize("by_ref", [True, False])
def test_a_report_may_overtake_the_answer(gateway, by_ref):
    customer = make.reachable()
    make.rules(customer.branch)
    one = make.message(customer)
    [attempt] = claims.claim(gateway)
    answer = sending.call(attempt, gateway)
    reports.take("sms", answer.gateway_ref, one.ref if by_ref else None, "delivered")
    assert fresh(one).state == "submitting"
    close([(attempt, answer)], gateway)
    assert fresh(one).state == "delivered"


@REAL
def test_a_report_and_the_answer_at_once_leave_nothing_open(gateway):
    customer = make.reachable()
    make.rules(customer.branch)
    one = make.message(customer)
    [attempt] = claims.claim(gateway)
    answer = sending.call(attempt, gateway)
    race(one, [
        lambda: close([(attempt, answer)], gateway),
        lambda: reports.take("sms", answer.gateway_ref, one.ref, "delivered").pk,
    ])  # fmt: skip
    assert fresh(one).state == "delivered"


@REAL
def test_the_same_report_told_by_many_at_once_is_one():
    one = sent()
    together(lambda: reports.take("sms", "g1", one.ref, "delivered").pk)
    assert DeliveryReport.objects.count() == 1
    assert fresh(one).state == "delivered"


def unseen(gateway, status="delivered"):
    """A message whose report came while its answer was being kept: neither saw the other."""
    customer = make.reachable()
    make.rules(customer.branch)
    one = make.message(customer)
    [attempt] = claims.claim(gateway)
    answer = sending.call(attempt, gateway)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        close([(attempt, answer)], gateway)
        pool.submit(elsewhere, lambda: reports.take("sms", answer.gateway_ref, None, status)).result()
    return one


def elsewhere(work):
    try:
        work()
    finally:
        connection.close()


@REAL
@pytest.mark.parametrize(("status", "state"), [("delivered", "delivered"), ("undelivered", "failed")])
def test_a_report_that_came_while_the_answer_was_being_kept_is_found_afterwards(gateway, status, state):
    one = unseen(gateway, status)
    assert (fresh(one).state, DeliveryReport.objects.get().message_id) == ("accepted", None)
    assert settling.work_off() == 1
    assert (fresh(one).state, DeliveryReport.objects.get().message_id) == (state, one.pk)
    assert settling.work_off() == 0


@REAL
def test_many_that_look_for_unseen_reports_at_once_apply_each_once(gateway):
    one = unseen(gateway)
    race(one, reports.match_left)
    assert fresh(one).state == "delivered"
    assert Event.objects.filter(verb="message.delivered").count() == 1


@DB
def test_reports_of_nobody_are_not_looked_at_for_ever_nor_those_of_one_that_is_being_sent():
    sent(state="submitting", lease_token=uuid4(), next_at=timezone.now())
    DeliveryReport.objects.create(gateway="sms", gateway_ref="g1", status="delivered")
    sent(gateway_ref="g2")
    long_ago = timezone.now() - timedelta(days=2)
    DeliveryReport.objects.create(gateway="sms", gateway_ref="g2", status="delivered", received_at=long_ago)
    DeliveryReport.objects.create(gateway="other", gateway_ref="g2", status="delivered")
    assert reports.match_left() == 0
