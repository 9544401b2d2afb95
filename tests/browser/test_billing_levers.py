"""The levers of the simulated billing system in a real browser."""

from uuid import uuid4

import pytest

from billing.simulator.access import Access
from tests import make
from tests.billing import billing_system
from tests.browser.watch import chinese_words, problems_of_reading, shoot, sideways

pytestmark = pytest.mark.django_db(transaction=True)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def branch():
    return make.branch(name="江南分公司", name_en="Jiangnan Branch")


@pytest.fixture
def system(tmp_path, settings, branch):
    access = Access(billing_system.KEY, {branch.code: "crm_none"})
    with billing_system.running(tmp_path, NOWHERE, access) as made:
        settings.BILLING_SIMULATOR = billing_system.address(made)
        yield made


def did_something(book, branch):
    request = {"id": 7, "branch": branch.code, "line": 1, "number": "13800000001", "action": "restore", "asked_at": 0.0}
    book.learn(request, "confirm", [("accept", {}, 0), ("confirm", {}, 0)])
    book.owe("k1", branch.code, "payment", f"A-1001 · SIM-{uuid4()}", {})
    for row in book.due() + book.due():
        book.told(row, 200 if row["what"] != "payment" else 422, "There is no such record.")


LOOKS = [("en", "light", 1440), ("zh-hans", "dark", 1440), ("en", "dark", 390), ("zh-hans", "light", 390)]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_page_reads_well(page_as, branch, system, language, theme, width):
    did_something(system.book, branch)
    page = page_as(make.user("admin", branch, language=language), width=width, theme=theme)
    page.goto("/billing-system/")
    assert problems_of_reading(page) == []
    assert sideways(page) <= 0
    assert language == "zh-hans" or chinese_words(page) == []
    shoot(page, f"billing-levers-{language}-{width}")


def test_levers_are_pulled_by_keyboard(page_as, branch, system):
    page = page_as(make.user("admin", branch, language="en"))
    page.goto("/billing-system/")
    page.get_by_label("What the billing system does").select_option("silent")
    page.get_by_label("With how many requests").press("Control+Enter")
    page.get_by_text("Waiting for one more request: Never answers").wait_for()
    assert system.behaviour.following == ["silent", 1]


def test_its_absence_is_said_plainly(page_as, branch, settings):
    settings.BILLING_SIMULATOR = f"http://:{billing_system.KEY}@127.0.0.1:9"
    page = page_as(make.user("admin", branch, language="en"))
    page.goto("/billing-system/")
    page.get_by_text("does not answer: it is not running").wait_for()
    assert problems_of_reading(page) == []
