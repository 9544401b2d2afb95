"""A session that ends while somebody types: they sign in over the page and nothing is lost."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from customers import starter
from customers.models import Interaction
from tests import make
from tests.browser.watch import problems_of_reading, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


@pytest.fixture
def hall():
    branch = make.branch(name="韶江分公司", name_en="Shaojiang branch")
    starter.plant(branch)
    return make.unit("hall", branch, name="中山路营业厅", name_en="Zhongshan")


@pytest.fixture
def clerk(hall):
    person = make.user("clerk", hall, username="li.xiaofang", name="李晓芳", language="en")
    person.set_password(PASSWORD)
    person.save()
    return person


def end_the_session(page):
    Session.objects.all().delete()
    page.watch.forgive("/login/again/")  # answers 401, and 422 to the wrong password


def write_a_visit(page, customer, note):
    page.goto(f"/customers/{customer.pk}/")
    page.keyboard.press("v")
    expect(page.locator("[data-visit] [role=combobox]").first).to_be_focused()
    page.keyboard.type("2301")
    page.keyboard.press("Enter")
    page.locator("[name=note]").fill(note)


def sign_in_over(page):
    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Password")).to_be_focused()
    assert problems_of_reading(page) == []
    assert sideways(page) <= 0
    page.keyboard.type("wrong horse battery")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("The password does not fit.")
    shoot(page, f"signed-out-{page.viewport_size['width']}")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_visit_typed_after_the_session_ended_is_saved(page_as, clerk, hall, width):
    customer = make.customer(hall, name="张伟")
    page = page_as(clerk, width=width)
    write_a_visit(page, customer, "wants a cheaper plan")
    end_the_session(page)
    page.keyboard.press("Control+Enter")
    sign_in_over(page)
    expect(page.get_by_text("wants a cheaper plan")).to_be_visible()
    assert Interaction.objects.get().note == "wants a cheaper plan"


def test_a_form_that_leaves_the_page_is_kept_and_sent(page_as, clerk, hall):
    customer = make.customer(hall, name="张伟")
    page = page_as(clerk)
    page.goto(f"/customers/{customer.pk}/edit/")
    page.locator("[name=name]").fill("张伟明")
    end_the_session(page)
    page.keyboard.press("Control+Enter")
    sign_in_over(page)
    expect(page.get_by_role("heading", name="张伟明")).to_be_visible()


def test_a_page_older_than_the_sign_in_in_another_tab_still_saves(page_as, clerk, hall):
    customer = make.customer(hall, name="张伟")
    page = page_as(clerk)
    write_a_visit(page, customer, "from the older tab")
    page.watch.forgive("403")
    other = page.context.new_page()
    page.context.clear_cookies()
    other.goto("/login/")
    other.get_by_label("Sign-in name").fill(clerk.username)
    other.get_by_label("Password").fill(PASSWORD)
    other.keyboard.press("Enter")
    expect(other.get_by_role("button", name="Find a customer")).to_be_visible()
    page.bring_to_front()
    page.locator("[name=note]").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("from the older tab")).to_be_visible()
    assert Interaction.objects.get().note == "from the older tab"
