"""Tokens: issued and withdrawn on a page, hashed at rest, limited by scope, right and time."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import Event
from staff.models import Token
from tests import make
from tests.race import together

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
FORM = {"name": "Billing", "scopes": ["customers:read"], "days": "30", "current": PASSWORD}


def asked(value, path="me/", **headers):
    return Client(headers={"Authorization": f"Bearer {value}"} | headers).get(f"/api/v1/{path}")


@pytest.fixture
def browser():
    return make.sign_in("clerk", make.unit("hall"), password=PASSWORD, language="en")


def test_a_token_is_shown_once_and_kept_as_a_hash(browser):
    page = browser.post("/profile/tokens/", FORM)
    (value,) = re.findall(r"crm_[\w-]{43}", page.content.decode())
    assert page["Cache-Control"] == "no-store"
    token = Token.objects.get()
    assert value not in browser.get("/profile/tokens/").content.decode()
    assert token.prefix in browser.get("/profile/tokens/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM staff_token t")
        assert value not in cursor.fetchone()[0]
    said = asked(value).json()
    assert (said["id"], said["token"]["scopes"]) == (browser.person.pk, ["customers:read"])
    assert Event.objects.filter(verb="token.issued", actor=browser.person).count() == 1
    assert value not in str(list(Event.objects.values()))


@pytest.mark.parametrize(
    "wrong", [{"current": "not it at all"}, {"days": "367"}, {"days": "0"}, {"scopes": ["all"]}, {"scopes": []}]
)
def test_a_token_needs_the_password_a_scope_and_an_end(browser, wrong):
    assert browser.post("/profile/tokens/", FORM | wrong).status_code == 422
    assert not Token.objects.exists()


def test_a_withdrawn_token_is_locked_out_at_once(browser):
    value = make.token(browser.person)
    assert asked(value).status_code == 200
    page = browser.post(f"/profile/tokens/{Token.objects.get().pk}/withdraw/")
    assert page["Location"] == "/profile/tokens/"
    refused = asked(value)
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    browser.post(f"/profile/tokens/{Token.objects.get().pk}/withdraw/")
    assert Event.objects.filter(verb="token.withdrawn").count() == 1


def test_expired_unknown_and_a_disabled_persons_tokens_are_answered_alike():
    person = make.user("clerk", make.unit("hall"))
    value, late = make.token(person), make.token(person)
    Token.objects.filter(digest=Token.find(late).digest).update(expires_at=timezone.now() - timedelta(seconds=1))
    person.disable(by=make.user())
    answers = [asked(one, **{"Accept-Language": "en"}) for one in (value, late, "crm_nothing", "", "ünknown")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_a_token_never_exceeds_its_scopes():
    hall = make.unit("hall")
    reader = make.Program(make.user("clerk", hall), "customers:read")
    customer = make.customer(hall)
    assert reader.get("customers/").status_code == 200
    assert reader.get("interactions/").status_code == 403
    assert reader.post("customers/search/", {"text": "x"}).status_code == 200
    refused = reader.patch(f"customers/{customer.pk}/", {"name": "x"})
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "This token does not carry the scope customers:write.",
    )
    writer = make.Program(reader.user, "customers:write")
    assert writer.get("customers/").status_code == 200


def test_a_token_never_exceeds_its_persons_rights():
    steward = make.Program(make.user("data_steward", make.branch()))
    assert steward.get("customers/").status_code == 403
    assert steward.get("imports/").status_code == 200


def test_rights_that_end_end_for_the_token_too():
    person = make.user("clerk", make.unit("hall"))
    program = make.Program(person)
    assert program.get("customers/").status_code == 200
    person.postings.all().delete()
    assert program.get("customers/").status_code == 403


def test_the_last_use_is_noted_once_a_minute(django_assert_num_queries):
    value = make.token(make.user("clerk", make.unit("hall")))
    assert Token.objects.get().used_at is None
    asked(value)
    first = Token.objects.get().used_at
    asked(value)
    assert Token.objects.get().used_at == first
    Token.objects.update(used_at=first - timedelta(seconds=61))
    asked(value)
    assert Token.objects.get().used_at >= first


def test_a_session_asks_too_but_writes_only_with_the_token_of_its_forms():
    person = make.user("clerk", make.unit("hall"))
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.get("/api/v1/me/").json()["token"] is None
    forged = browser.post("/api/v1/customers/search/", {"text": "x"}, content_type="application/json")
    assert (forged.status_code, forged["Content-Type"]) == (403, "application/problem+json")
    page = browser.get("/api/v1/docs/").content.decode()
    csrf = re.search(r'data-csrf="(\w+)"', page)[1]
    asked = browser.post(
        "/api/v1/customers/search/", {"text": "x"}, content_type="application/json", headers={"X-CSRFToken": csrf}
    )
    assert asked.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_withdrawn_by_four_at_once_it_is_withdrawn_once():
    person = make.user("clerk", make.unit("hall"))
    make.token(person)
    pk = Token.objects.get().pk
    together(lambda: Token.objects.get(pk=pk).withdraw(by=person))
    assert Event.objects.filter(verb="token.withdrawn").count() == 1


@pytest.mark.django_db(transaction=True)
def test_issued_by_many_at_once_nobody_holds_more_than_allowed(monkeypatch):
    monkeypatch.setattr("staff.models.tokens.MOST", 2)
    person = make.user("clerk", make.unit("hall"))
    together(lambda: make.token(person), runners=4)
    assert Token.objects.count() == 2


@pytest.mark.parametrize("by_oneself", [True, False])
def test_another_password_ends_every_token(by_oneself):
    person, admin = make.user("clerk"), make.user("admin")
    program = make.Program(person)
    person.change_password("a quite different one", by=person if by_oneself else admin)
    assert program.get("me/").status_code == 401
    assert Event.objects.filter(verb="person.tokens_withdrawn", data__count=1).exists()


def test_enabling_a_person_again_does_not_bring_their_tokens_back():
    person, admin = make.user("clerk"), make.user("admin")
    program = make.Program(person)
    person.disable(by=admin)
    person.enable(by=admin)
    assert program.get("me/").status_code == 401
