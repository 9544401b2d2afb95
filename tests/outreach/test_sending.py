"""What is due is sent once, and every answer of a gateway has its consequence."""

import pytest
from django.db import connection, transaction

from audit.models import Event
from outreach import claims, decisions, fates, reports, sending, settling
from outreach.closing import close
from outreach.gateways.registry import gateway_for
from outreach.models import Attempt, Breaker, Message
from outreach.queueing import queue, queue_free
from tests import make
from tests.outreach.operator import operating

pytestmark = pytest.mark.django_db(transaction=True)


MANY = """
    INSERT INTO outreach_message (branch_id, customer_id, "to", channel, message_class, language, subject, text, key,
        about_type)
    SELECT branch_id, customer_id, "to", channel, message_class, language, subject, text, 'many/' || n, about_type
    FROM outreach_message, generate_series(1, %s) n
"""


def reachable(**fields):
    customer = make.reachable(**fields)
    make.rules(customer.branch)
    return customer


def queued(customer=None, **fields):
    customer = customer or reachable()
    template = make.template(customer.branch, **fields)
    with transaction.atomic():
        return queue(customer, template.code, key=f"k{make.number.__next__()}")


def fresh(message):
    return Message.objects.get(pk=message.pk)


def reasons_of(message):
    return list(message.decisions.order_by("pk").values_list("what", "reason"))


def test_a_due_message_is_sent_once(operator):
    message = queued()
    assert sending.sms() == 1
    assert sending.sms() == 0
    [said] = operator.arrived
    assert (said["ref"], said["to"], said["text"]) == (str(message.ref), message.to, "尊敬的张伟，您好。")
    sent = fresh(message)
    assert (sent.state, sent.gateway_ref, sent.attempts) == ("accepted", f"g-{message.ref}", 1)
    assert sent.accepted_at
    assert list(sent.made.values_list("n", "outcome", "status")) == [(1, "accepted", "202")]
    verbs = Event.objects.filter(customer_id=message.customer_id).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["message.queued", "message.sent"]


def test_a_message_for_later_waits(operator):
    from datetime import timedelta

    from django.utils import timezone

    customer = reachable()
    template = make.template(customer.branch)
    with transaction.atomic():
        queue(customer, template.code, key="later", not_before=timezone.now() + timedelta(days=3))
    assert sending.sms() == 0


def test_a_refusal_fails_it_and_a_person_may_try_it_anew(operator):
    operator.behave = lambda n: 422 if n == 1 else 202
    message = queued()
    sending.sms()
    assert (fresh(message).state, fresh(message).reason) == ("failed", "refused")
    decisions.retry(fresh(message), by=make.user())
    sending.sms()
    sent = fresh(message)
    assert (sent.state, sent.attempts, sent.tries) == ("accepted", 2, 1)


def test_a_busy_gateway_is_tried_again_later_and_given_up_in_the_end(operator, all_due, monkeypatch):
    monkeypatch.setattr(fates, "MOST_TRIES", 3)
    operator.behave = lambda n: 429
    message = queued()
    for state in ("planned", "planned", "failed"):
        sending.sms()
        assert fresh(message).state == state
        all_due()
    assert fresh(message).reason == "tries"
    assert operator.arrived == []


def test_a_call_in_which_nothing_left_is_no_try(settings, all_due, monkeypatch):
    monkeypatch.setattr(fates, "MOST_TRIES", 2)
    with operating() as operator:
        settings.GATEWAYS = {"sms": operator.url(name="gone")}
    message = queued()
    for _ in range(4):
        sending.sms()
        all_due()
    waiting = fresh(message)
    assert (waiting.state, waiting.attempts, waiting.tries) == ("planned", 4, 0)


def test_what_is_sent_again_counts_from_the_last_time_and_what_is_in_doubt_from_the_first(settings, all_due):
    with operating(idempotent=True, behave=lambda n: 429 if n == 1 else "taken_then_reset") as operator:
        settings.GATEWAYS = {"sms": operator.url()}
        message, moments = queued(), []
        for _ in range(3):
            sending.sms()
            moments.append(fresh(message).submitted_at)
            all_due()
    assert moments[0] < moments[1] == moments[2]


@pytest.mark.parametrize("misfortune", ["taken_then_reset", "taken_then_500"])
def test_what_may_have_arrived_is_in_doubt_and_not_sent_again_by_itself(operator, all_due, misfortune):
    operator.behave = lambda n: misfortune
    message = queued()
    sending.sms()
    assert (fresh(message).state, fresh(message).in_doubt) == ("unknown", True)
    all_due()
    assert sending.sms() == 0
    settling.work_off()
    doubtful = fresh(message)
    assert (doubtful.state, doubtful.next_at, doubtful.reason) == ("unknown", None, "needs_person")
    assert reasons_of(message) == [("doubted", "no_answer"), ("doubted", "needs_person")]
    assert len(operator.arrived) == 1


def test_a_gateway_that_keeps_doubles_away_is_simply_sent_it_again(settings, all_due):
    with operating(idempotent=True, behave=lambda n: "taken_then_reset" if n == 1 else 202) as operator:
        settings.GATEWAYS = {"sms": operator.url()}
        message = queued()
        sending.sms()
        assert fresh(message).state == "unknown"
        all_due()
        settling.work_off()
        assert sending.sms() == 1
        assert (fresh(message).state, fresh(message).in_doubt) == ("accepted", False)
        assert len(operator.came) == 2
        assert len(operator.arrived) == 1


def test_one_that_was_not_delivered_is_truly_sent_again_when_a_person_tries_it_anew(settings):
    with operating(idempotent=True) as operator:
        settings.GATEWAYS = {"sms": operator.url(name="sms")}
        message = queued()
        sending.sms()
        reports.take("sms", "", message.ref, "undelivered")
        decisions.retry(fresh(message), by=make.user())
        sending.sms()
        assert len(operator.arrived) == 2
        again = fresh(message)
        assert (again.state, str(again.ref)) == ("accepted", operator.refs[1])
        reports.take("sms", f"g-{message.ref}", message.ref, "undelivered")
        assert fresh(message).state == "accepted", "what is said of the first is not said of the second"


def test_one_given_up_in_doubt_keeps_its_reference_so_that_it_does_not_arrive_twice(settings):
    with operating(idempotent=True, behave=lambda n: "taken_then_reset" if n == 1 else 202) as operator:
        settings.GATEWAYS = {"sms": operator.url()}
        message = queued()
        sending.sms()
        decisions.settle(fresh(message), "give_up", by=make.user())
        decisions.retry(fresh(message), by=make.user())
        sending.sms()
        assert (fresh(message).state, operator.refs) == ("accepted", [str(message.ref)])


@pytest.mark.parametrize(("misfortune", "state"), [("taken_then_reset", "accepted"), (500, "planned")])
def test_a_gateway_that_can_be_asked_is_asked(settings, all_due, misfortune, state):
    with operating(queryable=True, behave=lambda n: misfortune if n == 1 else 202) as operator:
        settings.GATEWAYS = {"sms": operator.url()}
        message = queued()
        sending.sms()
        assert (fresh(message).state, sending.sms()) == ("unknown", 0)
        all_due()
        settling.work_off()
        assert (fresh(message).state, operator.asked) == (state, [str(message.ref)])
        sending.sms()
        assert fresh(message).state == "accepted"
        assert operator.refs == [str(message.ref)]


def test_at_a_blind_gateway_the_template_may_say_rather_twice_than_never(operator, all_due):
    operator.behave = lambda n: "taken_then_reset" if n == 1 else 202
    message = queued(policy="at_least_once")
    sending.sms()
    all_due()
    settling.work_off()
    sending.sms()
    assert fresh(message).state == "accepted"
    assert ("settled", "resend_policy") in reasons_of(message)


def test_a_sender_that_died_leaves_a_doubt(gateway, all_due):
    message = queued()
    [attempt] = claims.claim(gateway)
    assert attempt.message_id == message.pk
    all_due()
    settling.work_off()
    assert fresh(message).state == "unknown"
    assert Attempt.objects.get().outcome == "lost"
    assert reasons_of(message)[0] == ("doubted", "sender_lost")


def test_a_long_queue_is_not_read_for_the_few_in_doubt():
    customer = reachable()
    make.message(customer)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MANY, [2000])
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        for question, values in ((settling.LAPSED, [100]), (settling.DOUBTFUL, [["sms"]])):
            cursor.execute(f"EXPLAIN {question}", values)
            assert "message_doubtful" in str(cursor.fetchall())


def test_an_answer_that_comes_after_the_lease_still_ends_the_doubt(gateway, all_due):
    message = queued()
    [attempt] = claims.claim(gateway)
    all_due()
    settling.lapse({})
    answer = sending.call(attempt, gateway)
    reports.take("sms", answer.gateway_ref, None, "delivered")
    assert close([(attempt, answer)], gateway) == set()
    assert (fresh(message).state, fresh(message).in_doubt) == ("delivered", False), "also by what was said before it"


def test_without_time_enough_in_its_lease_a_sender_does_not_call(gateway, operator):
    queued()
    [attempt] = claims.claim(gateway)
    attempt.until -= claims.SLACK.total_seconds() + 1
    assert sending.call(attempt, gateway) is None
    assert operator.came == []


def test_a_gateway_that_is_down_is_left_in_peace(settings, all_due):
    with operating() as operator:
        url = operator.url(name="gone")
    settings.GATEWAYS = {"sms": url}
    customer = reachable()
    messages = [queued(customer) for _ in range(5)]
    sending.sms()
    assert {fresh(one).state for one in messages} == {"planned"}
    assert Breaker.objects.get().failures == 3
    assert Attempt.objects.count() == 3
    assert claims.claim(gateway_for("sms")) == []


def test_without_a_gateway_messages_wait(settings):
    settings.GATEWAYS = {"sms": "", "email": ""}
    message = queued()
    assert sending.sms() == 0
    assert settling.work_off() == 0
    assert fresh(message).state == "planned"


def test_a_text_that_a_person_wrote_goes_as_it_is(operator):
    customer = reachable()
    by = make.user()
    with transaction.atomic():
        queue_free(customer, "{name} {{x}} {% y %}", key="free", by=by)
    sending.sms()
    assert operator.arrived[0]["text"] == "{name} {{x}} {% y %}"
