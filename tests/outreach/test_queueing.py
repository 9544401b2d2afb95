"""What is queued is final, once by its key, and in the transaction of what it tells of."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from audit.models import Event
from outreach import addresses, decisions
from outreach.models import Decision, Message
from outreach.queueing import queue, queue_free
from tests import make
from tests.race import race, together

DB = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True)


def put_in(customer, code, key="k", **values):
    with transaction.atomic():
        return queue(customer, code, key=key, **values)


@DB
def test_a_message_is_in_the_customers_language_and_final():
    customer = make.reachable(name="Ann Lee", language="en")
    texts = {"purpose": "arrears", "text_en": "{customer}: {amount} CNY. {branch}", "text_zh": "{amount}"}
    template = make.template(customer.branch, **texts)
    make.identifier(customer, "076288880000", kind="service")
    one = put_in(customer, template.code, amount="{due_on}")
    template.text_en = "changed"
    template.save()
    assert (one.text, one.language) == (f"Ann Lee: {{due_on}} CNY. {customer.branch.name}", "en")
    assert (one.state, one.message_class, one.channel) == ("planned", "service", "sms")
    assert one.to.startswith("139")
    assert Event.objects.get().customer_id == customer.pk


@DB
def test_somebody_without_a_name_is_still_spoken_to():
    customer = make.reachable(name="")
    assert put_in(customer, make.template(customer.branch).code).text == "尊敬的客户，您好。"


@DB
def test_without_a_number_it_is_withheld_and_says_why():
    customer = make.customer()
    one = put_in(customer, make.template(customer.branch).code)
    assert (one.state, one.reason, one.to) == ("withheld", "no_number", "")
    assert list(one.decisions.values_list("what", "reason")) == [("withheld", "no_number")]


@DB
@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([("service", "13800000001"), ("contact", "13900000002")], ("13900000002", "")),
        ([("contact", "13900000001"), ("contact", "13900000002")], ("13900000002", "")),
        ([("contact", "07628888000"), ("service", "13800000001")], ("13800000001", "")),
        ([("contact", "07628888000")], ("", "not_a_mobile")),
        ([("card", "13800000001"), ("customer", "13900000002")], ("", "no_number")),
    ],
)
def test_it_goes_to_the_newest_contact_number_that_takes_messages(numbers, found):
    customer = make.customer()
    for kind, written in numbers:
        make.identifier(customer, written, kind=kind)
    make.identifier(customer, "13700000000", valid_to=timezone.localdate())
    assert addresses.of([customer], "sms") == {customer.pk: found}


@DB
def test_what_cannot_be_queued_is_refused_and_leaves_nothing():
    customer = make.reachable()
    template = make.template(customer.branch, purpose="arrears", text_zh="{amount}", text_en="{amount}")
    off = make.template(customer.branch, active=False)
    for code, said in ((template.code, "amount is missing"), (off.code, "no template"), ("no-such", "no template")):
        with pytest.raises(ValidationError, match=said):
            put_in(customer, code)
    with pytest.raises(ValidationError, match="empty"), transaction.atomic():
        queue_free(customer, " \x00 ", key="f", by=None)
    assert not Message.objects.exists()


@REAL
def test_outside_a_transaction_nothing_is_queued():
    customer = make.reachable()
    with pytest.raises(RuntimeError):
        queue(customer, make.template(customer.branch).code, key="k")


@REAL
def test_what_is_undone_was_never_queued():
    customer = make.reachable()
    template = make.template(customer.branch)
    with transaction.atomic():
        queue(customer, template.code, key="k")
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@REAL
def test_the_same_key_is_the_same_message_however_many_ask_at_once():
    customer = make.reachable()
    code = make.template(customer.branch).code
    made = together(lambda: put_in(customer, code).pk)
    assert len(set(made)) == 1
    assert Event.objects.filter(verb="message.queued").count() == 1
    with pytest.raises(ValueError, match="another"):
        put_in(make.reachable(customer.unit), code)


@REAL
def test_cancelled_and_held_by_several_at_once_it_happens_once():
    customer = make.reachable()
    one = make.message(customer)
    by = make.user()
    got = race(one, lambda: decisions.cancel(Message.objects.get(pk=one.pk), by=by))
    assert sum(isinstance(each, ValidationError) for each in got) == 3
    assert list(one.decisions.values_list("what", "by")) == [("cancelled", by.pk)]


@DB
def test_held_it_waits_for_whoever_releases_it():
    one, by = make.message(make.reachable(), not_before=timezone.now() + timedelta(days=1)), make.user()
    decisions.hold(one, by=by)
    assert one.state == "held"
    with pytest.raises(ValidationError):
        decisions.hold(one, by=by)
    decisions.release(one, by=by)
    assert (one.state, one.next_at) == ("planned", one.not_before)
    with pytest.raises(ValidationError):
        decisions.release(one, by=by)


@DB
def test_whatever_is_settled_is_not_written_about_any_more():
    customer = make.reachable()
    about = {"about_type": "customers.customer", "about_id": customer.pk}
    waiting, sent = make.message(customer, **about), make.message(customer, state="accepted", next_at=None, **about)
    other = make.message(customer)
    assert decisions.cancel_about(customer) == 1
    states = [Message.objects.get(pk=one.pk).state for one in (waiting, sent, other)]
    assert states == ["cancelled", "accepted", "planned"]


@DB
@pytest.mark.parametrize(("how", "state"), [("arrived", "delivered"), ("resend", "planned"), ("give_up", "failed")])
def test_a_person_settles_a_doubt_once(how, state):
    one, by = make.message(make.reachable(), state="unknown", in_doubt=True, next_at=None), make.user()
    decisions.settle(one, how, by=by, note="asked by telephone")
    assert (one.state, one.in_doubt) == (state, False)
    assert Decision.objects.get().note == "asked by telephone"
    with pytest.raises(ValidationError):
        decisions.settle(one, how, by=by)


@DB
@pytest.mark.parametrize("state", ["accepted", "delivered", "cancelled", "withheld"])
def test_what_is_over_is_neither_cancelled_nor_tried_anew(state):
    ended = None if state == "accepted" else timezone.now()
    one = make.message(make.reachable(), state=state, next_at=None, ended_at=ended, reason="cancelled")
    for decide in (decisions.cancel, decisions.retry, decisions.hold):
        with pytest.raises(ValidationError):
            decide(one, by=make.user())


IMPOSSIBLE = [
    ("accepted", "state = 'planned', next_at = now()"),
    ("delivered", "state = 'accepted', ended_at = NULL"),
    ("planned", "state = 'submitting'"),  # without a lease
    ("planned", "lease_token = gen_random_uuid()"),
    ("planned", "state = 'cancelled'"),  # without its time
    ("planned", "next_at = NULL"),
    ("planned", "\"to\" = ''"),
    ("planned", "state = 'withheld', next_at = NULL, ended_at = now()"),  # without a reason
]


@DB
@pytest.mark.parametrize(("state", "change"), IMPOSSIBLE)
def test_the_database_itself_refuses_what_cannot_be(state, change):
    times = {} if state == "planned" else {"next_at": None}
    times |= {"ended_at": timezone.now()} if state == "delivered" else {}
    one = make.message(make.reachable(), state=state, **times)
    with pytest.raises((IntegrityError, InternalError, DataError)), connection.cursor() as cursor:
        cursor.execute(f"UPDATE outreach_message SET {change} WHERE id = %s", [one.pk])


@DB
@pytest.mark.parametrize("change", ["n = 7", "gateway = 'x'", "outcome = 'refused'"])
def test_an_attempt_is_written_once_and_ended_once(change):
    attempt = make.message(make.reachable()).made.create(n=1, outcome="accepted", ended_at=timezone.now())
    with pytest.raises(InternalError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE outreach_attempt SET {change} WHERE id = %s", [attempt.pk])
