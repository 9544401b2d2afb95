"""The search box as one types: real requests, an answer that comes late, an answer that never comes."""

import re

import pytest
from playwright.sync_api import expect

from staff.rights import Role
from tests import make
from tests.browser.watch import problems_of_reading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.browser.gallery")]


@pytest.fixture
def page(page_as):
    page = page_as(make.user(Role.CLERK, language="en"))
    page.goto("/gallery/")
    page.keyboard.press("/")
    return page


@pytest.fixture
def box(page):
    box = page.get_by_role("combobox", name="Find a customer")
    expect(box).to_be_focused()
    return box


def options(page):
    return page.locator("#search-results").get_by_role("option")


def opened(page, n):
    page.wait_for_url(re.compile(rf"/opened/{n}/"))


def test_answers_appear_while_typing(page, box):
    box.press_sequentially("zhang")
    expect(options(page)).to_have_count(5)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert problems_of_reading(page) == []


def test_arrows_choose_and_enter_opens(page, box):
    box.press_sequentially("zhang")
    expect(options(page)).to_have_count(5)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "hit-2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options(page).nth(4)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    opened(page, 5)


def test_an_exact_hit_opens_on_enter(page, box):
    box.press_sequentially("13800138000")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    opened(page, 1)


def test_enter_before_the_answer_waits_for_it(page, box):
    box.press_sequentially("13800138000")
    page.keyboard.press("Enter")
    opened(page, 1)


def test_enter_with_several_hits_offers_the_first(page, box):
    box.press_sequentially("zhang")
    page.keyboard.press("Enter")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    opened(page, 1)


def test_a_late_answer_to_an_older_question_is_ignored(page, box):
    box.fill("slow")
    page.wait_for_timeout(200)
    box.fill("quick")
    expect(options(page).first).to_contain_text("quick")
    page.wait_for_timeout(500)
    expect(options(page).first).to_contain_text("quick")


def test_escape_closes_and_leaves_the_text(page, box):
    box.press_sequentially("zhang")
    expect(options(page)).to_have_count(5)
    page.keyboard.press("Escape")
    expect(page.locator("#search-results")).to_be_hidden()
    expect(box).to_have_value("zhang")


def test_nothing_found_is_said(page, box):
    box.fill("none")
    expect(page.locator("#search-results")).to_contain_text("Nobody found.")
    expect(page.locator("[data-search-status]")).to_have_text("Nobody found.")


def test_a_search_that_fails_is_said_and_can_be_tried_again(page, box):
    page.watch.forgive("500 .*/search/")
    box.fill("broken")
    expect(page.locator("#search-results")).to_contain_text("did not answer")
    box.fill("zhang")
    expect(options(page)).to_have_count(5)


def test_an_input_method_is_left_in_peace(page, box):
    asked = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/search/") else None)
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "zhang", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(300)
    assert asked == []
    session.send("Input.insertText", {"text": "张"})
    expect(options(page).first).to_contain_text("张")


TYPED_AT_ONCE = """input => {
    for (const letter of "zhangwei") {
        input.value += letter;
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
}"""


def test_one_question_for_fast_typing(page, box):
    """The letters come without a pause between them, however slow the machine is."""
    asked = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/search/") else None)
    box.evaluate(TYPED_AT_ONCE)
    expect(options(page).first).to_contain_text("zhangwei")
    page.wait_for_timeout(300)
    assert len(asked) == 1


def test_clicking_a_row_opens_it(page, box):
    box.fill("zhang")
    options(page).nth(2).click()
    opened(page, 3)


def test_the_search_text_is_in_no_address(page, box):
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    box.fill("13800138000")
    expect(options(page)).to_have_count(1)
    assert not any("13800138000" in url for url in urls)
