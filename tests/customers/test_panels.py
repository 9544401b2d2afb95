from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.trail import record
from django.db import transaction
from tests import make

pytestmark = pytest.mark.django_db
PANELS = ["customer-panel-timeline", "customer-panel-lines", "customer-panel-identifiers", "customer-panel-manager"]
PHONE, CARD, NAME, STREET = "13912345678", "8986001234567890", "诸葛小明", "解放路 88 号"


def signed_in(role, at):
    browser = Client(headers={"hx-request": "true", "accept-language": "en"})
    browser.person = make.user(role, at, language="en")
    browser.force_login(browser.person, backend="staff.login.Backend")
    return browser


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def department():
    return make.unit("department", make.branch())


@pytest.fixture
def customer(department):
    return make.customer(department, name=NAME, address=STREET, joined_on=date(2020, 1, 1))


@pytest.fixture
def full(customer):
    """A customer with everything a panel may show, several times."""
    clerk = make.user("clerk", customer.branch)
    fill(customer, clerk, times=3)
    return customer


def fill(customer, clerk, times):
    for n in range(times):
        plan = make.plan(customer.branch)
        make.price(plan)
        line = make.line(customer, number=f"{PHONE[:-2]}{n:02}", plan=plan)
        line.plans.create(plan=plan, valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1))
        line.plans.create(plan=plan, valid_from=date(2025, 1, 1))
        make.identifier(customer, f"{PHONE[:-2]}{n:02}", valid_to=date(2025, 1, 1) if n % 2 else None)
        make.identifier(customer, f"{CARD[:-2]}{n:02}", kind="card")
        start = date(2020, 1, 1) + timedelta(days=n * 10)
        make.assignment(customer, clerk, valid_from=start, valid_to=start + timedelta(days=5))
        done = make.interaction(customer, clerk, note=f"{NAME} 留了 {PHONE}")
        done.items.update(detail=f"改寄 {PHONE}")
        with transaction.atomic():
            record(customer, "customer.number_added", by=clerk, kind="contact", written=PHONE)
            record(customer, "customer.changed", by=clerk, fields={"name": ["", NAME], "address": ["", STREET]})


def page_and_panels(browser, customer):
    return [reverse("customer", args=[customer.pk])] + [reverse(name, args=[customer.pk]) for name in PANELS]


@pytest.mark.parametrize("role", ["clerk", "guide"])
def test_page_and_panels_ask_the_same_number_of_questions_for_1_and_30(role, department, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clerk = make.user("clerk", department)
    counted = []
    for times in (1, 30):
        customer = make.customer(department, name=NAME)
        fill(customer, clerk, times)
        browser = signed_in(role, department.branch)
        asked = []
        for url in page_and_panels(browser, customer):
            with CaptureQueriesContext(connection, ) as queries:
                text(browser.get(url))
            asked.append(len(queries))
        counted.append(asked)
    assert counted[0] == counted[1]
    assert counted[0][0] <= 12
    assert sum(counted[0]) <= 40
