"""My day, worked off without a mouse."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from staff.rights import Role
from tests import make
from tests.browser.watch import chinese_words, problems_of_reading
from work.models import FollowUp

pytestmark = pytest.mark.django_db(transaction=True)


def hours(n):
    return timezone.now() + timedelta(hours=n)


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"), name_en="Hall")


@pytest.fixture
def clerk(hall):
    return make.user(Role.CLERK, hall, language="en", name="Zhao")


@pytest.fixture
def owed(hall, clerk):
    """Late, due now, later today or tomorrow, and a promise."""
    customer = make.customer(hall, name="Ouyang")
    return [
        make.follow_up(customer, clerk, what="late one", due_at=hours(-3), late_at=hours(-2), number="13800000001"),
        make.follow_up(customer, clerk, what="due one", due_at=hours(-1), late_at=hours(5)),
        make.follow_up(customer, clerk, what="promised one", kind="promise", due_at=hours(30), late_at=hours(32)),
    ]


def state_of(one):
    return FollowUp.objects.get(pk=one.pk).state


def test_the_day_is_done_by_keyboard_with_a_note(page_as, clerk, owed):
    page = page_as(clerk)
    page.goto("/day/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Ouyang").first).to_be_focused()
    page.keyboard.press("w")
    page.keyboard.type("all is well")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.locator("[data-answered]")).to_contain_text("Done, satisfied")
    assert state_of(owed[0]) == "done_satisfied"
    assert owed[0].attempts.get().note == "all is well"
    page.keyboard.press("u")
    expect(page.locator("[data-answered]")).to_have_count(0)
    assert state_of(owed[0]) == "due"
    expect(page.get_by_role("link", name="Ouyang").first).to_be_focused()
    page.keyboard.press("4")
    expect(page.locator(".day-row .row-end").first).not_to_contain_text("hours late")
    expect(page.get_by_role("link", name="Ouyang").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("1")
    expect(page.locator("[data-answered]")).to_have_count(1)
    assert state_of(owed[1]) == "done_satisfied"
    assert problems_of_reading(page) == []
    assert chinese_words(page) == []


def test_enter_opens_the_follow_up_and_every_form_is_there(page_as, clerk, owed):
    page = page_as(clerk)
    page.goto("/day/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Callback: Ouyang")
    for title in ("Note how it goes", "Move", "Hand over", "Cancel the follow-up"):
        page.get_by_text(title, exact=True).click()
    assert problems_of_reading(page) == []
    assert chinese_words(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_read_well_on_desk_and_phone(page_as, hall, clerk, owed, width):
    head = make.user(Role.DUTY_MANAGER, hall, language="en", name="Qian")
    page = page_as(head, width=width)
    for address in ("/day/", "/follow-ups/", "/follow-ups/?which=open", "/follow-ups/promises/"):
        page.goto(address)
        assert problems_of_reading(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
