"""Every role's first page in both languages, themes and three widths: readable, within the policy, never too wide."""

from itertools import cycle

import pytest

from staff.rights import Role
from tests import make
from tests.browser.watch import chinese_words, problems_of_reading, sideways

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("en", "dark", 1440), ("zh-hans", "light", 1024), ("en", "light", 390)]


@pytest.fixture
def hall():
    branch = make.branch(name="江南分公司", name_en="Jiangnan Branch")
    return make.unit("hall", branch, name="人民路厅", name_en="People's Road Hall")


def check(page, language):
    assert problems_of_reading(page) == []
    assert sideways(page) <= 0
    if language == "en":
        assert chinese_words(page) == []


@pytest.mark.parametrize(("role", "look"), list(zip(Role.values, cycle(LOOKS), strict=False)))
def test_the_first_page_of_every_role(page_as, hall, role, look):
    language, theme, width = look
    person = make.user(role, hall, name="林晓", language=language, theme=theme)
    customer = make.customer(hall, manager=person, name="张伟明")
    make.interaction(customer, person, next_step="follow_up", follow_up="回电", follow_up_on="2026-01-01")
    page = page_as(person, width=width, theme=theme)
    page.goto("/")
    check(page, language)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS[:2])
@pytest.mark.parametrize("path", ["/login/", "/no-such-page/"])
def test_pages_for_strangers(page_as, server, path, language, theme, width):
    page = page_as(width=width, theme=theme, locale="en" if language == "en" else "zh-CN")
    page.watch.forgive("404 .*/no-such-page/")
    page.goto(path)
    check(page, language)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS[1:])
def test_the_profile(page_as, hall, language, theme, width):
    page = page_as(make.user(Role.CLERK, hall, name="林晓", language=language, theme=theme), width=width, theme=theme)
    page.goto("/profile/")
    check(page, language)


@pytest.mark.urls("tests.browser.gallery")
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1024), ("dark", 390)])
def test_every_component(page_as, hall, theme, width):
    page = page_as(make.user(Role.CLERK, hall, name="林晓", language="en", theme=theme), width=width, theme=theme)
    page.goto("/gallery/?say=1")
    check(page, "en")
    page.get_by_role("button", name="Your menu").click()
    check(page, "en")


@pytest.mark.urls("tests.browser.gallery")
def test_on_a_phone_what_is_touched_is_large_enough(page_as, hall):
    page = page_as(make.user(Role.CLERK, hall, language="en"), width=390, has_touch=True)
    page.goto("/gallery/")
    too_small = page.evaluate("""() => [...document.querySelectorAll(".button:not(.small), .nav a, .field input")]
      .filter((element) => element.checkVisibility() && !element.matches("[type=checkbox], [type=radio]"))
      .filter((element) => element.getBoundingClientRect().height < 44).map((element) => element.outerHTML)""")
    assert too_small == []


def test_language_and_theme_switch_in_place(page_as, hall):
    page = page_as(make.user(Role.CLERK, hall, name="林晓", language="zh-hans"))
    page.goto("/profile/")
    page.get_by_role("button", name="个人菜单").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/profile/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Dark").click()
    page.locator("html[data-theme=dark]").wait_for()
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")


def test_what_breaks_the_policy_is_caught(page_as, hall):
    page = page_as(make.user(Role.CLERK, hall))
    page.goto("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.wait_for_timeout(50)
    assert any("policy" in found for found in page.watch.problems)
    page.watch.problems.clear()


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS[1:])
@pytest.mark.parametrize("path", ["/admin/", "/admin/staff/unit/", "/admin/staff/unit/add/"])
def test_the_back_office(page_as, hall, path, language, theme, width):
    page = page_as(make.user(Role.ADMIN, hall.branch, language=language, theme=theme), width=width, theme=theme)
    page.goto(path)
    assert problems_of_reading(page) == []
    assert sideways(page) <= 0
