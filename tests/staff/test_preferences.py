import pytest
from django.test import Client

from audit.models import Event
from staff.models import User
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def test_a_person_switches_language_and_comes_back_to_the_same_page():
    browser = make.sign_in("clerk")
    answer = browser.post("/preferences/", {"language": "en", "next": "/profile/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/profile/?a=1")
    page = browser.get("/profile/")
    assert page["Content-Language"] == "en"
    assert "Sign-in name" in page.content.decode()
    assert User.objects.get(pk=browser.person.pk).language == "en"
    assert User.objects.get(pk=browser.person.pk).theme == "auto"


def test_theme_and_language_are_kept_for_the_sign_in_page_of_this_browser():
    browser = make.sign_in("clerk")
    browser.post("/preferences/", {"language": "en", "theme": "dark"})
    browser.post("/logout/")
    page = browser.get("/login/")
    assert page["Content-Language"] == "en"
    assert 'data-theme="dark"' in page.content.decode()


def test_signing_out_leaves_the_persons_language_behind():
    browser = make.sign_in("clerk", language="en", theme="light")
    browser.post("/logout/")
    assert browser.get("/login/")["Content-Language"] == "en"


def test_nobody_signed_in_is_asked_by_cookie_then_by_the_browsers_languages():
    english = Client(headers={"accept-language": "en-GB,en;q=0.9"})
    assert english.get("/login/")["Content-Language"] == "en"
    assert "Accept-Language" in english.get("/login/")["Vary"]
    english.post("/preferences/", {"language": "zh-hans"})
    assert english.get("/login/")["Content-Language"] == "zh-hans"
    assert Client(headers={"accept-language": "fr"}).get("/login/")["Content-Language"] == "zh-hans"


def test_a_persons_own_language_wins_over_cookie_and_browser():
    browser = make.sign_in("clerk", language="zh-hans")
    browser.cookies["django_language"] = "en"
    assert browser.get("/profile/", headers={"accept-language": "en"})["Content-Language"] == "zh-hans"


def test_htmx_is_told_to_show_the_page_again():
    answer = make.sign_in("clerk").post("/preferences/", {"theme": "dark"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize("sent", [{"language": "xx"}, {"theme": "pink"}, {"language": "<script>"}])
def test_what_does_not_exist_is_refused_and_changes_nothing(sent):
    browser = make.sign_in("clerk")
    assert browser.post("/preferences/", sent).status_code == 400
    assert User.objects.get(pk=browser.person.pk).theme == "auto"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_the_switch_leads_nowhere_else(target):
    answer = make.sign_in("clerk").post("/preferences/", {"theme": "dark", "next": target})
    assert answer["Location"] == "/"
    answer = make.sign_in("clerk").post("/preferences/", {"theme": "dark"}, headers={"referer": target})
    assert answer["Location"] == "/"


def test_a_forged_theme_cookie_is_not_repeated():
    browser = Client()
    browser.cookies["theme"] = "dark&quot;onload=alert(1)"
    assert "onload" not in browser.get("/login/").content.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"current": "wrong horse battery"}, "current"),
        ({"new": "short", "again": "short"}, "new"),
        ({"new": "password123", "again": "password123"}, "new"),
        ({"again": "something else entirely"}, "again"),
        ({"current": ""}, "current"),
        ({"new": "x" * 129, "again": "x" * 129}, "new"),
    ],
)
def test_a_password_is_changed_only_by_who_knows_the_old_one_and_to_a_good_one(sent, field):
    browser = make.sign_in("clerk", password=PASSWORD)
    good = {"current": PASSWORD, "new": "another horse altogether", "again": "another horse altogether"}
    answer = browser.post("/profile/", good | sent)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert User.objects.get(pk=browser.person.pk).check_password(PASSWORD)
    assert not Event.objects.filter(verb="person.password_changed").exists()


def test_the_current_password_cannot_be_guessed_fast_from_an_open_session():
    browser = make.sign_in("clerk", password=PASSWORD)
    new = "another horse altogether"
    answers = [
        browser.post("/profile/", {"current": f"guess {n}", "new": new, "again": new}).status_code for n in range(6)
    ]
    assert answers == [422] * 6
    assert browser.post("/profile/", {"current": PASSWORD, "new": new, "again": new}).status_code == 422
    assert User.objects.get(pk=browser.person.pk).check_password(PASSWORD)


def test_the_profile_names_the_postings_of_today():
    branch = make.branch(name="韶关分公司", name_en="Shaoguan")
    page = make.sign_in("clerk", branch, language="en").get("/profile/").content.decode()
    assert "Hall clerk at Shaoguan" in page
    assert "No posting today" in make.sign_in(language="en").get("/profile/").content.decode()
