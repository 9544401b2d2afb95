"""The first page by role: the lists that belong to it, a fixed number of queries, nothing for strangers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from staff.rights import RIGHTS, Role
from tests import make

pytestmark = pytest.mark.django_db


def home(browser):
    return browser.get("/")


def templates(answer):
    return {card["template"] for card in answer.context["cards"]}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_role_has_a_home_page(role, language):
    browser = make.sign_in(role, language=language)
    assert home(browser).status_code == 200


def test_a_stranger_is_sent_to_the_sign_in_page(client):
    assert client.get("/").url.startswith("/login/")


@pytest.mark.parametrize(
    ("role", "has", "has_not"),
    [
        (Role.CLERK, "_follow_ups", "_contracts"),
        (Role.VIP_MANAGER, "_contracts", "_units"),
        (Role.BRANCH_HEAD, "_overdue", "_jobs"),
        (Role.DATA_STEWARD, "_imports", "_follow_ups"),
        (Role.ADMIN, "_jobs", "_contacts"),
    ],
)
def test_the_lists_follow_the_role(role, has, has_not):
    shown = templates(home(make.sign_in(role)))
    assert f"home/{has}.html" in shown
    assert f"home/{has_not}.html" not in shown


def test_two_postings_have_the_lists_of_both():
    hall = make.unit("hall")
    browser = make.sign_in(Role.CLERK, hall)
    make.post(browser.person, Role.VIP_MANAGER, hall)
    assert {"home/_contacts.html", "home/_contracts.html"} <= templates(home(browser))


def test_without_work_for_the_role_the_page_says_so():
    assert "Nothing waits for you here" in home(make.sign_in(Role.AGENT, language="en")).content.decode()


def fill(hall, owner, n):
    for _ in range(n):
        customer = make.customer(hall, manager=owner, birthday=timezone.localdate())
        make.line(customer, contract_end=timezone.localdate(), plan=make.plan(customer.branch))
        make.interaction(customer, owner, unit=hall)
        make.follow_up(customer, owner, unit=hall)


def queries(browser):
    with CaptureQueriesContext(connection) as caught:
        assert home(browser).status_code == 200
    return len(caught)


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIP_MANAGER, Role.DUTY_MANAGER, Role.BRANCH_HEAD])
def test_more_rows_cost_no_more_queries(role):
    hall = make.unit("hall")
    browser = make.sign_in(role, hall if role != Role.BRANCH_HEAD else hall.branch)
    home(browser)  # the first page of a session also writes the session
    fill(hall, browser.person, 1)
    few = queries(browser)
    fill(hall, browser.person, 3)
    assert queries(browser) == few
    assert few <= 12


def test_the_navigation_shows_what_may_be_opened():
    shown = {entry["label"] for entry in home(make.sign_in(Role.CLERK, language="en")).context["navigation"]()}
    assert "Jobs" not in shown
    assert "Settings" not in shown


def test_only_who_sees_customers_has_the_search_box():
    assert "customers.view" in RIGHTS
    assert b"data-search" in home(make.sign_in(Role.CLERK)).content
    assert b"data-search" not in home(make.sign_in(Role.ADMIN)).content


def test_the_page_of_a_person_is_in_their_language_and_theme():
    page = home(make.sign_in(Role.CLERK, language="en", theme="dark")).content.decode()
    assert '<html lang="en" data-theme="dark">' in page
