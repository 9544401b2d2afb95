"""The pages of the counter: what they show, do and refuse, and that nothing typed is lost."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.counter import reversing
from billing.models import Payment, Receipt, Reversal, Shift
from tests import make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"), name="人民路营业厅")


@pytest.fixture
def browser(hall):
    return make.sign_in("clerk", hall, language="en")


@pytest.fixture
def manager(hall):
    return make.sign_in("duty_manager", hall, language="en")


@pytest.fixture
def customer(hall):
    return make.customer(hall, name="李明珠")


@pytest.fixture
def account(customer):
    made = money.account(customer, ref="ACC-1")
    money.bill(made, "59.00", ref="BILL-1")
    return made


def text(answer):
    return answer.content.decode()


def pay(browser, account, **fields):
    fields = {"key": uuid4(), "account": account.pk, "amount": "59.00", "way": "cash", "given": "", "slip": ""} | fields
    return browser.post(reverse("pay", args=[account.customer_id]), fields)


def test_the_customers_page_offers_the_payment_to_who_may_take_it(browser, customer, hall):
    address = reverse("pay", args=[customer.pk])
    assert address in text(browser.get(f"/customers/{customer.pk}/"))
    hotline = make.sign_in("hotline", hall.branch)
    assert address not in text(hotline.get(f"/customers/{customer.pk}/"))
    assert hotline.get(address).status_code == 403


def test_the_form_knows_what_is_owed_since_when(browser, account):
    money.till(browser.person)
    shown = text(browser.get(reverse("pay", args=[account.customer_id])))
    assert 'value="59.00"' in shown
    assert f"due since {account.bills.get().due_on}" in shown
    assert "opening_float" not in shown


def test_the_account_that_owes_longest_comes_first(browser, customer, account):
    money.account(customer, ref="ACC-2")
    oldest = money.account(customer, ref="ACC-0")
    money.bill(oldest, "5.00", month=money.MONTH.replace(month=1))
    shown = text(browser.get(reverse("pay", args=[customer.pk])))
    assert shown.index("ACC-0") < shown.index("ACC-1") < shown.index("ACC-2")
    assert 'value="5.00"' in shown


def test_a_customer_without_an_account_is_told_so(browser, customer):
    assert "No account" in text(browser.get(reverse("pay", args=[customer.pk])))


def test_a_payment_leads_to_its_receipt(browser, account):
    money.till(browser.person)
    answer = pay(browser, account, amount="100.00", given="120.00")
    receipt = Receipt.objects.get()
    assert answer["Location"] == reverse("receipt", args=[receipt.pk])
    shown = text(browser.get(answer["Location"]))
    for words in (receipt.number, "人民币壹佰元整", "¥20.00", "BILL-1", "Paid ahead", "¥41.00", "人民路营业厅"):
        assert words in shown


def test_the_shift_opens_with_the_payment_and_nothing_typed_is_lost(browser, account):
    answer = pay(browser, account, amount="12.34", way="wechat", slip="8812")
    assert answer.status_code == 422
    assert all(f'value="{typed}"' in text(answer) for typed in ("12.34", "8812"))
    assert "it opens with this payment" in text(answer)
    assert not Shift.objects.exists()
    pay(browser, account, amount="12.34", way="wechat", slip="8812", opening_float="200.00")
    assert Shift.objects.get().opening_float == 200
    assert Payment.objects.get().amount == Decimal("12.34")


def test_a_payment_that_is_refused_opens_no_shift(browser, account):
    assert pay(browser, account, way="card", opening_float="0").status_code == 422
    assert not Shift.objects.exists()


def test_the_float_of_last_time_is_proposed(browser, account):
    shift = money.till(browser.person, "250.00")
    Shift.objects.filter(pk=shift.pk).update(state="closed", counted_at=timezone.now(), counted_by=browser.person)
    assert 'value="250.00"' in text(browser.get(reverse("pay", args=[account.customer_id])))


def test_the_timeline_tells_of_it_to_those_who_see_money(browser, account, hall):
    money.till(browser.person)
    receipt = money.paid(account, browser.person)
    address = reverse("customer-panel-timeline", args=[account.customer_id])
    shown = text(browser.get(address))
    assert receipt.number in shown
    assert "Paid ¥59.00: Cash at the counter" in shown
    assert receipt.number not in text(make.sign_in("guide", hall).get(address))


def test_a_reversal_goes_from_the_receipt_to_the_approver_and_back(browser, manager, account):
    money.till(browser.person)
    receipt = money.paid(account, browser.person)
    answer = browser.post(reverse("reversal-ask", args=[receipt.pk]), {"reason": "wrong account"})
    asked = Reversal.objects.get()
    assert answer["Location"] == reverse("reversal", args=[asked.pk])
    assert "Approve" not in text(browser.get(answer["Location"])).split("<main")[1].replace("Approved", "")
    assert browser.post(reverse("reversal-approve", args=[asked.pk])).status_code == 403
    assert answer["Location"] in text(manager.get("/shifts/"))
    assert "李明珠" in text(manager.get(answer["Location"]))
    manager.post(reverse("reversal-approve", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.state == "approved"
    assert "this receipt is void" in text(browser.get(reverse("receipt", args=[receipt.pk])))


def test_what_hinders_an_approval_is_said(browser, manager, account):
    shift = money.till(browser.person)
    asked = reversing.ask(money.paid(account, browser.person), by=browser.person, reason="x")
    Shift.objects.filter(pk=shift.pk).update(state="closed", counted_at=timezone.now(), counted_by=browser.person)
    answer = manager.post(reverse("reversal-approve", args=[asked.pk]))
    assert answer.status_code == 422
    assert "No till is open" in text(answer)
    assert manager.post(reverse("reversal-refuse", args=[asked.pk]), {"answer": ""}).status_code == 422
    manager.post(reverse("reversal-refuse", args=[asked.pk]), {"answer": "it was right"})
    assert "it was right" in text(browser.get(reverse("reversal", args=[asked.pk])))


def test_a_reversal_without_a_reason_stays_on_the_receipt(browser, account):
    money.till(browser.person)
    receipt = money.paid(account, browser.person)
    answer = browser.post(reverse("reversal-ask", args=[receipt.pk]), {"reason": ""})
    assert answer.status_code == 422
    assert receipt.number in text(answer)


def test_who_asked_may_withdraw(browser, account):
    money.till(browser.person)
    asked = reversing.ask(money.paid(account, browser.person), by=browser.person, reason="x")
    browser.post(reverse("reversal-withdraw", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_the_till_is_opened_and_counted(browser, account):
    browser.post("/shifts/open/", {"opening_float": "100.00"})
    shift = Shift.objects.get()
    money.paid(account, browser.person)
    address = reverse("shift-count", args=[shift.pk])
    assert "159.00" not in text(browser.get(address))
    answer = browser.post(address, {"cash": "150.00"})
    assert answer.status_code == 422
    for words in ("Count again, or say why", "¥159.00", "−9.00", 'value="150.00"'):
        assert words in text(answer)
    browser.post(address, {"cash": "150.00", "explanation": "Too much change."})
    shift.refresh_from_db()
    assert (shift.state, shift.explanation) == ("counted", "Too much change.")


def test_a_till_opened_twice_with_another_float_is_refused_at_its_field(browser):
    browser.post("/shifts/open/", {"opening_float": "100.00"})
    answer = browser.post("/shifts/open/", {"opening_float": "50.00"})
    assert answer.status_code == 422
    assert "a float of ¥100.00" in text(answer)


def test_cash_is_counted_by_notes_and_coins(browser):
    shift = money.till(browser.person, "152.50")
    address = reverse("shift-count", args=[shift.pk])
    pieces = {"piece_100": "1", "piece_50": "1", "piece_1": "2", "piece_0_5": "1"}
    refused = browser.post(address, pieces | {"cash": "150.00"})
    assert "The notes and coins come to ¥152.50." in text(refused)
    assert "Count the cash" in text(browser.post(address, {"wechat": "1"}))
    browser.post(address, pieces)
    shift.refresh_from_db()
    assert (shift.state, shift.pieces) == ("closed", {"100": 1, "50": 1, "1": 2, "0.5": 1})
    assert "× 2" in text(browser.get(reverse("shift", args=[shift.pk])))


def test_supervisors_see_what_is_left_open_and_what_differs(manager, hall):
    clerk, other = make.user("clerk", hall, name="Zhao"), make.user("clerk", hall, name="Qian")
    money.till(clerk, at=timezone.now() - timedelta(days=1))
    theirs = money.till(other)
    theirs.counts.create(way="cash", recorded=100, counted=95)
    differing = {"state": "counted", "differs": True, "explanation": "x"}
    Shift.objects.filter(pk=theirs.pk).update(counted_at=timezone.now(), counted_by=other, **differing)
    shown = text(manager.get("/shifts/"))
    assert "Left open" in shown
    assert "−5.00" in shown
    assert "Qian" not in text(manager.get("/shifts/?which=left_open"))
    assert "Zhao" not in text(manager.get("/shifts/?which=counted"))
    assert "Zhao" not in text(manager.get("/shifts/?which=differing"))
    manager.post(reverse("shift-sign", args=[theirs.pk]))
    theirs.refresh_from_db()
    assert theirs.state == "closed"


def test_the_list_asks_the_same_for_one_shift_and_for_three(manager, hall):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            manager.get("/shifts/")
        return len(asked)

    money.till(make.user("clerk", hall))
    manager.get("/shifts/")  # the first page of a session notes when it began
    one = queries()
    for _ in range(2):
        money.till(make.user("clerk", hall))
    assert queries() == one


def test_a_clerk_counts_nobody_elses_till(browser, hall):
    other = money.till(make.user("clerk", hall))
    assert browser.get(reverse("shift", args=[other.pk])).status_code == 404
    assert browser.get(reverse("shift-count", args=[other.pk])).status_code == 404
