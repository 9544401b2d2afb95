"""The dunning clerk's day by keyboard: the dry run, dunning at once, the figures; and the supervisor's next version."""

import pytest
from playwright.sync_api import expect

from billing import starter
from billing.dunning import at_once, foreseeing
from billing.models import Scenario
from jobs import runs
from jobs.models import Run
from tests import dunning, make
from tests.browser.watch import chinese_words, problems_of_reading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def branch():
    made = make.branch(name_en="Branch")
    starter.plant(made)
    for n, days in enumerate((1, 9, 40)):
        dunning.overdue(days, customer=make.reachable(made, name=f"Customer {n}"))
    return made


def reads_well(page, language="en"):
    assert problems_of_reading(page) == []
    if language == "en":
        assert chinese_words(page) == []


def test_the_clerk_looks_at_the_day_runs_it_and_sees_what_it_did(page_as, branch):
    page = page_as(make.user("dunning_clerk", branch, language="en", name="Zhou"))
    page.goto("/dunning/")
    expect(page.get_by_text("Suspensions without reminder")).to_be_visible()
    reads_well(page)
    page.get_by_role("link", name="Dry run").click()
    expect(page.get_by_text("Asking what each account would meet")).to_be_visible()
    runs.work_off(only=[Run.objects.get(job=foreseeing.JOB).pk])
    expect(page.get_by_text("Accounts met")).to_be_visible()
    reads_well(page)
    page.keyboard.press("r")
    page.wait_for_url("**/dunning/runs/*/")
    runs.work_off(only=[Run.objects.get(job=at_once.JOB).pk])
    expect(page.locator("#done .stat", has_text="Messages written").locator(".stat-value")).to_have_text("3")
    reads_well(page)
    page.goto("/dunning/")
    page.get_by_role("table").get_by_role("link", name="Customer 2").click()
    expect(page.get_by_role("heading", name="Ladder")).to_be_visible()
    reads_well(page)
    page.goto("/dunning/recovery/")
    reads_well(page)


def test_the_supervisor_writes_the_next_version_and_compares(page_as, branch):
    page = page_as(make.user("branch_head", branch, language="en", name="Zhou"))
    scenario = Scenario.objects.get(branch=branch, code="mobile")
    page.goto(f"/dunning/scenarios/{scenario.pk}/")
    reads_well(page)
    page.keyboard.press("e")
    page.wait_for_url("**/edit/")
    reads_well(page)
    page.locator("[name=s2-days]").fill("9")
    page.get_by_role("button", name="Check and look at it").click()
    expect(page.get_by_text("Step 2: days: 7 → 9")).to_be_visible()
    reads_well(page)
    page.get_by_role("button", name="Put to use").click()
    expect(page.get_by_text("Version 2 is in use.")).to_be_visible()
    page.goto("/dunning/compare/")
    reads_well(page)


@pytest.mark.parametrize("address", ["/dunning/", "/dunning/dry-run/", "/dunning/recovery/", "/dunning/scenarios/"])
def test_the_pages_read_well_on_a_phone_in_chinese(page_as, branch, address):
    page = page_as(make.user("branch_head", branch), width=390, height=844)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    reads_well(page, "zh")


@pytest.mark.parametrize("width", [1440, 390])
def test_how_it_is_made_sure_stands_in_full_lines(page_as, branch, width):
    page = page_as(make.user("dunning_clerk", branch), width=width)
    page.goto("/dunning/proof/")
    widths = page.locator("main .card-body p").evaluate_all("all => all.map((one) => one.clientWidth)")
    assert len(widths) == 5
    assert min(widths) > width / 2
