"""Promises to pay and disputes through the API: the same operations, the same rules, once for each key."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Hold, PaymentPromise
from tests import make
from tests.promising import account

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def owes(hall):
    return account(customer=make.customer(hall))


@pytest.fixture
def program(hall):
    return make.Program(make.user("clerk", hall))


def said(owes, *amounts, days=3, step=30):
    day = timezone.localdate()
    parts = [
        {"due_on": (day + timedelta(days + step * n)).isoformat(), "amount": amount} for n, amount in enumerate(amounts)
    ]
    return {"account": owes.pk, "parts": parts}


def answered(answer, status):
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_promise_is_made_once_read_and_withdrawn(program, owes):
    body = said(owes, "60.00", "40.00")
    made = [answered(program.post("payment-promises/", body, key="k"), 201) for _ in range(2)]
    assert made[0] == made[1]
    assert PaymentPromise.objects.count() == 1
    assert [part["amount"] for part in made[0]["parts"]] == ["60.00", "40.00"]
    path = f"payment-promises/{made[0]['id']}/"
    assert answered(program.get(path), 200)["state"] == "open"
    assert answered(program.get("payment-promises/", {"state": "kept"}), 200)["results"] == []
    assert answered(program.post(f"{path}withdraw/", {"reason": "x"}), 200)["state"] == "withdrawn"
    assert program.post(f"{path}withdraw/", {"reason": "x"}).status_code in (409, 422)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (lambda owes: said(owes, "100.00", days=11), "/parts/0/due_on"),
        (lambda owes: said(owes, "1.00"), "/parts/0/amount"),
        (lambda owes: said(owes, "50.00", "50.00", step=0), "/parts/1/due_on"),
        (said, "/parts"),
        (lambda owes: said(account(), "100.00"), "/account"),
    ],
)
def test_the_rules_of_the_page_hold_here(program, owes, body, pointer):
    refused = answered(program.post("payment-promises/", body(owes)), 422)
    assert [error["pointer"] for error in refused["errors"]] == [pointer]


def test_a_bill_is_disputed_and_settled_by_who_works_dunning(program, owes):
    bill = owes.bills.get()
    made = answered(program.post("disputes/", {"bill": bill.pk, "reason": "信息费"}), 201)
    listed = answered(program.get("disputes/", {"bill": bill.pk}), 200)["results"]
    assert listed == [answered(program.get(f"disputes/{made['id']}/"), 200)]
    assert program.post(f"disputes/{made['id']}/settle/", {"outcome": "x"}).status_code == 403
    dunner = make.Program(make.user("dunning_clerk", owes.branch))
    settled = answered(dunner.post(f"disputes/{made['id']}/settle/", {"outcome": "核实无误"}), 200)
    assert (settled["outcome"], bool(settled["ended_at"])) == ("核实无误", True)
    assert Hold.objects.get().ended_by


def test_a_token_that_only_reads_agrees_on_nothing(owes, hall):
    reader = make.Program(make.user("clerk", hall), "billing:read")
    assert reader.post("payment-promises/", said(owes, "100.00")).status_code == 403
    assert reader.post("disputes/", {"bill": owes.bills.get().pk, "reason": "x"}).status_code == 403
    assert answered(reader.get("payment-promises/"), 200)["results"] == []
