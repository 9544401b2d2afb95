"""Who agreed to what: kept with proof, never changed, asked for seldom, and a no counts at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from django.utils import timezone

from audit.models import Event
from jobs import runs
from outreach import claims, consents, inbound, sending
from outreach.closing import close
from outreach.models import Consent, Inbound, Message
from outreach.queueing import queue
from tests import make
from tests.race import together

DB = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True)
SMS = "marketing_sms"
LONG_AGO = timezone.now() - timedelta(days=3)


def say(customer, word, purpose=SMS, **fields):
    return consents.say(customer, purpose, word, **{"how": "hall", "by": None, "proof": "form 7"} | fields)


def marketing(customer, n=1):
    template = make.template(customer.branch, message_class="marketing")
    with transaction.atomic():
        return [queue(customer, template.code, key=f"{template.code}/{i}") for i in range(n)]


def came(customer_or_number, text, gateway_id=None):
    number = customer_or_number
    if not isinstance(number, str):
        number = number.identifiers.get(kind="contact").value
    return inbound.take("sms", gateway_id or f"in{next(make.number)}", number, text)


def word(customer, purpose=SMS):
    said = consents.latest(customer, purpose)
    return said and said.word


@DB
def test_the_latest_word_counts_and_all_are_kept():
    customer = make.reachable()
    for each in ("given", "withdrawn", "given"):
        say(customer, each)
    say(customer, "refused", "survey")
    assert {purpose: said.word for purpose, said in consents.current(customer).items()} == {
        SMS: "given", "survey": "refused",
    }  # fmt: skip
    assert customer.consents.count() == 4
    with pytest.raises(InternalError), connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_consent SET word = 'given'")


@DB
def test_a_yes_needs_its_proof():
    with pytest.raises(ValidationError, match="proof"):
        say(make.reachable(), "given", proof=" ")


@DB
def test_after_a_no_nobody_asks_for_half_a_year():
    customer = make.reachable()
    make.template(customer.branch, code=consents.ASKING, purpose="consent")
    now = timezone.now()
    consents.refuse_asking(customer, SMS)
    say(customer, "refused")
    with pytest.raises(ValidationError, match="said no"):
        consents.ask(customer, SMS, by=None, key="a", at=now + timedelta(days=179))
    assert consents.ask(customer, SMS, by=None, key="a", at=now + timedelta(days=181)).state == "planned"
    say(customer, "given")
    with pytest.raises(ValidationError, match="agreed already"):
        consents.ask(customer, SMS, by=None, key="b", at=now + timedelta(days=999))


@DB
@pytest.mark.parametrize("text", ["TD", "td", "ｔｄ", " T D。", "退订", "退订谢谢", "STOP!", "r", "拒收"])
def test_a_stop_in_any_spelling_counts_at_once(text):
    customer = make.reachable()
    say(customer, "given")
    messages = marketing(customer, 3)
    service = make.message(customer)
    came(customer, text)
    assert word(customer) == "withdrawn"
    assert {Message.objects.get(pk=one.pk).state for one in messages} == {"cancelled"}
    assert Message.objects.get(pk=service.pk).state == "planned"
    confirmation = Message.objects.get(about_type="outreach.inbound")
    assert (confirmation.message_class, confirmation.any_time) == ("service", True)


@DB
@pytest.mark.parametrize("text", ["TDD", "请不要退订", "rr", "Stop by tomorrow", "你好", ""])
def test_what_only_resembles_a_stop_is_a_reply(text):
    customer = make.reachable()
    assert came(customer, text).handled_as == Inbound.As.REPLY
    assert word(customer) is None


@DB
def test_a_stop_counts_for_everybody_with_the_number_and_for_nobody_else():
    one = make.reachable(phone="13900001111")
    two, other = make.reachable(one.unit, phone="13900001111"), make.reachable(one.unit)
    former = make.customer(one.unit)
    make.identifier(former, "13900001111", valid_to=timezone.localdate())
    for customer in (one, two, other, former):
        say(customer, "given")
    came("+86 139 0000 1111", "TD")
    assert [word(customer) for customer in (one, two, other, former)] == ["withdrawn", "withdrawn", "given", "given"]


@DB
def test_a_stop_said_again_is_not_answered_again():
    customer = make.reachable()
    say(customer, "given")
    came(customer, "TD")
    came(customer, "TD")
    assert Message.objects.count() == 1


@DB
def test_a_stop_after_a_greeting_ends_greetings_too():
    customer = make.reachable(phone="13900001111")
    to_come, greeted = make.message(customer, message_class="care"), {"to": "13900001111", "state": "delivered"}
    make.message(customer, message_class="care", submitted_at=LONG_AGO, ended_at=LONG_AGO, **greeted)
    make.message(customer, to="13900001111", message_class="service")
    came(customer, "T")
    assert word(customer, "care") == "refused", "what was never sent is not what they answer"
    assert Message.objects.get(pk=to_come.pk).state == "cancelled"


@DB
def test_a_stop_of_nobodys_counts_once_somebody_knows_whose_it_is():
    customer, clerk = make.reachable(), make.user()
    say(customer, "given")
    offer = marketing(customer)[0]
    stop = came("13700009999", "TD")
    assert (stop.handled_as, stop.customer) == ("unmatched", None)
    for _ in range(2):
        inbound.put_to(stop, customer, by=clerk)
    stop.refresh_from_db()
    assert (stop.handled_as, stop.customer, word(customer)) == ("stop", customer, "withdrawn")
    assert Message.objects.get(pk=offer.pk).state == "cancelled"
    assert Event.objects.filter(verb="inbound.put_to").count() == 1


@DB
def test_a_stop_by_mail_ends_marketing_by_mail():
    customer, other = make.reachable(), make.reachable()
    consents.prefer(customer, by=None, version=0, email="Zhang@example.com")
    consents.prefer(other, by=None, version=0, email="li@example.com")
    for one in (customer, other):
        say(one, "given", "marketing_email")
        say(one, "given")
    stop = came("Zhang <zhang@Example.com>", "退订")
    assert (stop.handled_as, stop.customer, stop.sender) == ("stop", customer, "zhang@example.com")
    assert [word(one, "marketing_email") for one in (customer, other)] == ["withdrawn", "given"]
    assert word(customer) == "given"
    confirmation = Message.objects.get(about_type="outreach.inbound")
    assert (confirmation.channel, confirmation.to) == ("email", "Zhang@example.com")


@REAL
def test_a_yes_counts_only_where_it_was_asked_for(operator):
    customer, unasked = make.reachable(), make.reachable()
    make.rules(customer.branch)
    make.template(customer.branch, code=consents.ASKING, purpose="consent")
    consents.ask(customer, SMS, by=None, key="ask")
    assert came(customer, "Y").handled_as == "reply", "it has not been asked yet"
    sending.sms()
    assert came(unasked, "Y").handled_as == "reply"
    assert came(customer, "同意").handled_as == "consent"
    assert word(customer) == "given"
    assert Consent.objects.get(customer=customer).inbound.text == "同意"
    came(customer, "TD")
    assert came(customer, "Y").handled_as == "reply", "one question, one answer"
    assert word(customer) == "withdrawn"


@REAL
def test_a_yes_does_not_answer_a_question_that_is_in_hand(gateway):
    customer = make.reachable()
    make.rules(customer.branch)
    make.template(customer.branch, code=consents.ASKING, purpose="consent")
    consents.ask(customer, SMS, by=None, key="ask")
    hand = claims.claim(gateway)
    early = came(customer, "Y")
    assert (early.handled_as, early.answers, word(customer)) == ("reply", None, None)
    close([(attempt, None) for attempt in hand], gateway)
    sending.sms()
    assert came(customer, "Y").handled_as == "consent"


@REAL
def test_the_same_reply_told_by_many_at_once_is_one():
    customer = make.reachable()
    say(customer, "given")
    assert len(set(together(lambda: came(customer, "TD", "same").pk))) == 1
    assert customer.consents.count() == 2
    assert Message.objects.count() == 1


@DB
def test_a_reply_from_nobody_is_kept_and_put_to_somebody():
    kept = came("10086", "hello")
    assert (kept.customer, kept.handled_as) == (None, "unmatched")
    customer = make.reachable()
    inbound.put_to(kept, customer, by=make.user())
    kept.refresh_from_db()
    assert (kept.customer, kept.handled_as) == (customer, "reply")


@REAL
def test_a_stop_and_a_claim_at_once_leave_no_marketing_behind(gateway):
    """Either the message had left already, or it is cancelled; none goes out later."""
    from outreach import claims

    customer = make.reachable()
    make.rules(customer.branch)
    say(customer, "given")
    marketing(customer, 3)
    together([lambda: claims.claim(gateway) and None, lambda: came(customer, "TD") and None])
    assert not claims.claim(gateway) or Message.objects.filter(state="submitting", message_class="service").exists()
    assert not Message.objects.filter(message_class="marketing", state="planned").exists()


@DB
def test_when_a_customer_wants_to_be_reached_is_kept_for_whoever_saw_the_last_version():
    customer = make.reachable()
    kept = consents.prefer(customer, by=None, version=0, email="a@example.com")
    assert kept.version == 1
    with pytest.raises(ValidationError, match="in the meantime"):
        consents.prefer(customer, by=None, version=0, email="b@example.com")
    with pytest.raises(ValidationError) as refused:
        consents.prefer(customer, by=None, version=1, zone="Mars/North", email="no")
    assert set(refused.value.error_dict) == {"zone", "email"}


@REAL
def test_one_reply_that_cannot_be_understood_does_not_hold_up_the_others(settings):
    settings.INBOUND_HANDLERS = [f"{__name__}.stumbles", "outreach.inbound.reply"]
    kept = [
        Inbound.objects.create(gateway="sms", gateway_id=text, sender="10086", text=text) for text in ("!", "hello")
    ]
    Inbound.objects.update(received_at=LONG_AGO)
    runs.work_off(only=[runs.ask("outreach.understand", key="understand").pk])
    assert [Inbound.objects.get(pk=one.pk).handled_as for one in kept] == ["", "unmatched"]


def stumbles(inbound):
    if inbound.text == "!":
        raise LookupError
