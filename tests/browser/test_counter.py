"""A payment at the counter, from the customer's page to the count of the till, without touching the mouse."""

import pytest
from playwright.sync_api import expect

from billing.counter import reversing
from billing.models import Receipt, Reversal, Shift
from tests import make, money
from tests.browser.watch import chinese_words, problems_of_reading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"), name_en="Hall")


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall, language="en", name="Zhao")


@pytest.fixture
def account(hall):
    made = money.account(make.customer(hall, name="Ouyang"))
    money.bill(made, "59.00")
    return made


def test_a_payment_is_taken_by_keyboard_and_the_till_counted(page_as, clerk, account):
    page = page_as(clerk)
    page.goto(f"/customers/{account.customer_id}/")
    page.keyboard.press("p")
    page.wait_for_url("**/pay/")
    expect(page.get_by_label("To pay")).to_be_focused()
    page.keyboard.type("100")  # 41.00 more than is owed
    expect(page.locator("[data-ahead]")).to_contain_text("¥41.00")
    page.keyboard.press("Tab")  # the way: cash
    page.keyboard.press("Tab")
    page.keyboard.type("150")
    expect(page.locator("[data-change]")).to_contain_text("¥50.00")
    assert problems_of_reading(page) == []
    assert chinese_words(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipts/*/")
    receipt = Receipt.objects.get()
    assert (receipt.payment.amount, receipt.given, receipt.shift.opening_float) == (100, 150, 0)
    expect(page.get_by_role("heading", level=1)).to_contain_text(receipt.number)
    assert problems_of_reading(page) == []
    page.goto("/shifts/")
    page.keyboard.press("k")
    page.wait_for_url("**/count/")
    page.get_by_label("Cash at the counter").wait_for()
    page.keyboard.type("99")
    page.keyboard.press("Enter")
    page.get_by_text("Count again, or say why").first.wait_for()
    assert problems_of_reading(page) == []
    page.get_by_label("Explanation").focus()
    page.keyboard.type("One yuan too much change.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/shifts/*/")
    assert Shift.objects.get().state == "counted"
    assert problems_of_reading(page) == []
    assert chinese_words(page) == []


def test_the_slip_is_asked_for_where_no_cash_is_given(page_as, clerk, account):
    money.till(clerk)
    page = page_as(clerk, width=390)
    page.goto(f"/customers/{account.customer_id}/pay/")
    expect(page.get_by_label("Number on the terminal's slip")).to_be_hidden()
    page.get_by_label("WeChat Pay").check()
    expect(page.get_by_label("Given")).to_be_hidden()
    page.get_by_label("Number on the terminal's slip").fill("8812")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipts/*/")
    assert Receipt.objects.get().slip == "8812"
    assert problems_of_reading(page) == []


def test_notes_and_coins_add_up_while_one_types(page_as, clerk):
    shift = money.till(clerk)
    page = page_as(clerk)
    page.goto(f"/shifts/{shift.pk}/count/")
    page.get_by_text("By notes and coins").click()
    page.locator("[name=piece_50]").fill("2")
    page.locator("[name=piece_0_1]").fill("3")
    expect(page.get_by_label("Cash at the counter")).to_have_value("100.30")
    assert problems_of_reading(page) == []


def test_a_duty_manager_approves_by_keyboard(page_as, clerk, account, hall):
    money.till(clerk)
    reversing.ask(money.paid(account, clerk), by=clerk, reason="wrong account")
    page = page_as(make.user("duty_manager", hall, language="en", name="Qian"))
    page.goto("/shifts/")
    assert problems_of_reading(page) == []
    page.get_by_role("link", name="¥59.00").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reversals/*/")
    assert problems_of_reading(page) == []
    page.keyboard.press("a")
    page.get_by_text("Approved; the money may be paid back.").wait_for()
    assert Reversal.objects.get().state == "approved"
    assert chinese_words(page) == []
