"""The pages of requests to the billing system, and stopped lines on the customer's page: readable in every look."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from billing.models import ServiceRequest
from billing.service_requests import answering, asking
from tests import dunning, make, money
from tests.browser.watch import chinese_words, problems_of_reading, sideways

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("en", "dark", 1440), ("zh-hans", "light", 1440), ("en", "light", 390), ("zh-hans", "dark", 390)]


@pytest.fixture
def account():
    """One line being restored in time and one too late, a stop that was refused, and a number that is kept."""
    branch = make.branch(name="江南分公司", name_en="Jiangnan Branch")
    hall = make.unit("hall", branch, name="人民路厅", name_en="People's Road Hall")
    made = dunning.overdue(account=money.account(make.customer(hall, name="张伟明"), credit_limit=100))
    case, now = dunning.case(made), timezone.now()
    reminder = dunning.reminder(case)
    stops = [dunning.stop(case, reminder=reminder) for _ in range(3)]
    for stop in stops[:2]:
        answering.confirm(stop)
    with transaction.atomic():
        asking.restore([made.pk], now - timedelta(hours=3))
    back = ServiceRequest.objects.filter(action="restore").last()
    answering.accept(back)
    answering.refuse(dunning.stop(case, reminder=reminder), reason="blocked by the switch")
    answering.confirm(asking.ask(made, make.line(made.customer), "cancel", origin="customer", key="c"))
    third = answering.confirm(dunning.stop(case, reminder=reminder))
    with transaction.atomic():
        asking.restore([made.pk], now)
    assert third.state == "confirmed"
    return made


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_requests_are_readable_everywhere(page_as, account, language, theme, width):
    head = make.user("branch_head", account.branch, name="林晓", language=language, theme=theme)
    page = page_as(head, width=width, theme=theme)
    one = ServiceRequest.objects.filter(action="restore").last()
    paths = ["/requests/", "/requests/?state=open", f"/requests/{one.pk}/", f"/lines/{one.line_id}/restore/"]
    for path in [*paths, f"/customers/{account.customer_id}/"]:
        page.goto(path)
        if path.startswith("/customers/"):
            page.locator("#panel-money .rows li").first.wait_for()
        assert problems_of_reading(page) == [], path
        assert sideways(page) <= 0, path
        if language == "en":
            assert chinese_words(page) == [], path
