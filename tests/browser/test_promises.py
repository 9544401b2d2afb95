"""A promise to pay, from the customer's page, without touching the mouse; and what else is agreed about arrears."""

import os

import pytest
from playwright.sync_api import expect

from billing.models import Hold, PaymentPromise
from tests import make
from tests.browser.watch import chinese_words, problems_of_reading
from tests.promising import account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"), name_en="Hall")


@pytest.fixture
def owes(hall):
    return account(customer=make.customer(hall, name="Ouyang"))


def looked_at(page, name):
    """Nothing to complain of; with LOOK set, a picture too."""
    assert problems_of_reading(page) == []
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_promise_in_two_parts_is_made_by_keyboard(page_as, hall, owes):
    page = page_as(make.user("clerk", hall, language="en", name="Zhao"))
    page.goto(f"/customers/{owes.customer_id}/")
    page.get_by_role("link", name="Promise to pay").wait_for()
    looked_at(page, "panel")
    page.keyboard.press("o")
    page.wait_for_url("**/promise/")
    expect(page.get_by_label("Pay by").first).to_be_focused()
    page.get_by_role("button", name="in 7 days").focus()
    page.keyboard.press("3")  # the third quick choice: in 7 days
    expect(page.locator("#id_amount_1")).to_be_focused()
    page.keyboard.type("60")
    page.get_by_role("button", name="in 7 days").focus()
    page.keyboard.press("m")
    expect(page.locator("#id_amount_2")).to_have_value("40.00")
    looked_at(page, "promise")
    assert chinese_words(page) == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/customers/{owes.customer_id}/")
    made = PaymentPromise.objects.get()
    assert [str(part.amount) for part in made.parts.all()] == ["60.00", "40.00"]
    expect(page.get_by_text("rests while a promise is open")).to_be_visible()
    looked_at(page, "promised")


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (390, "en")])
def test_the_pages_read_well(page_as, hall, owes, width, language):
    person = make.user("dunning_clerk", hall.home, language=language, name="Zhao")
    page = page_as(person, width=width)
    for path in (f"/accounts/{owes.pk}/promise/", f"/accounts/{owes.pk}/stop-dunning/", "/promises-to-pay/"):
        page.goto(path)
        looked_at(page, f"{path.strip('/').replace('/', '-')}-{width}")
    page.goto(f"/bills/{owes.bills.get().pk}/dispute/")
    page.keyboard.type("Not my call")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/customers/{owes.customer_id}/")
    page.goto(f"/holds/{Hold.objects.get().pk}/")
    looked_at(page, f"hold-{width}")
    make.line(owes.customer)
    page.goto(f"/customers/{owes.customer_id}/exempt-line/")
    looked_at(page, f"exempt-{width}")
    page.goto("/exempt-lines/")
    looked_at(page, f"exemptions-{width}")
