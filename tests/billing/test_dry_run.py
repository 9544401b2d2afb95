"""The dry run says before what the engine does after, on the same pieces, and changes nothing."""

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import ledger, starter
from billing.dunning import at_once, carrying_out, foreseeing, planning
from billing.dunning import dry_run as reading
from billing.dunning.figures import figures
from billing.models import CaseStep, DryRun, DunningCase, Foreseen, Hold, PaymentPromise, ScenarioStep
from jobs import runs
from tests import dunning, make, money
from tests.dunning_days import at, days, pass_day
from tests.race import together

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


def dry_run(user, branch, day, today=None):
    return reading.dry_run(user, foreseeing.foresee(branch, day, today=today))


def met(run):
    """{(scenario, step): accounts} of a dry run."""
    return Counter({(one.step.version.scenario.code, one.step.n): one.accounts for one in run.steps})


def left_out(run):
    return {code: many for code, _words, many, _sum in run.left_out}


def test_a_new_account_meets_the_first_step_with_its_sum(branch, clerk):
    owing(branch)
    found = dry_run(clerk, branch, branch.today())
    assert met(found) == {("mobile", 1): 1}
    assert (found.accounts, found.sum, found.left_out) == (1, {"CNY": Decimal("59.00")}, [])
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


def test_of_the_messages_of_one_customer_the_first_goes_as_it_does_then(branch, clerk, monkeypatch):
    monkeypatch.setattr(foreseeing, "RANGE", 2)
    account, today = owing(branch), branch.today()
    for _ in range(2):
        dunning.overdue(account=money.account(account.customer))
    for day, others in enumerate([{"told_today": 2}, {"told_today": 1, "another_day": 1}, {"another_day": 2}]):
        found = dry_run(clerk, branch, today + timedelta(day), today=today + timedelta(day))
        assert (met(found), left_out(found)) == ({("mobile", 1): 1}, others)
        pass_day(branch, today + timedelta(day))
        assert happened(branch, today + timedelta(day)) == met(found)


def test_who_was_written_to_today_hears_of_another_account_on_another_day(branch, clerk):
    account = owing(branch)
    pass_day(branch, branch.today())
    dunning.overdue(account=money.account(account.customer))
    found = dry_run(clerk, branch, branch.today())
    assert (met(found), left_out(found)) == ({}, {"another_day": 1, "told_today": 1})
    pass_day(branch, branch.today())
    assert sum(happened(branch, branch.today()).values()) == 1


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
    made = foreseeing.foresee(branch, branch.today())
    page, following = reading.names(clerk, made, step=step.pk)
    assert [one.account.pk for one in page] == [one.pk for one in mine[:25]]
    rest, end = reading.names(clerk, made, step=step.pk, after=following)
    assert ([one.account.pk for one in rest], end) == ([mine[25].pk, theirs.pk], None)
    manager = make.user("duty_manager", hall)
    assert [one.account.pk for one in reading.names(manager, made, step=step.pk)[0]] == [theirs.pk]
    assert reading.dry_run(manager, made).accounts == 1


def test_nothing_but_its_own_rows_is_written(branch, clerk):
    owing(branch)
    with CaptureQueriesContext(connection) as asked:
        foreseeing.foresee(branch, branch.today())
    written = {one["sql"].split("INSERT INTO ")[1].split()[0] for one in asked if "INSERT INTO" in one["sql"]}
    assert {name.strip('"') for name in written} == {"billing_dryrun", "billing_foreseen", "billing_foreseencount"}
    assert not [one["sql"] for one in asked if one["sql"].startswith("UPDATE") and '"billing_dryrun"' not in one["sql"]]


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
    left = [with_two_bills(branch, *ages, tier=tiers[1]) for ages in [(41, 40), (41, 36), (43, 33), (44, 38), (60, 38)]]
    for day in days(first - timedelta(days=25), first - timedelta(days=1)):
        pass_day(branch, day)
    for bill in left:  # what was announced, or stopped for, is gone
        ledger.adjust([money.an_adjustment(bill, f"-{bill.amount}")])
    coming = list(days(first, first + timedelta(days=21)))
    foreseen = [met(dry_run(clerk, branch, day, today=first)) for day in coming]
    for day in coming:
        pass_day(branch, day)
    assert foreseen == [happened(branch, day) for day in coming]
    assert sum(map(len, foreseen)) > 5
    assert CaseStep.objects.filter(again=1, state="done").count() == 4  # all but the last: nothing more is stopped


def with_two_bills(branch, older, younger, **fields):
    """The older bill of an account with two, so many days overdue today."""
    account = owing(branch, older, **fields)
    dunning.overdue(younger, account=account)
    return account.bills.order_by("due_on").first()


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
    run.refresh_from_db()
    done = at_once.done(run)
    assert (done.planned, done.messages, done.sums) == (found.accounts, 2, {"CNY": Decimal("118.00")})
    assert left_out(dry_run(clerk, branch, branch.today())) == {"another_day": 2}


def test_reading_costs_the_same_for_any_number_of_accounts(branch, clerk, django_assert_max_num_queries):
    for _ in range(5):
        owing(branch)
    made = foreseeing.foresee(branch, branch.today())
    with django_assert_max_num_queries(6):
        reading.dry_run(clerk, made)


def test_dunning_at_once_leaves_other_branches_alone_and_counts_only_its_own(branch, clerk):
    elsewhere = make.branch()
    starter.plant(elsewhere)
    theirs, mine = owing(elsewhere), owing(branch)
    for account in (theirs, mine):
        planning.plan_account(account, timezone.now())
    first, second = (at_once.ask(branch, by=clerk, key=key) for key in ("first", "second"))
    runs.work_off(only=[first.pk])
    assert CaseStep.objects.get(case__account=theirs).state == "planned"
    owing(branch)
    runs.work_off(only=[second.pk])
    for run in (first, second):
        run.refresh_from_db()
    assert [(one.planned, one.messages) for one in map(at_once.done, (first, second))] == [(0, 1), (1, 1)]


@pytest.mark.django_db(transaction=True)
def test_what_another_job_carried_out_of_its_steps_counts_as_well(branch, clerk):
    """The job of every minute works beside it: the supervisor reads what became of all that was planned."""
    owing(branch)
    owing(branch)
    run = at_once.ask(branch, by=clerk, key="beside")
    planning.plan_some(0, timezone.now(), branch=branch.pk)
    assert carrying_out.carry_out(timezone.now()) is not None
    owing(branch)
    runs.work_off(only=[run.pk])
    run.refresh_from_db()
    done = at_once.done(run)
    assert (done.messages, done.sums) == (3, {"CNY": Decimal("177.00")})


def test_sums_of_several_currencies_are_never_added_up(branch, clerk):
    _yuan, dollars = owing(branch, amount="59.00"), owing(branch, amount="7.00")
    type(dollars).objects.filter(pk=dollars.pk).update(currency="USD")
    found = dry_run(clerk, branch, branch.today())
    assert found.sum == {"CNY": Decimal("59.00"), "USD": Decimal("7.00")}
    assert found.steps[0].tiers[0][2].lines == ["¥59.00", "7.00 USD"]
    run = at_once.ask(branch, by=clerk, key="both")
    runs.work_off(only=[run.pk])
    run.refresh_from_db()
    assert str(at_once.done(run).sums) == "¥59.00 + 7.00 USD"
    assert figures(clerk, {branch.pk}, timezone.now()).overdue.lines == ["¥59.00", "7.00 USD"]


def test_the_day_is_computed_once_however_many_ask_and_the_last_is_shown(branch, clerk):
    owing(branch)
    day = branch.today()
    other = make.user("branch_head", branch)
    run = foreseeing.ask(branch, day, by=clerk)
    assert foreseeing.ask(branch, day, by=other) == run
    assert foreseeing.known(branch, day).is_coming
    runs.work_off(only=[run.pk])
    first = foreseeing.known(branch, day)
    assert not first.is_due(timezone.now(), None)
    assert first.is_due(timezone.now() + foreseeing.FRESH, None)
    assert first.is_due(timezone.now(), changed_at=timezone.now())
    again = foreseeing.ask(branch, day, by=other)
    assert again != run
    assert foreseeing.known(branch, day).made == first.made  # still shown while the next one is made
    runs.work_off(only=[again.pk])
    assert DryRun.objects.get() != first.made
    assert Foreseen.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_asked_at_the_same_moment_it_is_one_run(branch, clerk):
    made = together(lambda: foreseeing.ask(branch, branch.today(), by=clerk).pk)
    assert len(set(made)) == 1


def test_dry_runs_of_other_days_go_after_hours(branch):
    at, day = timezone.now(), branch.today()
    foreseeing.foresee(branch, day, at=at)
    left = foreseeing.begin(branch, day, day)  # by a worker that died
    foreseeing.foresee(branch, day + timedelta(days=1), at=at)
    assert DryRun.objects.count() == 3
    last = foreseeing.foresee(branch, day + timedelta(days=2), at=at + foreseeing.KEPT + timedelta(hours=1))
    assert list(DryRun.objects.all()) == [last]
    assert not DryRun.objects.filter(pk=left.pk).exists()
