"""Real invoices played through the product itself, day by day, do what the ladder says without a database."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from billing import ledger, starter
from billing.dunning import receivables, reviewing, shipped
from billing.dunning.ladder import Entry, Rung, walk
from billing.models import DunningCase, Hold
from billing.service_requests.proof import unreminded
from tests import make, money
from tests.dunning_days import at, days, pass_day, steps_done

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parents[3] / "shared" / "data" / "accounts_receivable_2466.csv"
FIRST, LAST, MANY = date(2012, 1, 20), date(2012, 4, 20), 16


@pytest.fixture
def customers():
    if not FILE.exists():
        pytest.skip(f"{FILE} is not on this machine")
    return dict(list(receivables.read(FILE).items())[:MANY])


@pytest.mark.practice("A25")
@pytest.mark.parametrize("scenario", ["mobile", "fixed"])
def test_the_engine_takes_the_steps_of_the_ladder_on_the_same_days(customers, scenario):
    branch = make.branch()
    starter.plant(branch)
    make.rules(branch)
    accounts = {name: account_of(branch, debts, scenario) for name, debts in customers.items()}
    due = {name: [debt for debt in debts if debt.due_on <= LAST] for name, debts in customers.items()}
    settled = defaultdict(list)
    for name, debts in due.items():
        for debt in debts:
            settled[debt.less[0][0]].append((accounts[name], debt))
    for day in days(FIRST, LAST):
        for account, debt in settled[day]:
            bill = account.bills.get(ref=debt.ref)
            ledger.adjust([money.an_adjustment(bill, f"-{debt.amount}")])
            with transaction.atomic():  # looked at again as of that day, not of the day of the test
                reviewing.review(ledger.lock([account.pk]), at(branch, day, 1))
        pass_day(branch, day)
    assert steps_done(branch) == {
        (accounts[name].pk, one.day, one.rung.n)
        for name, debts in customers.items()
        for one in walk(rungs(scenario), Entry(), debts, LAST)
        if not one.reason
    }
    assert DunningCase.objects.count() >= 10
    assert unreminded() == 0


def account_of(branch, debts, scenario):
    """With all the bills that fall due in these days, the disputed ones held."""
    customer = make.reachable(branch)
    make.line(customer, kind="mobile" if scenario == "mobile" else "broadband")
    account = money.account(customer)
    due = [debt for debt in debts if debt.due_on <= LAST]
    bills = [
        money.a_bill(
            account, str(debt.amount), ref=debt.ref, month=debt.issued_on.replace(day=1), issued_on=debt.issued_on,
            due_on=debt.due_on,
        )
        for debt in due
    ]  # fmt: skip
    ledger.book_bills(bills)
    for debt in due:
        if debt.less[0][0] < FIRST:
            ledger.adjust([money.an_adjustment(account.bills.get(ref=debt.ref), f"-{debt.amount}")])
        if debt.disputed:
            bill = account.bills.get(ref=debt.ref)
            Hold.objects.create(branch=branch, account=account, bill=bill, kind="dispute", key=debt.ref)
    return account


def rungs(scenario):
    return [Rung(n=n, **step) for n, step in enumerate(dict(SHIPPED)[scenario], 1)]


SHIPPED = [(code, steps) for code, *_words, steps in shipped.SCENARIOS]
