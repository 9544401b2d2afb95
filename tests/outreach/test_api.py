"""Messages and consent through the API: the same operations, the same reach, the same masking."""

from uuid import uuid4

import pytest

from outreach.models import Consent, ContactPreference, Message
from tests import make

pytestmark = pytest.mark.django_db
PHONE = "13912345678"


@pytest.fixture
def department():
    return make.unit("department", make.branch())


@pytest.fixture
def program(department):
    return make.Program(make.user("clerk", department, language="en"))


@pytest.fixture
def customer(department):
    made = make.customer(department, name="诸葛小明")
    make.identifier(made, PHONE)
    return made


def test_a_message_by_a_template_is_queued_once_for_one_key(program, customer):
    template = make.template(customer.branch, text_zh="{customer}：{amount}", purpose="arrears")
    said = {"customer": customer.pk, "template": template.code, "values": {"amount": "5.00"}}
    key = str(uuid4())
    first, again = program.post("messages/", said, key=key), program.post("messages/", said, key=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["text"] == "诸葛小明：5.00"
    assert program.get(first["Location"].removeprefix("/api/v1/")).json()["to"] == PHONE
    assert Message.objects.get().by == program.user


def test_own_words_go_by_mail(program, customer):
    ContactPreference.objects.create(customer=customer, email="zhang@example.com")
    said = {"customer": customer.pk, "text": "您的宽带已修好。", "channel": "email", "subject": "宽带"}
    assert program.post("messages/", said).status_code == 201
    sent = Message.objects.get()
    assert (sent.channel, sent.to, sent.subject) == ("email", "zhang@example.com", "宽带")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "text"),
        ({"text": "你好", "template": "CODE"}, "text"),
        ({"template": "CODE", "values": {"by": "x"}}, "values"),
        ({"template": "nothing"}, "template"),
        ({"template": "CODE", "values": {"amount": "1"}, "channel": "email"}, "channel"),
        ({"text": "你好", "channel": "pigeon"}, "channel"),
        ({"text": "你好", "channel": "email"}, None),
        ({"text": "很" * 480}, None),
        ({"template": "CODE"}, None),
    ],
)
def test_what_cannot_be_sent_is_refused(program, customer, said, field):
    template = make.template(customer.branch, text_zh="{amount}", purpose="arrears")
    said = {name: template.code if value == "CODE" else value for name, value in said.items()}
    answer = program.post("messages/", said | {"customer": customer.pk})
    assert answer.status_code == 422
    assert field is None or [one["pointer"] for one in answer.json()["errors"]] == [f"/{field}"]
    assert not Message.objects.exists()


def test_only_what_has_not_gone_is_cancelled(program, customer):
    message = make.message(customer)
    assert program.post(f"messages/{message.pk}/cancel/", {"note": "mistake"}).json()["state"] == "cancelled"
    assert message.decisions.get().note == "mistake"
    assert program.post(f"messages/{message.pk}/cancel/").status_code == 422


def test_messages_are_narrowed_down(program, customer):
    make.message(customer)
    held = make.message(customer, state="held", next_at=None)
    found = program.get("messages/", {"state": "held", "customer": customer.pk}).json()["results"]
    assert [one["id"] for one in found] == [held.pk]
    assert program.get("messages/", {"state": "nonsense"}).status_code == 400


def test_a_guide_reads_in_part(department, customer):
    make.message(customer, to=PHONE, text="诸葛小明，您好")
    [one] = make.Program(make.user("guide", department)).get("messages/").json()["results"]
    assert (one["to"], one["text"]) == ("139****5678", "诸葛**，您好")


def test_templates_say_what_they_have_to_be_given(program, customer):
    make.template(customer.branch, text_zh="{customer}：{amount}", purpose="arrears")
    make.template(make.branch())
    [one] = program.get("templates/").json()["results"]
    assert one["variables"] == ["amount"]
    assert program.get(f"templates/{one['id']}/").json() == one


def test_consent_is_kept_with_its_proof(program, customer):
    path = f"customers/{customer.pk}/consents/"
    said = {"purpose": "marketing_sms", "word": "given", "how": "web"}
    assert program.post(path, said).status_code == 422
    kept = program.post(path, said | {"proof": "Formular 12"})
    assert kept.status_code == 201
    assert Consent.objects.get().by == program.user
    assert [one["proof"] for one in program.get(path).json()["results"]] == ["Formular 12"]


def test_a_token_for_reading_does_not_write(department, customer):
    reader = make.Program(make.user("clerk", department), "messages:read")
    assert reader.get("messages/").status_code == 200
    assert reader.post("messages/", {"customer": customer.pk, "text": "你好"}).status_code == 403
