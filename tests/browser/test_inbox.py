"""The bell, the inbox and the pages of absences in a real browser."""

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.watch import chinese_words, problems_of_reading, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("en", "light", 1440), ("zh-hans", "dark", 1024), ("en", "dark", 390)]
DATA = {"person": "Lin", "first": "2026-11-23", "last": "2026-11-27"}


@pytest.fixture
def hall():
    return make.unit("hall", name="中山路营业厅", name_en="Zhongshan Road Hall")


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_reads_well(page_as, hall, language, theme, width):
    leader = make.user("duty_manager", hall, name="林晓", language=language, theme=theme)
    one, two = (make.user("clerk", hall, name=name) for name in ("张伟", "李娜"))
    absence = make.absence(one, leader)
    make.absence(two, one, days=30)
    make.notice(leader, urgency="ring", data=DATA, customer_id=make.customer(hall, name="王小明").pk)
    make.notice(leader, data=DATA, read_at=absence.starts_at)
    page = page_as(leader, width=width, theme=theme)
    for name, path in [
        ("inbox", "/inbox/"),
        ("own", "/profile/absence/"),
        ("absences", "/absences/"),
        ("deputy", f"/absences/{absence.pk}/deputy/"),
    ]:
        page.goto(path)
        shoot(page, f"{name}-{language}-{width}")
        assert not problems_of_reading(page)
        assert not sideways(page)
        assert language != "en" or not chinese_words(page)


def test_the_bell_rings_on_a_page_left_open_and_an_urgent_toast_is_shown_once(page_as, hall):
    clerk = make.user("clerk", hall, language="en")
    page = page_as(clerk)
    page.clock.install()
    page.goto("/")
    count = page.locator(".bell .count")
    expect(count).to_have_count(0)
    notice = make.notice(clerk, urgency="ring", data=DATA)
    with page.expect_response(f"**/inbox/{notice.pk}/seen/"):
        page.clock.run_for(21_000)
    expect(count).to_have_text("1")
    expect(page.locator(".toast")).to_contain_text("You stand in for Lin")
    page.goto("/profile/")
    expect(page.locator(".toast")).to_have_count(0)
    expect(count).to_have_text("1")


def test_the_inbox_is_read_by_keys(page_as, hall):
    clerk = make.user("clerk", hall, language="en")
    first, second = (make.notice(clerk, data=DATA) for _ in range(2))
    page = page_as(clerk)
    page.goto("/")
    page.keyboard.press("i")
    page.wait_for_url("**/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/profile/absence/")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.read_at is None, second.read_at is None) == (False, True)
    page.go_back()
    page.keyboard.press("m")
    expect(page.get_by_text("All read")).to_be_visible()
