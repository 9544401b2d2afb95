"""The customer's page in two requests: the frame, then everything that fills it."""

import re

import pytest
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
PLACE = re.compile(r'<div id="([\w-]+)" hx-swap-oob="innerHTML">')


@pytest.fixture
def department():
    return make.unit("department", make.branch())


@pytest.fixture
def customer(department):
    return make.customer(department, name="诸葛小明")


def parts(browser, customer):
    answer = browser.get(reverse("customer-parts", args=[customer.pk]), headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", ["clerk", "vip_manager", "quality", "branch_head"])
def test_every_place_of_the_page_is_filled_and_no_other(role, department, customer):
    browser = make.sign_in(role, department)
    type(customer).objects.filter(pk=customer.pk).update(manager=browser.person)
    page = browser.get(reverse("customer", args=[customer.pk])).content.decode()
    assert f'hx-get="{reverse("customer-parts", args=[customer.pk])}" hx-trigger="load"' in page
    places = set(re.findall(r'<div id="(panel-[\w-]+|visit)"', page))
    assert places == set(PLACE.findall(parts(browser, customer)))
    assert ("visit" in places) == browser.person.has_perm("customers.record_interaction")


def test_each_part_is_what_its_own_address_answers(department, customer):
    make.line(customer, number="13912345678")
    browser = make.sign_in("clerk", department, language="en")
    for address in re.findall(r'hx-get="(/customers/\d+/timeline/)"', parts(browser, customer)):
        assert browser.get(address).status_code == 200
    alone = browser.get(reverse("customer-panel-lines", args=[customer.pk])).content.decode()
    assert alone in parts(browser, customer)


def test_a_part_that_fails_says_so_in_its_place_and_takes_no_other_down(department, customer, settings):
    settings.ROOT_URLCONF = "tests.customers.failing"
    settings.CUSTOMER_PANELS = [*settings.CUSTOMER_PANELS, ("bills", "customer-panel-bills", "side", [])]
    make.line(customer, number="13912345678")
    browser = make.sign_in("clerk", department, language="en")
    shown = parts(browser, customer)
    bills = shown[shown.index('id="panel-bills"') :]
    assert "This part could not be loaded" in bills
    assert f'hx-get="/customers/{customer.pk}/bills/"' in bills
    assert shown.count("This part could not be loaded") == 1
    assert "13912345678" in shown
    assert "data-visit" in shown


def test_who_may_record_elsewhere_only_gets_no_form_here(department, customer):
    browser = make.sign_in("quality", department.branch)
    make.post(browser.person, "vip_manager", department)
    own = make.customer(department, manager=browser.person)
    assert "data-visit" in parts(browser, own)
    assert "data-visit" not in parts(browser, customer)


def test_out_of_reach_is_not_found(department):
    browser = make.sign_in("clerk", department)
    foreign = make.customer(make.branch())
    assert browser.get(reverse("customer-parts", args=[foreign.pk]), headers=HTMX).status_code == 404
