"""A stop of which nothing came is asked for again while its case goes on; a person hears of a refused one (A25)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from billing import starter
from billing.dunning import exempting, planning, stages
from billing.dunning.carrying_out import carry_out
from billing.dunning.dry_run import dry_run
from billing.dunning.foreseeing import foresee
from billing.models import DunningRules
from billing.service_requests import answering, asking
from billing.service_requests.withdrawing import withdraw
from customers.models import Customer, Line
from tests import dunning, make
from work.models import FollowUp, Notice

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    return made


@pytest.fixture
def case(branch):
    """Its one-way stop is planned for today, announced a day ago; the account pays for one line."""
    account = dunning.overdue(40, customer=make.reachable(branch))
    made = dunning.case(account, since=timezone.localdate() - 40 * DAY)
    dunning.reminder(made, 25, n=3)
    make.line(account.customer)
    made.next_step, made.next_on = made.version.steps.get(n=4), timezone.localdate()
    made.save()
    dunning.step(made, 4)
    return made


def work(days=0):
    """The night of a day to come, and what is carried out after it."""
    at = timezone.now() + days * DAY
    planning.plan_some(0, at)
    while carry_out(at):
        pass


def asked(case):
    return list(case.service_requests.order_by("pk"))


def stop_of(case):
    work()
    [request] = asked(case)
    return request


def fate(case):
    one = case.steps.get(step__n=4)
    return one.state, one.reason or one.waits_for


def refuse(request, days=0):
    return answering.refuse(request, reason="停机指令被拒", at=timezone.now() + days * DAY)


@pytest.mark.practice("A25")
def test_a_refused_stop_is_asked_for_again_on_the_next_day_and_no_sooner(case):
    first = refuse(stop_of(case))
    work(0)
    assert asked(case) == [first]
    assert fate(case) == ("done", "")
    work(1)
    work(1)
    _first, second = asked(case)
    assert (second.key, second.state, second.action) == (f"{first.key}:1", "asked", "suspend_one_way")
    assert Event.objects.filter(verb="dunning.step_again", subject_id=case.pk).count() == 1


@pytest.mark.parametrize("tries", [1, 3])
def test_after_so_many_refusals_it_stays_with_a_person(branch, case, tries):
    if tries != 3:
        DunningRules.objects.create(branch=branch, stop_tries=tries)
    told = make.user("dunning_clerk", branch)
    work()
    for days in range(tries):
        assert not FollowUp.objects.exists()
        refuse(asked(case)[-1], days)
        work(days + 1)
    work(tries + 5)
    assert [one.state for one in asked(case)] == ["refused"] * tries
    assert fate(case) == ("done", "")
    assert Notice.objects.filter(kind="stop.refused", user=told).count() == tries
    owed = FollowUp.objects.get()
    assert (owed.about_type, owed.about_id, owed.unit) == ("billing.servicerequest", asked(case)[-1].pk, branch)


def test_the_dry_run_foresees_it(branch, case):
    refuse(stop_of(case))
    clerk, today = make.user("dunning_clerk", branch), branch.today()
    assert [one.step.n for one in dry_run(clerk, foresee(branch, today + DAY)).steps] == [4]
    assert dry_run(clerk, foresee(branch, today)).steps == []


def test_one_that_a_person_withdrew_comes_again_on_the_next_day(branch, case):
    withdraw(stop_of(case), by=make.user("dunning_clerk", branch))
    work(0)
    assert len(asked(case)) == 1
    work(1)
    assert [one.state for one in asked(case)] == ["withdrawn", "asked"]


def test_one_that_was_overtaken_comes_again(branch, case):
    stop = answering.accept(stop_of(case))
    said = {"origin": "staff", "key": "back", "reason": "x", "by": make.user("dunning_clerk", branch)}
    answering.confirm(asking.ask(case.account, stop.line, "restore", **said))
    assert answering.confirm(stop).details == {"overtaken": True}
    case.refresh_from_db()
    assert (case.stopped_at, case.next_on) == (None, None)
    work(1)
    assert [one.action for one in asked(case)] == ["suspend_one_way", "suspend_one_way"]


def test_a_line_that_a_person_restored_is_not_stopped_by_the_same_step_again(branch, case):
    stop = answering.confirm(stop_of(case))
    said = {"origin": "staff", "key": "back", "reason": "x", "by": make.user("dunning_clerk", branch)}
    answering.confirm(asking.ask(case.account, stop.line, "restore", **said))
    work(1)
    assert asked(case) == [stop]
    case.refresh_from_db()
    assert case.next_step.n == 5


def test_when_the_exemption_of_its_line_is_over_it_is_stopped_like_any_other(branch, case):
    line = case.account.customer.lines.get()
    asks, approves = (make.user("dunning_clerk", branch) for _ in range(2))
    said = {"kind": "hospital", "reason": "x", "asked_by": asks, "decided_by": approves, "state": "approved"}
    exempt = line.exemptions.create(branch=branch, decided_at=timezone.now(), **said)
    work()
    work(1)
    assert (fate(case), asked(case)) == (("left_out", "exempt"), [])
    exempting.end(exempt, by=asks, reason="x")
    work(2)
    assert [one.line for one in asked(case)] == [line]


def test_a_line_that_could_not_be_stopped_then_is_stopped_once_it_is_in_service(case):
    Line.objects.update(status="voluntary_hold")
    work()
    assert fate(case) == ("left_out", "no_line")
    Line.objects.update(status="active")
    work(1)
    assert [one.state for one in asked(case)] == ["asked"]


def test_dunning_goes_on_with_whom_came_back(case):
    customers = Customer.objects.filter(pk=case.account.customer_id)
    customers.update(status="left", left_on=timezone.localdate())
    work()
    work(1)
    assert fate(case) == ("left_out", "left")
    customers.update(status="active", left_on=None)
    work(2)
    assert fate(case) == ("done", "")
    assert len(asked(case)) == 1


@pytest.mark.parametrize("held", ["promise", "stopped"])
def test_nothing_comes_again_while_dunning_rests(branch, case, held):
    refuse(stop_of(case))
    by = make.user("dunning_clerk", branch)
    if held == "promise":
        case.account.payment_promises.create(branch=branch, case=case, key="p", made_by=by)
    else:
        until = timezone.localdate() + 9 * DAY
        case.account.holds.create(branch=branch, kind="manual", key="h", reason="x", until=until)
    work(1)
    assert len(asked(case)) == 1


@pytest.mark.parametrize("days", [-3, 3])
def test_a_suspension_was_confirmed_between_asking_and_now_whatever_is_said(case, days):
    stop, before = stop_of(case), timezone.now()
    answering.confirm(stop, at=before + days * DAY)
    case.refresh_from_db()
    assert stop.asked_at <= case.stopped_at <= timezone.now()
    assert case.next_on == stages.day_of(case, before) + 15 * DAY
