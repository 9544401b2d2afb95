import re

import pytest
from django.test import Client

from staff.models import Brake
from tests import make

PASSWORD = "correct horse battery"
WRONG = "wrong horse battery"


def person(**fields):
    made = make.user(**fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def post(browser, username, password=PASSWORD, **more):
    return browser.post("/login/", {"username": username, "password": password, "next": "/profile/"} | more)


def signed_in(browser):
    return browser.get("/profile/").status_code == 200


@pytest.mark.django_db
def test_the_right_password_opens_a_session_under_a_new_key(client):
    client.get("/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["session"] = session.session_key
    answer = post(client, person().username)
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    assert client.cookies["session"].value != session.session_key
    assert "planted" not in client.session
    assert signed_in(client)


@pytest.mark.django_db
def test_signing_in_again_as_the_same_person_rotates_the_key_too(client):
    who = person()
    post(client, who.username)
    before = client.session.session_key
    post(client, who.username)
    assert client.session.session_key != before


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["  Zhang.Wei ", "ZHANG.WEI", "ｚｈａｎｇ.ｗｅｉ"])
def test_the_name_is_found_however_it_is_typed(client, written):
    person(username="zhang.wei")
    post(client, written)
    assert signed_in(client)


def body(answer):
    """The page without what differs between any two requests: the form's token and the name that was typed."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return page.replace(answer.wsgi_request.POST["username"], "-")


@pytest.mark.django_db
def test_unknown_wrong_and_disabled_get_the_same_answer():
    known, disabled = person(username="known"), person(username="disab", is_active=False)
    unusable = make.user(username="unusa")
    answers = [
        post(Client(), known.username, WRONG),
        post(Client(), "unkno", WRONG),
        post(Client(), disabled.username, PASSWORD),
        post(Client(), unusable.username, PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({body(answer) for answer in answers}) == 1
    assert not any(signed_in(answer.client) for answer in answers)


@pytest.mark.django_db
def test_the_hasher_runs_as_often_for_an_unknown_name(monkeypatch):
    """The same work means the same time: counted, not clocked."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed = []
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def counted(self, *args, _original=original, **kwargs):
            hashed.append(1)
            return _original(self, *args, **kwargs)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    disabled, known, unusable = person(is_active=False), person(), make.user()
    counts = []
    for username in (known.username, "nobody", disabled.username, unusable.username):
        hashed.clear()
        post(Client(), username, WRONG)
        counts.append(len(hashed))
    assert counts == [1, 1, 1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "http:///evil"]
)
def test_next_leads_nowhere_else(client, target, settings):
    settings.LOGIN_REDIRECT_URL = "profile"
    assert post(client, person().username, next=target)["Location"] == "/profile/"
    assert client.get("/login/", {"next": target})["Location"] == "/profile/"


@pytest.mark.django_db
def test_signing_out_needs_a_post_and_ends_the_session_on_the_server(client):
    post(client, person().username)
    stolen = client.cookies["session"].value
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    thief = Client()
    thief.cookies["session"] = stolen
    assert not signed_in(thief)


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused():
    who = person()
    browser = Client(enforce_csrf_checks=True)
    assert post(browser, who.username).status_code == 403


@pytest.mark.django_db
def test_nothing_typed_is_lost_but_the_password(client):
    answer = post(client, "zhang.wei", WRONG)
    assert 'value="zhang.wei"' in answer.content.decode()
    assert WRONG not in answer.content.decode()


@pytest.mark.django_db
def test_missing_fields_are_named(client):
    answer = client.post("/login/", {"username": "zhang.wei"})
    assert answer.status_code == 422
    assert "password" in answer.context["form"].errors
    assert not Brake.objects.exists()


@pytest.mark.django_db
def test_a_password_too_long_to_hash_costs_no_time(client):
    assert post(client, "zhang.wei", "x" * 5000).status_code == 422
    assert not Brake.objects.exists()
