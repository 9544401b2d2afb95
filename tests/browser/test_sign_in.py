"""Signing in, switching language and theme in place, and one's own page, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from staff.models import User
from tests import make
from tests.browser.watch import chinese_words, problems_of_reading, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


@pytest.fixture
def clerk():
    hall = make.unit(
        "hall", make.branch(name="韶江分公司", name_en="Shaojiang branch"), name="中山路营业厅", name_en="Zhongshan"
    )
    person = make.user("clerk", hall, username="li.xiaofang", name="李晓芳", language="en")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (390, "light")])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_sign_in_page_reads_well(page_as, width, theme, language):
    page = page_as(width=width, theme=theme, locale=language)
    page.goto("/login/")
    assert sideways(page) <= 0
    assert problems_of_reading(page) == []
    if language == "en":
        assert chinese_words(page) == []
    shoot(page, f"login-{width}-{theme}-{language}")


def test_a_clerk_signs_in_by_keyboard_after_a_mistake(page_as, clerk):
    page = page_as(locale="en")
    page.goto("/login/?next=/profile/")
    expect(page.get_by_label("Sign-in name")).to_be_focused()
    page.keyboard.type("li.xiaofang")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The sign-in name and the password do not fit together.")
    expect(page.get_by_label("Sign-in name")).to_have_value("li.xiaofang")
    assert problems_of_reading(page) == []
    shoot(page, "login-refused")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/profile/")
    expect(page).to_have_url(re.compile("/login/"))


def test_language_and_theme_are_switched_in_place(page_as):
    page = page_as(locale="en")
    page.goto("/login/?next=/profile/")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert "next=" in page.url
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert problems_of_reading(page) == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ones_own_page_reads_well(page_as, clerk, width, theme, language):
    clerk.prefer(language=language)
    page = page_as(clerk, width=width, theme=theme)
    page.goto("/profile/")
    assert sideways(page) <= 0
    assert problems_of_reading(page) == []
    if language == "en":
        assert chinese_words(page) == []
    shoot(page, f"profile-{width}-{theme}-{language}")


def test_a_password_is_changed_and_a_mistake_is_told_beside_its_field(page_as, clerk):
    page = page_as(clerk)
    page.goto("/profile/")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("another horse altogether")
    page.get_by_label("New password again").fill("another horse")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("The two new passwords differ.")
    assert problems_of_reading(page) == []
    shoot(page, "profile-refused")
    for label in ("New password", "New password again"):
        page.get_by_label(label, exact=True).fill("another horse altogether")
    page.get_by_label("Current password").fill(PASSWORD)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Password changed.")).to_be_visible()
    assert User.objects.get(pk=clerk.pk).check_password("another horse altogether")


def test_the_theme_is_chosen_on_ones_own_page(page_as, clerk):
    page = page_as(clerk)
    page.goto("/profile/")
    page.locator("main").get_by_label("Theme").select_option("dark")
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
