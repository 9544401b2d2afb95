"""The dry run says before what the engine does after, on the same pieces, and changes nothing."""

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import InternalError
from django.utils import timezone

from billing import starter
from billing.dunning import at_once, planning
from billing.dunning.dry_run import dry_run, names
from billing.models import CaseStep, DunningCase, Hold, PaymentPromise, ScenarioStep
from jobs import runs
from tests import dunning, make
from tests.dunning_days import at, days, pass_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    make.rules(made)
    return made


@pytest.fixture
def clerk(branch):
    return make.user("dunning_clerk", branch)


def owing(branch, days=1, amount="59.00", line="mobile", **fields):
    customer = make.reachable(branch, **fields)
    make.line(customer, kind=line)
    return dunning.overdue(days, amount, customer=customer)


def met(run):
    """{(scenario, step): accounts} of a dry run."""
    return Counter({(one.step.version.scenario.code, one.step.n): one.accounts for one in run.steps})


def left_out(run):
    return {code: many for code, _words, many, _sum in run.left_out}


def test_a_new_account_meets_the_first_step_with_its_sum(branch, clerk):
    owing(branch)
    found = dry_run(clerk, branch, branch.today())
    assert met(found) == {("mobile", 1): 1}
    assert (found.accounts, found.sum, found.left_out) == (1, Decimal("59.00"), [])
    assert DunningCase.objects.count() == 0


def test_days_to_come_take_the_steps_before_as_done_and_bills_not_yet_due_as_unpaid(branch, clerk):
    owing(branch)
    owing(branch, days=-6)  # due in six days
    today = branch.today()
    assert met(dry_run(clerk, branch, today + timedelta(days=6))) == {("mobile", 2): 1}
    assert met(dry_run(clerk, branch, today + timedelta(days=7))) == {("mobile", 1): 1}
    assert left_out(dry_run(clerk, branch, today + timedelta(days=7))) == {"another_day": 1}
    assert met(dry_run(clerk, branch, today + timedelta(days=26))) == {("mobile", 5): 1}


def test_why_others_are_left_out_is_said(branch, clerk):
    promised, stopped, disputed, credit = (owing(branch, days=20) for _ in range(4))
    planning.plan_some(0, timezone.now())
    case = promised.dunning_cases.get()
    said = {"branch": branch, "account": promised, "made_by": clerk}
    promise = PaymentPromise.objects.create(case=case, key="p", **said)
    promise.parts.create(n=1, due_on=branch.today() + timedelta(days=3), amount="59.00")
    Hold.objects.create(branch=branch, account=stopped, kind="manual", key="h", until=branch.today())
    Hold.objects.create(branch=branch, account=disputed, kind="dispute", key="d", bill=disputed.bills.get())
    type(credit).objects.filter(pk=credit.pk).update(credit_limit=500)
    case_of_credit = credit.dunning_cases.get()
    step = case_of_credit.version.steps.get(n=3)
    DunningCase.objects.filter(pk=case_of_credit.pk).update(next_step=step, next_on=branch.today())
    assert left_out(dry_run(clerk, branch, branch.today())) == {"promise": 1, "stopped": 1, "disputed": 1, "credit": 1}
    later = dry_run(clerk, branch, branch.today() + timedelta(days=4))
    assert met(later)[("mobile", 1)] == 1  # the promise would be broken


def test_an_account_whose_lines_are_exempt_is_not_stopped(branch, clerk):
    account = owing(branch, days=40)
    line = account.customer.lines.get()
    make_exempt(line, clerk, branch)
    case = dunning.case(account, since=branch.today() - timedelta(days=40))
    DunningCase.objects.filter(pk=case.pk).update(next_step=case.version.steps.get(n=4), next_on=branch.today())
    assert left_out(dry_run(clerk, branch, branch.today())) == {"exempt": 1}


def make_exempt(line, by, branch):
    approver = make.user("branch_head", branch)
    said = {"kind": "hospital", "reason": "hospital", "asked_by": by, "decided_by": approver, "state": "approved"}
    line.exemptions.create(branch=branch, decided_at=timezone.now(), **said)


def test_names_are_paged_and_only_of_ones_own(branch, clerk):
    department = make.unit("department", branch)
    hall = make.unit("hall", department)
    mine = [owing(branch) for _ in range(26)]
    theirs = owing(hall)
    step = ScenarioStep.objects.get(version__scenario__code="mobile", version__scenario__branch=branch, n=1)
    page, following = names(clerk, branch, branch.today(), step=step.pk)
    assert [one.account.pk for one in page] == [one.pk for one in mine[:25]]
    rest, end = names(clerk, branch, branch.today(), step=step.pk, after=following)
    assert ([one.account.pk for one in rest], end) == ([mine[25].pk, theirs.pk], None)
    manager = make.user("duty_manager", hall)
    assert [one.account.pk for one in names(manager, branch, branch.today(), step=step.pk)[0]] == [theirs.pk]
    assert dry_run(manager, branch, branch.today()).accounts == 1


def test_it_runs_where_nothing_can_be_written(branch, clerk, monkeypatch):
    owing(branch)
    writes = "INSERT INTO billing_accountline (line_id, account_id) SELECT 1, 1"
    monkeypatch.setattr("billing.dunning.dry_run.GROUPED", writes)
    with pytest.raises(InternalError, match="read-only"):
        dry_run(clerk, branch, branch.today())


@pytest.mark.parametrize("seed", range(3))
def test_what_was_foreseen_is_what_happens(branch, clerk, seed):
    """Accounts of all kinds with days of dunning behind them; then three weeks, each as it was foreseen before them."""
    chance = random.Random(seed)
    tiers = [make.tier(branch, code=code) for code in ("gold", "ordinary", "plain")]
    for _ in range(14):
        line = chance.choice(["mobile", "mobile", "broadband"])
        account = owing(branch, chance.randint(8, 75), line=line, tier=chance.choice(tiers))
        if chance.random() < 0.3:
            type(account).objects.filter(pk=account.pk).update(credit_limit=500)
        if chance.random() < 0.2:
            said = {"kind": "dispute", "key": str(account.pk), "bill": account.bills.get()}
            Hold.objects.create(branch=branch, account=account, **said)
    first = branch.today() - timedelta(days=30)
    for day in days(first - timedelta(days=25), first - timedelta(days=1)):
        pass_day(branch, day)
    coming = list(days(first, first + timedelta(days=21)))
    foreseen = [met(dry_run(clerk, branch, day, today=first)) for day in coming]
    for day in coming:
        pass_day(branch, day)
    assert foreseen == [happened(branch, day) for day in coming]
    assert sum(map(len, foreseen)) > 5


def happened(branch, day):
    """{(scenario, step): accounts} of what was done on that day."""
    done = CaseStep.objects.filter(state="done", done_at=at(branch, day))
    return Counter(done.values_list("step__version__scenario__code", "step__n"))


def test_dunning_at_once_does_what_was_foreseen_and_only_here(branch, clerk):
    elsewhere = make.branch()
    starter.plant(elsewhere)
    owing(elsewhere)
    accounts = [owing(branch), owing(branch)]
    found = dry_run(clerk, branch, branch.today())
    run = at_once.ask(branch, by=clerk, key="once")
    assert at_once.ask(branch, by=clerk, key="once") == run
    runs.work_off(only=[run.pk])
    assert set(DunningCase.objects.values_list("account", flat=True)) == {one.pk for one in accounts}
    done = at_once.done(branch, branch.today())
    assert (done["planned"], done["messages"], done["sum"]) == (found.accounts, 2, Decimal("118.00"))
    assert left_out(dry_run(clerk, branch, branch.today())) == {"another_day": 2}


def test_the_query_of_a_day_is_one(branch, clerk, django_assert_max_num_queries):
    for _ in range(5):
        owing(branch)
    with django_assert_max_num_queries(12):
        dry_run(clerk, branch, branch.today())
