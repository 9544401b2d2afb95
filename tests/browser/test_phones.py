"""The phone of a customer in a real browser: what comes appears by itself, and the answer goes by keyboard."""

import pytest

from tests import make
from tests.browser.watch import chinese_words, problems_of_reading, shoot, sideways
from tests.outreach import centre as centres
from tests.outreach.test_phones import NUMBER, receive, sent_to

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("en", "light", 1440), ("zh-hans", "dark", 1440), ("en", "dark", 390), ("zh-hans", "light", 390)]


@pytest.fixture
def centre(tmp_path, settings):
    with centres.running(tmp_path) as one:
        settings.GATEWAYS = {"sms": centres.address(one), "email": ""}
        yield one


def clerk_and_customer(**look):
    branch = make.branch(name="江南分公司", name_en="Jiangnan Branch")
    clerk = make.user("clerk", branch, name="林晓", **look)
    customer = make.customer(branch, name="张伟明", tier=make.tier(branch, mark="gold"))
    make.identifier(customer, NUMBER)
    sent_to(customer)
    return clerk, customer


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_reads_well(page_as, centre, language, theme, width):
    clerk, customer = clerk_and_customer(language=language, theme=theme)
    bare = make.customer(customer.unit, name="李静")
    for text in ("您的账单已出，请按时缴费。", "https://example.com/" + "x" * 80):
        receive(centre, text)
    centre.book.reply(NUMBER, "好的")
    page = page_as(clerk, width=width, theme=theme)
    for name, path in [("list", "/phones/"), ("phone", f"/phones/{customer.pk}/"), ("bare", f"/phones/{bare.pk}/")]:
        page.goto(path)
        assert problems_of_reading(page) == []
        assert sideways(page) <= 0
        assert language == "zh-hans" or chinese_words(page) == []
        shoot(page, f"phones-{name}-{language}-{width}")


def test_levers_read_well(page_as, centre):
    page = page_as(make.user("admin", language="en"), width=390)
    page.goto("/phones/levers/")
    page.get_by_label("What the gateway does").select_option("timeout")
    page.get_by_label("What the gateway does").press("Control+Enter")
    page.get_by_text("Waiting for one more message").wait_for()
    assert centre.behaviour.following == ["timeout", 1]
    page.get_by_label("Share that goes wrong").fill("20")
    page.get_by_label("What goes wrong").select_option("throttle")
    page.get_by_label("Seconds until it answers the others").fill("1")
    page.get_by_role("button", name="Switch on").click()
    page.get_by_text("20 % of messages").wait_for()
    shoot(page, "phones-levers-en-390")
    assert problems_of_reading(page) == []
    assert sideways(page) <= 0


def test_what_comes_appears_by_itself_and_the_answer_goes_by_keyboard(page_as, centre):
    clerk, _customer = clerk_and_customer(language="en")
    page = page_as(clerk)
    page.goto("/phones/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing on this phone yet").wait_for()
    page.keyboard.press("r")
    page.keyboard.type("TD")
    receive(centre, "您的账单已出")
    page.get_by_text("您的账单已出").wait_for()
    assert page.get_by_label("Reply").input_value() == "TD", "what is being typed stays"
    page.keyboard.press("Control+Enter")
    page.locator(".bubble.own").get_by_text("TD").wait_for()
    assert [row["text"] for row in centre.book.phone(NUMBER)["replied"]] == ["TD"]


def test_a_long_conversation_stands_at_its_end(page_as, centre):
    clerk, customer = clerk_and_customer(language="en")
    for n in range(30):
        receive(centre, f"message {n}.")
    page = page_as(clerk)
    page.goto(f"/phones/{customer.pk}/")
    assert page.get_by_text("message 29.").is_visible()
    box = page.locator(".phone-screen").bounding_box()
    last = page.get_by_text("message 29.").bounding_box()
    assert box["y"] < last["y"] < box["y"] + box["height"]
