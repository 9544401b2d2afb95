"""A file of customers through the browser: uploaded, mapped, checked, brought in, the failed rows taken home."""

from threading import Event, Thread

import pytest
from django.db import connection
from playwright.sync_api import expect

from customers.models import Customer, Import
from jobs.runs import work_off
from tests.browser.watch import problems_of_reading, shoot, sideways
from tests.imports import files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def steward(transactional_db):
    """Who brings files in; two customers of theirs are known already."""
    made = files.steward()
    files.brought_in(files.text(files.people(2)), made)
    return made


@pytest.fixture
def worker(steward):
    """A worker beside the server that works while this event is set."""
    over, at_work = Event(), Event()

    def work():
        while not over.wait(0.2):
            if at_work.is_set():
                work_off()
        connection.close()

    thread = Thread(target=work)
    thread.start()
    yield at_work
    over.set()
    thread.join(10)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_upload_to_the_failed_rows(page_as, steward, worker, tmp_path, language):
    type(steward).objects.update(language=language)
    rows = files.people(30)
    rows[0] |= {"等级": "金卡"}
    rows.append(files.PERSON | {"客户编号": "K900", "等级": "白金", "手机号码": ""})
    path = tmp_path / "customers.csv"
    path.write_bytes(files.text(rows).encode("gb18030"))
    page = page_as(steward)
    page.goto("/imports/")
    page.keyboard.press("n")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form button.primary").click()
    expect(page.locator(".facts dd", has_text="GB18030")).to_be_visible()
    looked_at(page, "import-mapping", language)
    watched(page, worker, page.locator("form[action$='/check/'] button.primary"))
    expect(page.locator("form[action$='/commit/']")).to_be_visible(timeout=20_000)
    expect(page.locator("#rows")).to_contain_text("白金")
    looked_at(page, "import-checked", language)
    page.locator(".tabs a[href*='update']").click()
    expect(page.locator("#rows ins").first).to_contain_text("金卡")
    watched(page, worker, page.locator("form[action$='/commit/'] button"))
    expect(page.locator(".note.ok")).to_be_visible(timeout=20_000)
    looked_at(page, "import-done", language)
    with page.expect_download() as taken:
        page.keyboard.press("d")
    assert "白金" in taken.value.path().read_text(encoding="utf-8")
    page.goto("/imports/")
    looked_at(page, "imports", language)
    assert (Customer.objects.count(), Import.objects.latest("pk").state) == (30, "done")


def watched(page, worker, button):
    """The page has shown the run waiting, and asked again, before anybody works on it."""
    worker.clear()
    with page.expect_response("**/progress/"), page.expect_response("**/progress/"):
        button.click()
    with page.expect_response("**/progress/"):
        expect(page.locator("[id^=run-] progress")).to_be_visible()
    worker.set()


def looked_at(page, name, language):
    """Read at a desk and on a phone."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        shoot(page, f"{name}-{language}-{width}")
        assert not sideways(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    assert not problems_of_reading(page)
