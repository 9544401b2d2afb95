"""Billing facts through the API: brought in by their numbers, read back, changed by those who saw them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from billing import checking
from billing.api.facts import ADJUSTMENT, BILL, PAYMENT, USED
from billing.models import Account, Bill, MonthlyUsage, Payment
from tests import make, money

pytestmark = pytest.mark.django_db
LONG_AGO = date(2026, 1, 1)


@pytest.fixture
def system():
    """The billing system's own person: brings in, and reads back."""
    person = make.user("data_steward", make.branch())
    make.post(person, "dunning_clerk", person.branch)
    return make.Program(person)


@pytest.fixture
def account(system):
    return money.account(make.customer(system.user.branch), ref="A-1001")


def sent(system, path, *rows, **options):
    return system.post(f"{path}/", {path.replace("monthly-", ""): list(rows)}, **options)


def outcomes(answer):
    assert answer.status_code == 200, answer.json()
    return [one["outcome"] for one in answer.json()["results"]]


def test_accounts_are_opened_and_changed_by_their_numbers(system):
    customer = make.customer(system.user.branch, number="K1")
    row = {"ref": "A1", "customer": "K1", "way": "cash", "credit_limit": "200.00"}
    assert outcomes(sent(system, "accounts", row)) == ["create"]
    assert outcomes(sent(system, "accounts", row, {"ref": "A2", "customer": "K1"})) == ["unchanged", "create"]
    assert outcomes(sent(system, "accounts", {"ref": "A1", "credit_limit": "300.00"})) == ["update"]
    account = Account.objects.get(ref="A1")
    assert (account.customer, account.way, account.credit_limit) == (customer, "cash", 300)


def test_an_account_says_what_it_owes_and_what_is_left(system, account):
    Account.objects.filter(pk=account.pk).update(credit_limit=100, unbilled=5)
    money.bill(account, "59.00", month=LONG_AGO)
    said = system.get(f"accounts/{account.pk}/").json()
    assert (said["owed"], said["credit"], said["available"]) == ("59.00", "0.00", "36.00")
    assert Decimal(said["late_fee"]) > 0
    assert system.get("accounts/").json()["results"] == [said]


def test_an_account_is_changed_by_who_saw_its_version(system, account):
    seen = system.get(f"accounts/{account.pk}/")
    path, tag = f"accounts/{account.pk}/", {"If-Match": seen["ETag"]}
    assert system.patch(path, {"way": "cash"}).status_code == 428
    changed = system.patch(path, {"way": "alipay", "closed_on": "2026-11-30"}, **tag)
    assert (changed.status_code, changed.json()["way"], changed.json()["version"]) == (200, "alipay", 2)
    assert system.patch(path, {"way": "card"}, **tag).status_code == 412
    opened = system.patch(path, {"closed_on": None}, **{"If-Match": changed["ETag"]})
    assert opened.json()["closed_on"] is None
    events = Event.objects.filter(verb="account.changed").order_by("pk")
    assert events[0].data["fields"]["way"] == ["cash", "alipay"]
    assert [event.customer_id for event in events] == [account.customer_id] * 2


def test_whoever_only_reads_changes_nothing(system, account):
    reader = make.Program(make.user("dunning_clerk", system.user.branch))
    tag = reader.get(f"accounts/{account.pk}/")["ETag"]
    assert reader.patch(f"accounts/{account.pk}/", {"way": "card"}, **{"If-Match": tag}).status_code == 403
    assert sent(reader, "bills", BILL).status_code == 403
    narrow = make.Program(system.user, "billing:read")
    assert sent(narrow, "bills", BILL).status_code == 403
    assert not Bill.objects.exists()


def test_facts_come_in_and_add_up(system, account):
    line = make.line(account.customer, ref="18912345678")
    assert outcomes(sent(system, "bills", BILL)) == ["create"]
    assert outcomes(sent(system, "payments", PAYMENT)) == ["create"]
    assert outcomes(sent(system, "adjustments", ADJUSTMENT)) == ["create"]
    assert outcomes(sent(system, "monthly-usage", USED)) == ["create"]
    assert MonthlyUsage.objects.get().line == line
    said = system.get("bills/", {"account": account.pk, "unpaid": "false"}).json()["results"]
    assert [(one["month"], one["adjusted"], one["open"]) for one in said] == [("2026-10", "-10.00", "0.00")]
    assert system.get(f"bills/{said[0]['id']}/").json() == said[0]
    assert system.get("payments/", {"customer": account.customer_id}).json()["results"][0]["unused"] == "10.00"
    assert system.get("adjustments/", {"account": account.pk}).json()["results"][0]["kind"] == "compensation"
    assert system.get("monthly-usage/", {"line": line.pk}).json()["results"][0]["quantity"] == "5120.000"
    assert checking.differences() == []
    verbs = set(Event.objects.filter(customer_id=account.customer_id, actor=system.user).values_list("verb", flat=True))
    assert verbs == {"bill.issued", "bill.adjusted", "payment.booked"}


def test_the_same_numbers_again_are_unchanged_under_any_key(system, account):
    first = sent(system, "payments", PAYMENT, key="one").json()
    again = sent(system, "payments", PAYMENT, key="one")
    assert (again.json(), again["Idempotent-Replayed"]) == (first, "true")
    assert outcomes(sent(system, "payments", PAYMENT, key="two")) == ["unchanged"]
    assert Payment.objects.count() == 1


def test_other_figures_are_a_conflict_that_names_the_rows_and_brings_in_nothing(system, account):
    sent(system, "bills", BILL)
    other = BILL | {"ref": "B2"}
    answer = sent(system, "bills", other, BILL | {"amount": "60.00"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:crm:problem:conflict")
    assert answer.json()["rows"] == [{"index": 1, "number": BILL["ref"], "differs": ["amount"]}]
    assert Bill.objects.count() == 1


def test_what_is_wrong_is_said_row_by_row_and_nothing_comes_in(system, account):
    foreign = money.account(ref="F1")
    rows = [BILL, BILL | {"ref": "B2", "account": foreign.ref}, BILL | {"ref": "B3", "due_on": "2026-11-01"}, BILL]
    answer = sent(system, "bills", *rows)
    assert answer.status_code == 422
    found = {one["pointer"]: one["message"] for one in answer.json()["errors"]}
    assert found == {
        "/bills/1/account": "The branch has no account “F1”.",
        "/bills/2": "The bill is due before it was issued.",
        "/bills/3": "The same number as row 1.",
    }
    assert not Bill.objects.exists()


@pytest.mark.parametrize("rows", [0, 501])
def test_a_request_has_one_to_five_hundred_rows(system, account, rows):
    assert sent(system, "bills", *[BILL] * rows).status_code == 422


def test_a_field_that_nobody_knows_is_refused(system, account):
    assert sent(system, "bills", BILL | {"paid": "59.00"}).status_code == 422


def test_money_of_others_is_not_there(system, account):
    bill, payment = money.bill(money.account()), money.payment(money.account())
    for path in (f"bills/{bill.pk}/", f"payments/{payment.pk}/", f"accounts/{bill.account_id}/"):
        assert system.get(path).status_code == 404
    assert system.get("bills/").json()["results"] == []


def test_the_list_of_accounts_costs_the_same_with_one_and_with_three(system, account):
    money.bill(account, month=LONG_AGO)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            system.get("accounts/")
        counts.append(len(seen))
        for _more in range(2):
            money.bill(money.account(make.customer(system.user.branch)), month=LONG_AGO)
    assert counts[0] == counts[1]
