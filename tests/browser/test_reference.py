"""The API's reference: a clerk reads it, tries a request under their own session, and issues a token."""

import pytest
from playwright.sync_api import expect

from customers.search.index import index
from tests import make
from tests.browser.watch import problems_of_reading, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


@pytest.fixture
def clerk():
    hall = make.unit("hall", make.branch(name="韶江分公司"), name="中山路营业厅")
    person = make.user("clerk", hall, username="li.xiaofang", name="李晓芳", language="en")
    person.set_password(PASSWORD)
    person.save()
    make.tier(hall.branch)
    index([make.customer(hall, name="张伟明").pk])
    return person


@pytest.fixture(autouse=True)
def patient(settings):
    settings.API_PERSON_PER_MINUTE = 10_000


def test_a_clerk_runs_a_request_on_the_reference_page(page_as, clerk):
    page = page_as(clerk)
    page.set_default_timeout(15000)
    page.goto("/api/v1/docs/")
    page.locator("#operations-tag-customers").click()
    page.locator("#operations-customers-customers_search button.opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("textarea.body-param__text").fill('{"text": "张伟明"}')
    page.get_by_role("button", name="Execute", exact=True).click()
    answer = page.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text("张伟明")
    shoot(page, "api-reference")


def test_a_clerk_writes_with_a_key_on_the_reference_page(page_as, clerk):
    page = page_as(clerk)
    page.set_default_timeout(15000)
    page.goto("/api/v1/docs/")
    page.locator("#operations-tag-customers").click()
    block = page.locator("#operations-customers-customers_open")
    block.locator("button.opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.locator("tr[data-param-name='Idempotency-Key'] input").fill("try-1")
    block.locator("textarea.body-param__text").fill('{"name": "王芳"}')
    block.get_by_role("button", name="Execute", exact=True).click()
    expect(block.locator(".live-responses-table .response").first).to_contain_text("王芳")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_token_is_issued_and_withdrawn_on_its_page(page_as, clerk, width, theme):
    page = page_as(clerk, width=width, theme=theme)
    page.goto("/profile/")
    page.get_by_role("link", name="Tokens").click()
    page.get_by_label("Name", exact=True).fill("Billing system")
    page.get_by_label("Contacts: record").check()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Issue").click()
    expect(page.locator(".note.ok")).to_contain_text("shown this once")
    assert page.locator("code.secret").inner_text().startswith("crm_")
    assert sideways(page) <= 0
    assert problems_of_reading(page) == []
    shoot(page, f"tokens-{width}-{theme}")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Withdrawn", exact=True)).to_be_visible()
