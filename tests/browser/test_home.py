"""The home page as a worklist: the action stands on the row, and the search is one key away."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.search.index import index
from staff.rights import Role
from tests import make
from tests.browser.watch import chinese_words, problems_of_reading
from work.models import FollowUp

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(page_as):
    hall = make.unit("hall")
    clerk = make.user(Role.CLERK, hall, language="en")
    late = timezone.now() - timedelta(days=2, minutes=5)
    make.follow_up(make.customer(hall, name="张伟明"), clerk, what="Call back", due_at=late, late_at=late)
    page = page_as(clerk)
    page.goto("/")
    return page


def test_a_follow_up_is_ticked_off_on_its_row(page):
    row = page.locator("li", has_text="Call back")
    expect(row).to_contain_text("2 days late")
    row.get_by_role("button", name="Done: 张伟明").click()
    expect(row.get_by_role("button", name="Undo")).to_be_visible()
    assert problems_of_reading(page) == []
    page.reload()
    expect(page.get_by_text("No follow-up is due")).to_be_visible()
    assert FollowUp.objects.get().state == "done_neutral"


def test_the_prompt_leads_to_the_search(page):
    page.get_by_role("main").get_by_role("button", name="Find a customer").click()
    expect(page.get_by_role("combobox", name="Find a customer")).to_be_focused()


def test_a_row_opens_the_follow_up_by_keyboard_and_c_the_customer(page):
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/follow-ups/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Callback: 张伟明")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("张伟明")


def test_the_last_four_digits_find_the_customer_and_enter_opens_them(page_as):
    hall = make.unit("hall")
    found, other = make.customer(hall, name="欧阳明"), make.customer(hall, name="李四")
    for customer, number in ((found, "13800134321"), (other, "13800130000")):
        make.identifier(customer, number)
    index([found.pk, other.pk])
    page = page_as(make.user(Role.CLERK, hall, language="en"))
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("4321")
    row = page.locator("#search-results").get_by_role("option")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("欧阳明")
    assert problems_of_reading(page) == []
    assert chinese_words(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("欧阳明")
