"""The sums of dunning that are kept: as the rows say, as the lists behind them, and of what one reaches."""

from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing import checking, ledger, starter
from billing.dunning import bringing_in, counting, planning
from billing.dunning.counting import open_cases
from billing.dunning.figures import figures
from billing.dunning.recovering import WITHIN, cases_of, recovery
from billing.dunning.views.cases import filtered
from billing.models import (
    BroughtIn,
    CaseCount,
    CaseStep,
    DunningCase,
    DunningRules,
    KeptSums,
    PaymentPromise,
    Reminder,
    ServiceRequest,
)
from customers.models import Customer
from door.lists import Asking
from jobs import runs
from jobs.models import Run
from tests import dunning, make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    return made


@pytest.fixture
def halls(branch):
    department = make.unit("department", branch)
    return [make.unit("hall", department) for _ in range(2)]


@pytest.fixture
def people(branch, halls):
    """Who sees the whole branch, one hall, their own customers, nothing of this branch."""
    users = [make.user(role, unit) for role, unit in (("dunning_clerk", branch), ("duty_manager", halls[0]))]
    return [*users, make.user("vip_manager", halls[1]), make.user("branch_head", make.branch())]


@pytest.fixture
def cases(branch, halls, people):
    """In two halls, some of a manager, two currencies: told weeks ago, some again since, paid, promised, disputed."""
    made = []
    for n in range(12):
        manager = people[2] if n % 4 == 1 else None
        customer = make.customer(halls[n % 2], manager=manager)
        account = dunning.overdue(40, f"{59 + n}.00", account=money.account(customer, currency=("CNY", "USD")[n == 7]))
        told_at = timezone.now() - timedelta(days=35)
        case = dunning.case(account, opened_at=told_at, state="notice_1" if n % 3 else "overdue")
        message = make.message(customer)
        step = dunning.step(case, message=message, state="done", done_at=told_at, sum=account.owed, recorded=True)
        dunning.taken(message)
        Reminder.objects.create(account=account, step=step, how="accepted", message=message, at=told_at)
        if n % 2:
            again_at = timezone.now() - timedelta(days=30)
            dunning.step(case, 2, state="done", done_at=again_at, sum=account.owed)
        made.append(case)
    for n, days, much in ((0, 34, "20.00"), (0, 33, "900.00"), (1, 29, "10.00"), (2, 5, "61.00"), (3, 32, "1.00")):
        money.payment(made[n].account, much, at=timezone.now() - timedelta(days=days, minutes=1))
    promise(made[4].account, made[4])
    promise(made[5].account, None)
    promise(dunning.overdue(customer=make.customer(halls[0])), None)  # before the night opened a case
    bill = made[6].account.bills.get()
    made[6].account.holds.create(branch=branch, bill=bill, kind="dispute", key="d", reason="x")
    return made


def promise(account, case):
    said = {"key": f"{account.pk} {case}", "made_by": make.user("dunning_clerk", account.branch)}
    PaymentPromise.objects.create(branch=account.branch, account=account, case=case, **said)


def keep(branch):
    return counting.count_cases(branch, timezone.now()), bringing_in.keep_all(branch, timezone.now())


def worked(job):
    """What a run of the job counted."""
    run = runs.ask(job, key=f"{job} {Run.objects.count()}")
    runs.work_off(only=[run.pk])
    return Run.objects.get(pk=run.pk).counts


def listed(user, query) -> int:
    return filtered(Asking(user, QueryDict(query))).qs.count()


def last_days(branch):
    return branch.today() - timedelta(days=60), branch.today()


def test_figures_are_those_of_the_rows_and_of_the_lists_behind_them(branch, people, cases):
    found = {}
    for counted in (False, True):
        if counted:
            keep(branch)
        for user in people:
            one = figures(user, {branch.pk}, timezone.now())
            assert (one.at is not None) == counted
            assert one.open == sum(number for *_words, number in one.stages) == listed(user, "")
            assert one.promised == listed(user, "waits=promise")
            for code, _words, number in one.stages:
                assert number == listed(user, f"state={code}")
            said = (one.open, one.promised, one.stages, dict(one.overdue))
            assert found.setdefault(user.pk, said) == said
    assert [many for many, *_rest in found.values()] == [10, 4, 3, 0]
    everything, hall, own, _foreign = (sums for *_rest, sums in found.values())
    assert everything == {"CNY": Decimal("512.00"), "USD": Decimal("66.00")}
    assert hall["CNY"] < everything["CNY"]
    assert own != hall


def test_what_is_counted_twice_changes_nothing_and_what_moved_is_found(branch, halls, people, cases):
    assert keep(branch) != (0, 0)
    assert keep(branch) == (0, 0)
    Customer.objects.filter(pk=cases[4].account.customer_id).update(unit=halls[1])
    money.payment(cases[8].account, "67.00")
    before = [figures(user, {branch.pk}, timezone.now()).open for user in people]
    assert before == [10, 4, 3, 0]
    changed, moved = keep(branch)
    assert changed > 0
    assert moved > 0
    assert [figures(user, {branch.pk}, timezone.now()).open for user in people] == [9, 2, 3, 0]
    assert _differing(branch, people, cases) == []
    assert keep(branch) == (0, 0)


def _differing(branch, people, cases):
    """Where what is kept is not what the rows say."""
    asked = [(user, cases[0].version, *last_days(branch), within) for user in people for within in (*WITHIN, 60)]
    kept = [_said(recovery(*one)) for one in asked]
    at = dict(KeptSums.objects.values_list("branch", "brought_at"))
    KeptSums.objects.update(brought_at=None)
    live = [_said(recovery(*one)) for one in asked]
    for pk, moment in at.items():
        KeptSums.objects.filter(branch=pk).update(brought_at=moment)
    return [(one, other) for one, other in zip(kept, live, strict=True) if one != other]


def _said(found):
    rows = [
        (one.label, one.reached, dict(one.asked), one.paid, dict(one.recovered), one.cost)
        for one in (*found.steps, *found.months)
    ]
    return rows, found.reminded, found.paid_before, found.suspended


@pytest.mark.practice("A26")
def test_recovery_is_that_of_the_rows_and_of_the_cases_behind_it(branch, people, cases):
    keep(branch)
    assert _differing(branch, people, cases) == []
    first, last = last_days(branch)
    for user in people:
        for within in WITHIN:
            found = recovery(user, cases[0].version, first, last, within)
            assert found.at is not None
            for step in found.steps:
                rows = cases_of(user, cases[0].version, first, last, within, step=step.step)
                assert step.reached == len(rows)
                assert step.paid == sum(paid > 0 for _case, _asked, paid, _step in rows)
                assert sum(step.recovered.values()) == sum(paid for _case, _asked, paid, _step in rows)
    whole, hall, own, foreign = (recovery(user, cases[0].version, first, last, 3) for user in people)
    assert [one.reminded for one in (whole, hall, own, foreign)] == [12, 6, 3, 0]
    assert whole.steps[0].recovered["CNY"] == Decimal("60.00")  # 59 of 920 in three days, and 1; the rest came later
    assert hall.steps[0].recovered["CNY"] == Decimal("59.00")


def test_once_a_day_every_day_is_counted_anew_and_every_hour_the_last_weeks(branch, people, cases):
    first = worked("billing.recovery")
    assert (first["changed"] > 0, first["late"]) == (True, 0)
    assert worked("billing.recovery")["changed"] == 0
    payment = cases[0].account.payments.order_by("at").first()
    ledger.reverse(payment, by=people[0], reason="wrong account")  # counts for a step of 35 days ago
    hourly = worked("billing.recovery")
    assert hourly["days"] <= bringing_in.RECENT.days + 1
    assert hourly["changed"] == 0
    KeptSums.objects.update(checked_on=branch.today() - timedelta(days=1))
    daily = worked("billing.recovery")
    assert daily["late"] > 0
    assert daily["days"] >= 35
    assert _differing(branch, people, cases) == []


def test_every_hour_counts_as_far_back_as_the_branch_lets_a_payment_count(branch, cases):
    DunningRules.objects.update_or_create(branch=branch, defaults={"paid_within": 60})
    worked("billing.recovery")
    money.payment(cases[8].account, "67.00")  # for a step of 35 days ago
    hourly = worked("billing.recovery")
    assert (hourly["changed"] > 0, hourly["late"]) == (True, 0)


def test_days_that_nobody_counted_are_caught_up_with(branch, people, cases):
    keep(branch)
    early = timezone.now() - timedelta(days=20)
    KeptSums.objects.update(brought_at=early, checked_on=branch.today())
    done_at = timezone.now() - timedelta(days=15)
    dunning.step(cases[0], 2, state="done", done_at=done_at, sum=Decimal("5.00"))
    worked("billing.recovery")
    assert _differing(branch, people, cases) == []
    assert KeptSums.objects.get(branch=branch).brought_at > early


def test_days_of_which_nothing_is_done_any_more_come_to_nothing(branch, people, cases):
    keep(branch)
    first = CaseStep.objects.filter(done_at__lt=timezone.now() - timedelta(days=33))
    first.update(state="planned", done_at=None, look_at=timezone.now())  # as a stop that is taken again
    KeptSums.objects.update(checked_on=branch.today() - timedelta(days=1))
    assert worked("billing.recovery")["late"] > 0
    assert _differing(branch, people, cases) == []


def test_the_pages_say_when_their_sums_were_counted(branch, cases):
    clerk = make.sign_in("dunning_clerk", branch, language="en")
    pages = [reverse("dunning-figures"), reverse("dunning-recovery")]
    assert not any("the lists behind show" in clerk.get(page).content.decode() for page in pages)
    keep(branch)
    counted = 10
    for page in pages:
        assert "the lists behind show" in clerk.get(page).content.decode()
    with CaptureQueriesContext(connection) as asked:
        shown = clerk.get(pages[0]).content.decode()
    assert f'<span class="stat-value ">{counted}</span>' in shown
    assert not any("FROM billing_dunningcase" in one["sql"] for one in asked)


def test_a_branch_that_never_dunned_has_nothing_to_count(branch):
    assert worked("billing.dunning_figures").get("branches", 0) == worked("billing.recovery").get("days", 0) == 0
    assert (CaseCount.objects.count(), BroughtIn.objects.count(), DunningCase.objects.count()) == (0, 0, 0)
    assert open_cases(make.user("dunning_clerk", branch), {branch.pk}, timezone.now()).stages.total() == 0


@pytest.mark.practice("A25")
def test_a_stop_keeps_when_it_was_reminded_and_the_night_compares(branch):
    account = dunning.overdue(customer=make.customer(branch))
    stop = dunning.stop(dunning.case(account))
    stop.refresh_from_db()
    assert stop.reminded_at == stop.reminder.at
    assert checking.differences() == []
    with pgtrigger.ignore("billing.ServiceRequest:stays"):
        ServiceRequest.objects.filter(pk=stop.pk).update(reminded_at=stop.asked_at)
    assert ServiceRequest.objects.unreminded().count() == 1
    [(what, key, _kept, _computed)] = checking.differences()
    assert (what, key) == ("reminder", stop.pk)


def test_a_case_says_whether_somebody_has_promised_to_pay(branch):
    account = dunning.overdue(customer=make.reachable(branch))
    promise(account, None)
    planning.plan_some(0, timezone.now())
    case = account.dunning_cases.get()
    assert case.promised  # made before the night opened the case
    account.payment_promises.update(state="broken", ended_at=timezone.now())
    case.refresh_from_db()
    assert not case.promised
    promise(account, case)
    case.refresh_from_db()
    assert case.promised
    assert checking.differences() == []
    DunningCase.objects.filter(pk=case.pk).update(promised=False)
    assert checking.differences() == [("promised", case.pk, 0, 1)]
