"""Waivers of late fees on screen: what is left of one's limit, who decides, what is typed is kept."""

from uuid import uuid4

import pytest
from django.urls import reverse

from billing.models import Waiver
from tests import dunning, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def account(hall):
    """Ten days late with 1,000 yuan: 30 yuan of late fee."""
    return dunning.overdue(10, "1000.00", customer=make.customer(hall, name="欧阳小明"))


@pytest.fixture
def manager(hall):
    return make.sign_in("duty_manager", hall, language="en")


@pytest.fixture
def head(hall):
    return make.sign_in("department_head", hall.parent, language="en")


def read(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def waive(browser, account, **fields):
    said = {"key": uuid4(), "amount": "12.00", "reason": "系统故障"} | fields
    return browser.post(reverse("waive-late-fee", args=[account.pk]), said)


def asked(manager, account, **fields):
    assert waive(manager, account, **fields).status_code == 302
    return Waiver.objects.get()


def press(browser, name, waiver, **fields):
    return browser.post(reverse(name, args=[waiver.pk]), fields)


def test_the_form_says_what_is_left_to_waive_alone(account):
    clerk = make.sign_in("dunning_clerk", account.branch, language="en")
    page = reverse("waive-late-fee", args=[account.pk])
    assert "Up to ¥50.00 you waive at once" in read(clerk.get(page))
    assert waive(clerk, account).status_code == 302
    assert "Up to ¥38.00 you waive at once" in read(clerk.get(page))


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"amount": "31"}, "At most ¥30.00"), ({"reason": ""}, "This field is required"), ({"amount": "x"}, "Enter a")],
)
def test_a_form_that_is_refused_keeps_what_was_typed(account, manager, fields, said):
    page = read(waive(manager, account, **{"reason": "客户投诉多次"} | fields), 422)
    assert said in page
    assert fields.get("reason", "客户投诉多次") in page
    assert not Waiver.objects.exists()


def test_another_person_approves_and_the_list_shows_it(account, manager, head):
    made = asked(manager, account)
    page = read(manager.get(reverse("waiver", args=[made.pk])))
    assert "Waits for approval" in page
    assert reverse("waiver-approve", args=[made.pk]) not in page
    assert read(press(manager, "waiver-approve", made), 403)
    assert reverse("waiver-approve", args=[made.pk]) in read(head.get(reverse("waiver", args=[made.pk])))
    assert press(head, "waiver-approve", made).status_code == 302
    assert "欧阳小明" in read(head.get(reverse("waivers")))
    assert "was decided already" in read(press(head, "waiver-approve", made), 422)


def test_it_is_refused_with_a_reason_that_the_person_reads(account, manager, head):
    made = asked(manager, account)
    assert "This field is required" in read(press(head, "waiver-refuse", made, answer=""), 422)
    assert press(head, "waiver-refuse", made, answer="无理由").status_code == 302
    assert "无理由" in read(manager.get(reverse("waiver", args=[made.pk])))


def test_who_asked_withdraws_and_nobody_else(account, manager, hall):
    made = asked(manager, account)
    other = make.sign_in("duty_manager", hall, language="en")
    assert press(other, "waiver-withdraw", made).status_code == 404
    assert press(manager, "waiver-withdraw", made).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"
