"""Single keys, lists, dialogs, forms and messages, as somebody at the counter uses them."""

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
    return page


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def test_a_question_mark_shows_the_keys_of_this_page(page):
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    for words in ("Find a customer", "New visit", "Record a visit", "Next and previous row", "Save"):
        expect(keys.get_by_text(words, exact=False).first).to_be_visible()
    assert problems_of_reading(page) == []
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_a_single_key_presses_its_button_but_not_while_typing(page):
    page.evaluate("""() => { window.pressed = 0;
      document.querySelector('[data-key=n]').addEventListener('click', () => { window.pressed += 1; }); }""")
    page.keyboard.press("n")
    page.keyboard.press("Control+n")
    page.get_by_label("Name", exact=True).press("n")
    assert page.evaluate("window.pressed") == 1


def test_single_keys_can_be_turned_off_on_this_device(page):
    page.keyboard.press("?")
    page.get_by_label("Single keys work on this device").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("/")
    assert focused(page) != "search"


def test_j_and_k_walk_the_rows_from_list_to_list(page):
    page.keyboard.press("j")
    assert focused(page) == "王小明1"
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "王小明3"
    page.keyboard.press("k")
    assert focused(page) == "王小明2"
    for _ in range(7):
        page.keyboard.press("j")
    assert focused(page) == "陈美丽"
    page.keyboard.press("Enter")
    assert page.url.endswith("#f1")


def test_control_enter_saves_and_the_summary_gets_the_focus(page):
    page.get_by_label("Note").fill("kept")
    page.keyboard.press("Control+Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("need to be put right")
    expect(page.get_by_label("Note")).to_have_value("kept")
    assert problems_of_reading(page) == []
    summary.get_by_role("link", name="Name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_a_form_is_sent_once_however_often_it_is_pressed(page):
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.evaluate("""() => { const form = document.querySelector('form[data-save-keys]');
      form.requestSubmit(); form.requestSubmit(); }""")
    page.wait_for_load_state()
    expect(page.get_by_role("alert")).to_be_visible()
    assert len(sent) == 1


def test_leaving_with_unsaved_typing_asks_first(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Name", exact=True).press_sequentially("x")
    page.get_by_role("link", name="Home", exact=True).click()
    page.wait_for_url(re.compile(r"/$"))
    assert asked == ["beforeunload"]


def test_a_part_that_fails_says_so_and_stays_as_it_was(page):
    page.watch.forgive(r"500 .*panel|Response Status Error Code 500")
    page.get_by_role("button", name="Break").click()
    expect(page.get_by_role("status").get_by_text("That did not work")).to_be_visible()
    expect(page.locator("#panel")).to_have_text("Load")
    page.locator("#panel").click()
    expect(page.locator("#panel")).to_have_text("here")


def test_a_message_can_be_closed(page):
    page.goto("/gallery/?say=1")
    expect(page.locator("[data-toast]")).to_have_count(2)
    page.locator("[data-toast]").first.get_by_role("button", name="Close").click()
    expect(page.locator("[data-toast]")).to_have_count(1)


def test_a_dialog_opens_closes_and_gives_the_focus_back(page):
    delete = page.get_by_role("button", name="Delete")
    delete.click()
    expect(page.get_by_role("dialog", name="Delete it?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(delete).to_be_focused()


def test_the_first_tab_offers_the_way_to_the_content(page):
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert focused(page).startswith("main")
