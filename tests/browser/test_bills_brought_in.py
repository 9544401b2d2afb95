"""A file of bills through the browser: its subject chosen, a conflict and an unknown account told apart, brought in."""

import pytest
from playwright.sync_api import expect

from billing.models import Bill
from jobs.runs import work_off
from tests import money
from tests.billing import files
from tests.browser.test_imports import looked_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_file_of_bills_from_upload_to_end(page_as, tmp_path, language):
    steward = files.steward()
    type(steward).objects.update(language=language)
    account = files.account(steward)
    money.bill(account, "59.00", ref="B0")
    rows = [files.a_bill(account, f"B{n}", "61.00") for n in range(4)]
    path = tmp_path / "bills.csv"
    path.write_text(files.bills(*rows, ["NOBODY", *rows[0][1:]]))
    page = page_as(steward)
    page.goto("/imports/new/")
    looked_at(page, "import-new", language)
    page.locator("select[name=subject]").select_option("bills")
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form button.primary").click()
    worked_off(page, "form[action$='/check/'] button.primary")
    expect(page.locator("form[action$='/commit/']")).to_be_visible(timeout=20_000)
    expect(page.locator("#rows")).to_contain_text("NOBODY")
    looked_at(page, "bills-checked", language)
    worked_off(page, "form[action$='/commit/'] button")
    expect(page.locator(".note.ok")).to_be_visible(timeout=20_000)
    page.goto("/imports/")
    looked_at(page, "imports-of-bills", language)
    assert list(Bill.objects.order_by("ref").values_list("ref", "amount")) == [
        ("B0", 59), ("B1", 61), ("B2", 61), ("B3", 61),
    ]  # fmt: skip


def worked_off(page, button):
    """Pressed, and the job that it asked for done."""
    page.locator(button).click()
    expect(page.locator("[id^=run-]")).to_be_visible()
    work_off()
