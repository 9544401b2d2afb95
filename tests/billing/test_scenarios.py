"""Scenarios: what may be put to use, and what happens to those who do it at once."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from billing.dunning import shipped
from billing.dunning.ladder import Rung
from billing.dunning.publishing import publish
from billing.dunning.soundness import Plan, days_of, problems
from billing.models import Scenario, ScenarioVersion
from tests import dunning, make
from tests.race import race

pytestmark = pytest.mark.django_db
CODES = ("overdue_notice", "overdue_notice_2", "suspension_notice", "cancellation_notice")


@pytest.fixture
def branch():
    made = make.unit("branch")
    shipped.ship(made)
    for code in CODES:
        make.template(made, code=code)
    return made


@pytest.fixture
def head(branch):
    return make.user("branch_head", branch)


def scenario(branch, code="mobile"):
    return Scenario.objects.get(branch=branch, code=code)


def plan_of(branch, code="mobile"):
    return Plan.of(scenario(branch, code).versions.get(current=True))


def with_step(plan, n, **fields):
    return replace(plan, rungs=tuple(replace(one, **fields) if one.n == n else one for one in plan.rungs))


def wrong(plan, branch, code="mobile"):
    return {(one.step, one.field) for one in problems(plan, scenario(branch, code))}


def test_what_is_shipped_is_sound(branch):
    for one in Scenario.objects.filter(branch=branch):
        assert list(problems(Plan.of(one.versions.get()), one)) == []


def test_days_are_those_of_whoever_never_pays(branch):
    assert days_of(plan_of(branch).rungs) == {1: 1, 2: 7, 3: 10, 4: 12, 5: 27, 6: 65, 7: 72}


@pytest.mark.practice("A25")
def test_a_suspension_needs_a_message_at_least_a_day_before(branch):
    plan = plan_of(branch)
    assert wrong(with_step(plan, 4, gap=0), branch) == {(4, "gap")}
    silent = replace(plan, rungs=(replace(plan.rungs[3], n=1, when="always"),))
    assert (1, "gap") in wrong(silent, branch)


def test_a_fixed_line_is_not_suspended_before_thirty_days(branch):
    """Domain 2.1 no. 8."""
    early = with_step(with_step(plan_of(branch, "fixed"), 3, days=26), 4, days=29, gap=1)
    assert wrong(early, branch, "fixed") == {(4, "days")}
    assert wrong(with_step(early, 4, days=30), branch, "fixed") == set()


def test_a_scenario_for_everybody_stops_early_only_behind_one_for_fixed_lines(branch):
    assert wrong(plan_of(branch), branch) == set()
    Scenario.objects.filter(branch=branch, code="fixed").update(active=False)
    assert wrong(plan_of(branch), branch) == {(4, "days"), (5, "days")}


def test_a_line_is_cancelled_sixty_days_after_the_stop_and_seven_after_the_notice(branch):
    plan = plan_of(branch)
    assert wrong(with_step(plan, 7, days=59), branch) == {(7, "days")}
    assert wrong(with_step(plan, 7, counts_from="due", days=200), branch) == {(7, "days")}
    assert wrong(with_step(plan, 7, gap=6), branch) == {(7, "gap")}


@pytest.mark.parametrize("code", ["group", "locked", "vip-mobile", "vip-fixed"])
def test_whoever_has_a_manager_hears_from_a_person_first(branch, code):
    plan = plan_of(branch, code)
    without = replace(plan, rungs=tuple(replace(one, n=one.n - 1) for one in plan.rungs[1:]))
    assert wrong(without, branch, code) == {(1, "action")}


def test_templates_and_stages_are_known_ones(branch):
    plan = plan_of(branch)
    assert wrong(with_step(plan, 1, template="nobody_wrote_it"), branch) == {(1, "template")}
    assert wrong(with_step(plan, 4, stage="notice_2"), branch) == {(4, "stage")}
    assert wrong(with_step(plan, 2, stage="overdue"), branch) == {(2, "stage")}
    assert wrong(with_step(plan, 3, counts_from="suspended"), branch) == {(3, "counts_from")}
    assert {(None, None)} == wrong(Plan(()), branch)


def test_a_published_version_is_in_use_and_open_cases_keep_theirs(branch, head):
    case = dunning.case(dunning.overdue(customer=make.customer(branch)))
    later = with_step(plan_of(branch), 2, days=8)
    made = publish(scenario(branch), later, by=head, seen=1)
    assert (made.n, made.current, Plan.of(made)) == (2, True, later)
    case.refresh_from_db()
    assert (case.version.n, case.version.current) == (1, False)
    event = Event.objects.get(verb="scenario.published")
    assert (event.actor, event.data["version"]) == (head, 2)


def test_the_same_again_publishes_nothing(branch, head):
    made = publish(scenario(branch), plan_of(branch), by=head, seen=1)
    assert (made.n, Event.objects.filter(verb="scenario.published").count()) == (1, 0)


def test_what_is_not_sound_is_refused_by_step(branch, head):
    with pytest.raises(ValidationError, match="4"):
        publish(scenario(branch), with_step(plan_of(branch), 4, gap=0), by=head, seen=1)
    assert ScenarioVersion.objects.filter(scenario__branch=branch, n=2).count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins_and_the_other_hears_of_it(branch, head):
    plan, row = plan_of(branch), scenario(branch)
    works = [lambda days=days: publish(row, with_step(plan, 2, days=days), by=head, seen=1) for days in (8, 9)]
    results = race(row, works)
    assert sorted(type(one).__name__ for one in results) == ["ScenarioVersion", "ValidationError"]
    assert [one.n for one in row.versions.order_by("n")] == [1, 2]
    assert row.versions.get(current=True).n == 2


def test_a_plan_is_the_same_after_a_turn_through_the_database(branch, head):
    plan = Plan((Rung(1, "message", 3, "notice_1", template="overdue_notice"),), ("person",), ("basic",), ("mobile",))
    made = publish(scenario(branch), plan, by=head, seen=1)
    assert Plan.of(ScenarioVersion.objects.get(pk=made.pk)) == plan
