"""How long a session lives, and what ends it (ASVS 7)."""

import pytest
from django.test import Client
from django.utils import timezone

from staff.login import SEEN_AT, SIGNED_IN_AT
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
MINUTE, HOUR = 60, 3600


def alive(browser):
    return browser.get("/profile/").status_code == 200


def aged(browser, *, idle=0, age=0):
    """The session as it will be after so many seconds."""
    now = timezone.now().timestamp()
    session = browser.session
    session[SEEN_AT], session[SIGNED_IN_AT] = now - idle, now - max(age, idle)
    session.save()
    return browser


def test_a_disabled_person_is_out_at_once_everywhere():
    here = make.sign_in("clerk", password=PASSWORD)
    there = Client()
    there.force_login(here.person)
    assert alive(here)
    assert alive(there)
    here.person.disable(by=make.user())
    assert not alive(here)
    assert not alive(there)


def test_enabling_a_person_does_not_bring_old_sessions_back():
    browser = make.sign_in("clerk", password=PASSWORD)
    browser.person.disable(by=make.user())
    browser.person.enable(by=make.user())
    assert not alive(browser)
    browser.post("/login/", {"username": browser.person.username, "password": PASSWORD, "next": "/profile/"})
    assert alive(browser)


def test_another_password_ends_the_other_sessions_and_keeps_this_one():
    here = make.sign_in("clerk", password=PASSWORD)
    there = Client()
    there.post("/login/", {"username": here.person.username, "password": PASSWORD, "next": "/profile/"})
    assert alive(there)
    before = here.session.session_key
    new = "another horse altogether"
    answer = here.post("/profile/", {"current": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert alive(here)
    assert here.session.session_key != before
    assert not alive(there)


def test_a_password_set_by_somebody_else_ends_every_session():
    browser = make.sign_in("clerk", password=PASSWORD)
    browser.person.change_password("another horse altogether", by=make.user())
    assert not alive(browser)


def test_the_same_password_set_again_ends_sessions_too():
    browser = make.sign_in("clerk", password=PASSWORD)
    browser.person.change_password(PASSWORD, by=make.user())
    assert not alive(browser)


@pytest.mark.parametrize(("idle", "lives"), [(119 * MINUTE, True), (121 * MINUTE, False)])
def test_two_hours_without_a_request_end_a_session(idle, lives):
    assert alive(aged(make.sign_in("clerk"), idle=idle)) is lives


@pytest.mark.parametrize(("age", "lives"), [(11.9 * HOUR, True), (12.1 * HOUR, False)])
def test_twelve_hours_end_a_session_however_busy(age, lives):
    assert alive(aged(make.sign_in("clerk"), age=age)) is lives


def test_a_stale_session_is_gone_on_the_server():
    browser = aged(make.sign_in("clerk"), idle=3 * HOUR)
    key = browser.session.session_key
    assert browser.get("/profile/")["Location"].startswith("/login/")
    thief = Client()
    thief.cookies["session"] = key
    assert not alive(thief)


def test_a_request_keeps_the_session_alive_but_writes_once_a_minute(django_assert_max_num_queries):
    browser = aged(make.sign_in("clerk"), idle=119 * MINUTE)
    assert alive(browser)
    seen = browser.session[SEEN_AT]
    assert timezone.now().timestamp() - seen < MINUTE
    assert alive(browser)
    assert browser.session[SEEN_AT] == seen


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites():
    browser = make.sign_in("clerk", password=PASSWORD)
    cookie = browser.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_pages_of_signed_in_people_are_kept_nowhere():
    browser = make.sign_in("clerk")
    assert browser.get("/profile/")["Cache-Control"] == "no-store"
    assert "no-store" in Client().get("/login/")["Cache-Control"]


def test_every_answer_closes_what_the_product_does_not_use():
    for answer in (Client().get("/login/"), make.sign_in("clerk").get("/profile/"), Client().get("/nowhere/")):
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
