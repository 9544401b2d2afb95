"""The pages of requests to the billing system, and what the customer's page says of stopped lines."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import FrozenNumber, ServiceRequest
from billing.service_requests import answering, asking
from tests import dunning, make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    """Duns, and reads English."""
    return make.sign_in("dunning_clerk", hall.home, language="en")


@pytest.fixture
def case(hall):
    return dunning.case(dunning.overdue(customer=make.customer(hall)))


@pytest.fixture
def line(case):
    return make.line(case.account.customer, number="13812345678")


@pytest.fixture
def stopped(case, line):
    return answering.confirm(dunning.stop(case, line=line))


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def panel(browser, customer):
    return text(browser.get(reverse("customer-panel-money", args=[customer.pk])))


def test_the_list_shows_each_restoration_with_its_clock_and_is_narrowed_down(clerk, case, stopped, line):
    asking.ask(case.account, line, "restore", origin="staff", key="r", reason="x")
    late = dunning.request(case.account, asked_at=timezone.now() - timedelta(hours=4))
    hours = {name: timezone.now() + timedelta(hours=n) for name, n in [("due_at", -3), ("late_at", 20), ("law_at", 44)]}
    ServiceRequest.objects.filter(pk=late.pk).update(**hours)
    page = text(clerk.get("/requests/"))
    assert "59 minutes left of 60" in page
    assert "3 hours late" in page
    assert "Suspend one-way" in page
    narrowed = text(clerk.get("/requests/", {"state": "open"}))
    assert f"/requests/{late.pk}/" in narrowed
    assert f"/requests/{stopped.pk}/" not in narrowed
    assert f"/requests/{stopped.pk}/" in text(
        clerk.get("/requests/", {"action": "suspend_one_way", "state": "confirmed"})
    )


def test_a_request_shows_its_history_and_may_be_withdrawn_while_it_is_only_asked(clerk, case):
    one = asking.ask(
        case.account, make.line(case.account.customer), "suspend_one_way", origin="staff", key="x", reason="misused"
    )
    page = text(clerk.get(f"/requests/{one.pk}/"))
    assert "misused" in page
    assert "/withdraw/" in page
    assert clerk.post(f"/requests/{one.pk}/withdraw/").status_code == 302
    page = text(clerk.get(f"/requests/{one.pk}/"))
    assert "Withdrawn" in page
    assert "/withdraw/" not in page
    taken = answering.accept(dunning.stop(case))
    assert "Nothing was changed" in text(clerk.post(f"/requests/{taken.pk}/withdraw/"), 422)


def test_a_person_asks_to_restore_a_line_with_a_reason_once(clerk, stopped, line):
    path, key = f"/lines/{line.pk}/restore/", "00000000-0000-4000-8000-000000000001"
    assert "Suspended one-way" in text(clerk.get(path))
    assert "This field is required" in text(clerk.post(path, {"key": key, "reason": ""}), 422)
    for _twice in range(2):
        answer = clerk.post(path, {"key": key, "reason": "goodwill"})
        made = ServiceRequest.objects.get(action="restore")
        assert answer.url == f"/requests/{made.pk}/"
    assert (made.origin, made.reason, made.asked_by) == ("staff", "goodwill", clerk.person)
    other = text(clerk.post(path, {"key": key.replace("1", "2"), "reason": "kept"}), 422)
    assert "asked for this already" in other
    assert "kept" in other


def test_the_customers_page_says_since_when_a_line_is_stopped_and_what_is_asked(clerk, case, stopped, line):
    customer = case.account.customer
    page = panel(clerk, customer)
    assert "since" in page
    assert f"/lines/{line.pk}/restore/" in page
    asking.restore([case.account_id], timezone.now())
    page = panel(clerk, customer)
    assert "left of 60" in page
    assert f"/lines/{line.pk}/restore/" not in page


def test_a_kept_number_is_given_back_at_the_counter(hall, line):
    browser = make.sign_in("clerk", hall, language="en")
    account = money.account(line.customer)
    answering.confirm(asking.ask(account, line, "cancel", origin="customer", key="c"))
    kept = FrozenNumber.objects.get()
    path = f"/frozen-numbers/{kept.pk}/reclaim/"
    answer = browser.post(path, follow=True)
    assert "First what is overdue has to be paid" in text(answer)
    money.payment(line.customer.accounts.first(), "59.00")
    assert path in panel(browser, line.customer)
    for _twice in range(2):
        browser.post(path)
    assert ServiceRequest.objects.get(action="reclaim").asked_by == browser.person


def test_the_timeline_tells_what_was_asked_and_answered(clerk, case, stopped):
    page = text(clerk.get(reverse("customer-panel-timeline", args=[case.account.customer_id])))
    assert f"/requests/{stopped.pk}/" in page
    assert "13812345678" in page
    assert "Confirmed" in page


def test_whoever_does_not_dun_asks_nothing(hall, case, stopped, line):
    browser = make.sign_in("clerk", hall, language="en")
    assert browser.get("/requests/").status_code == 403
    assert browser.post(f"/lines/{line.pk}/restore/", {"reason": "x"}).status_code == 403
    assert "/requests/" not in panel(browser, case.account.customer)
    assert "Suspended one-way" in panel(browser, case.account.customer)
