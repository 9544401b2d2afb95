"""Two at the desk: each sees that the other is there; all that match is changed and taken back, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from complaints.models import Complaint
from jobs import runs
from tests import complaining, make

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "complaint_desk"


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def made(hall):
    of, by = complaining.category(hall.branch), make.user("clerk", hall)
    return [complaining.complaint(make.reachable(hall), by, category=of) for _n in range(3)]


def looks_again(page):
    """Somebody comes back to their window: it asks at once who is there."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_two_see_each_other_and_one_changes_all_that_match_and_takes_it_back(page_as, hall, made):
    desk = make.unit("desk", parent=hall.branch)
    writer, other = (page_as(make.user(DESK, desk, name=name, language="en")) for name in ("Li Fang", "Chen Bo"))
    presence, address = "[data-presence]", f"/complaints/{made[0].pk}/"
    writer.goto(address)
    with other.expect_response(lambda answer: answer.url.endswith("/here/")):
        other.goto(address)
    expect(other.locator(presence)).to_have_text("Li Fang has it open")
    looks_again(writer)
    expect(writer.locator(presence)).to_have_text("Chen Bo has it open")
    writer.keyboard.press("n")
    expect(writer.locator("#note_text")).to_be_focused()
    with writer.expect_response(lambda answer: answer.url.endswith("/here/")):
        writer.keyboard.type("called", delay=20)
    looks_again(other)
    expect(other.locator(presence)).to_have_text("Li Fang is writing")

    _all_that_match_and_back(other, [one.pk for one in made])


def _all_that_match_and_back(page, keys):
    page.goto("/complaints/?level=1")
    expect(page.get_by_role("link", name="Do at once: all 3")).to_be_visible()
    page.keyboard.press("q")
    expect(page.get_by_text("3 match.")).to_be_visible()
    page.keyboard.press("l")
    level = page.get_by_label("To which level")
    expect(level).to_be_focused()
    for key in ("ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(level).to_have_value("3")
    page.keyboard.press("Tab")
    page.keyboard.type("press")
    page.keyboard.press("Control+Enter")
    _worked(page)
    assert _levels(keys) == {1}, "it was tried only"
    _pressed(page, "Do it with 3", "g")
    _worked(page)
    assert _levels(keys) == {3}
    _pressed(page, "Undo all of it", "u")
    _worked(page)
    expect(page.locator("#bulk h2", has_text="Undone")).to_be_visible()
    assert _levels(keys) == {1}


def _worked(page):
    """What the page waits for is done beside it, and it shows so by itself."""
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    runs.work_off()


def _pressed(page, button, key):
    expect(page.get_by_role("button", name=button)).to_be_visible()
    page.keyboard.press(key)


def _levels(keys):
    return set(Complaint.objects.filter(pk__in=keys).values_list("level", flat=True))
