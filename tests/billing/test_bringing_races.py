"""Files, programs and the counter at the same accounts at the same time, and workers that die: the sums hold."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from audit.models import Event
from billing import checking, ledger
from billing.api.facts import BILL
from billing.imports.accounts import ACCOUNTS
from billing.imports.bills import BILLS
from billing.imports.direct import NotTaken, bring_in
from billing.models import Account, Bill, Payment
from customers.imports import intake
from customers.models import ImportRow
from jobs import claims, runs
from jobs.models import Run
from tests import make, money
from tests.billing import files
from tests.imports.test_races import WORKER
from tests.jobs.trial import due_now
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
KILLS = 60 if os.environ.get("PROOF") else 4


def ready(content, by, subject, rows=10):
    """A checked import whose commit is asked for, in small steps."""
    batch = intake.ask_commit(files.checked(content, by, subject), by=by)
    Run.objects.filter(pk=batch.commit_run_id).update(params=batch.commit_run.params | {"rows": rows})
    return batch


def working(batch):
    return lambda: runs.work_off(only=[batch.commit_run_id])


def many_bills(accounts, each=10):
    return files.bills(*(files.a_bill(one, f"{one.ref}-{n}") for n in range(each) for one in accounts))


def accounts_of(by, count):
    return [files.account(by) for _ in range(count)]


def test_the_same_file_twice_at_the_same_time_comes_in_once():
    by = files.steward()
    accounts = accounts_of(by, 6)
    batches = [ready(many_bills(accounts), by, "bills") for _ in range(2)]
    together([working(batch) for batch in batches])
    runs.work_off()
    assert Bill.objects.count() == Event.objects.filter(verb="bill.issued").count() == 60
    tallies = [ImportRow.tally(batch) for batch in batches]
    assert sum(tally["create"] for tally in tallies) == sum(tally["unchanged"] for tally in tallies) == 60
    assert checking.differences() == []


def test_a_file_beside_programs_beside_the_counter_on_the_same_accounts():
    by = files.steward()
    accounts = accounts_of(by, 3)
    bills = ready(many_bills(accounts, 10), by, "bills", rows=7)
    rows = [files.a_payment(one, f"{one.ref}-{n}", "13.00") for n in range(10) for one in reversed(accounts)]
    payments = ready(files.payments(*rows), by, "payments", rows=4)
    system = make.Program(by)

    def program():
        for n in range(10):
            sent = [BILL | {"account": one.ref, "ref": f"{one.ref}-{n}"} for one in accounts[::-1]]
            extra = [BILL | {"account": one.ref, "ref": f"{one.ref}-api-{n}", "amount": "7.00"} for one in accounts]
            assert system.post("bills/", {"bills": sent + extra}).status_code == 200

    def counter():
        for n in range(10):
            ledger.book_payments(
                [money.a_payment(one, "11.00", source="counter", ref=f"{one.ref}-{n}") for one in accounts]
            )

    together([working(bills), working(payments), program, counter])
    runs.work_off()
    assert not Run.objects.exclude(state="done").exists()
    assert (Bill.objects.count(), Payment.objects.count()) == (60, 60)
    assert Event.objects.filter(verb="bill.issued").count() == 60
    assert checking.differences() == []
    left = {one.credit - one.owed for one in Account.objects.all()}
    assert left == {Decimal(10 * (13 + 11 - 59 - 7))}


def test_two_programs_that_say_different_figures_of_one_bill_never_overwrite():
    by = files.steward()
    account = files.account(by)
    days = {"month": money.MONTH, "issued_on": date(2026, 11, 2), "due_on": date(2026, 11, 22)}
    rows = [{"account": account.ref, "amount": Decimal(n), **days} for n in (40, 50)]

    def say(row):
        try:
            return bring_in(BILLS, [row], by=by)[0].outcome
        except NotTaken as refusal:
            return refusal.rows[0].problems[0]["code"]

    for number in range(5):
        said = [row | {"ref": f"B{number}"} for row in rows]
        assert sorted(together([lambda row=row: say(row) for row in said])) == ["conflict", "create"]
    assert checking.differences() == []


def test_programs_that_open_the_same_accounts_at_once_open_each_once():
    by = files.steward()
    numbers = [make.customer(by.branch).number for _ in range(5)]
    rows = [{"ref": f"A-{number}", "customer": number} for number in numbers]
    orders = (rows, rows[::-1], rows[2:] + rows[:2])
    brought = together([lambda order=order: bring_in(ACCOUNTS, order, by=by) for order in orders])
    outcomes = [one.outcome for many in brought for one in many]
    assert (outcomes.count("create"), outcomes.count("unchanged")) == (5, 10)
    assert Account.objects.count() == Event.objects.filter(verb="account.opened").count() == 5


def test_adjustments_from_two_files_never_bring_a_bill_below_nothing():
    by = files.steward()
    bill = money.bill(files.account(by), "40.00")
    money.payment(bill.account, "40.00")
    batches = [
        ready(
            files.adjustments(*([bill.ref, f"{name}{n}", "credit", "-4.00", ""] for n in range(8))),
            by, "adjustments", rows=3,
        )
        for name in "JK"
    ]  # fmt: skip
    together([working(batch) for batch in batches])
    runs.work_off()
    bill.refresh_from_db()
    assert (bill.adjusted, bill.open) == (Decimal(-40), 0)
    assert sum(ImportRow.tally(batch)["error"] for batch in batches) == 6
    assert checking.differences() == []


def test_a_commit_that_was_left_between_two_ranges_goes_on_and_doubles_nothing():
    by = files.steward()
    accounts = accounts_of(by, 4)
    batch = ready(many_bills(accounts), by, "bills")
    run = claims.claim([batch.commit_run_id])
    runs.step(run)
    assert Bill.objects.count() == 10
    due_now(run)
    runs.work_off()
    batch.refresh_from_db()
    assert (batch.state, Bill.objects.count()) == ("done", 40)
    assert checking.differences() == []


def test_workers_killed_at_any_moment_lose_and_double_nothing():
    by = files.steward()
    accounts = accounts_of(by, 10)
    batch = ready(many_bills(accounts, 30), by, "bills")
    for kill in range(KILLS):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "crm.settings"},
            stdout=subprocess.PIPE,
        )  # fmt: skip
        worker.stdout.readline()
        time.sleep(0.05 + 0.37 * kill % 0.4)
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        run = Run.objects.get(pk=batch.commit_run_id)
        if not run.is_open:
            break
        due_now(run)
    runs.work_off()
    assert set(batch.rows.values_list("outcome", "brought_in")) == {("create", True)}
    assert Bill.objects.count() == Event.objects.filter(verb="bill.issued").count() == 300
    assert checking.differences() == []
