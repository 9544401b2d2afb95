"""Complaint policies: which one a complaint goes by, and the pages on which the next version is written."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from complaints.clocks import shipped
from complaints.clocks.choosing import choose
from complaints.clocks.following import follow
from complaints.clocks.publishing import Plan, publish
from complaints.models import Complaint, ComplaintRules, Policy
from tests import complaining, make
from tests.complaints.test_clocks import MONDAY, accepted, clock
from tests.race import race

pytestmark = pytest.mark.django_db
HALF_HOUR = 30


@pytest.fixture
def branch():
    made = make.branch(name_en="Branch")
    shipped.ship(made)
    return made


@pytest.fixture
def head(branch):
    return make.sign_in("branch_head", branch, language="en")


@pytest.fixture
def general(branch):
    return Policy.objects.get(branch=branch, code="level-1")


def text(answer):
    return answer.content.decode()


def form(policy, **changes):
    """What the page of the version in use would send."""
    version = policy.versions.get(current=True)
    data = {"contact": "24", "result": "72", "calendar": "", "warnings": "50 75 90", "note": "", "seen": version.n}
    data |= {"if-level_is": "one_of", "if-level": ["1"], "steps": ["1"], "s1-clock": "result", "s1-at_percent": "80"}
    return data | {"s1-owner": "on", "do": "publish"} | changes


def sent(browser, policy, **changes):
    return browser.post(reverse("complaint-policy", args=[policy.pk]), form(policy, **changes))


def test_shipping_twice_ships_once(branch):
    shipped.ship(branch)
    assert [one.code for one in Policy.objects.filter(branch=branch)] == ["level-3", "level-2", "level-1"]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_shipped_policy_is_that_of_the_level(branch, level):
    one = complaining.complaint(make.reachable(branch), level=level)
    assert choose(one).policy.code == f"level-{level}"


def test_the_first_that_fits_is_taken_and_what_is_out_of_use_is_not(branch, general):
    first = Policy.objects.create(branch=branch, code="all", name="全部", order=1)
    first.versions.create(n=1, contact_minutes=1, result_minutes=2)
    one = complaining.complaint(make.reachable(branch))
    assert choose(one).policy == first
    Policy.objects.filter(pk=first.pk).update(active=False)
    assert choose(one).policy == general


def test_another_branchs_policy_fits_nothing(branch):
    assert choose(complaining.complaint()) is None


def test_the_list_says_whom_each_is_for(head):
    page = text(head.get(reverse("complaint-policies")))
    assert "level: Major" in page
    assert "1 h 0 min" in page


def test_a_new_version_is_for_new_complaints_and_the_old_keep_theirs(head, general):
    old = accepted(customer=make.reachable(general.branch))
    assert sent(head, general, contact="0.5", note="faster").status_code == 302
    new = accepted(customer=make.reachable(general.branch))
    assert (clock(old, "contact").due_at - MONDAY).total_seconds() == 24 * 3600
    assert (clock(new, "contact").due_at - MONDAY).total_seconds() == HALF_HOUR * 60
    follow(old, MONDAY)
    assert Complaint.objects.get(pk=old.pk).version.n == 1
    assert general.versions.get(current=True).steps.get().at_percent == 80


def test_looking_says_how_many_open_complaints_it_would_fit(head, general):
    for level in (1, 1, 2):
        complaining.complaint(make.reachable(general.branch), level=level)
    complaining.complaint()
    page = text(sent(head, general, do="look"))
    assert "Fits 2 open complaints now." in page
    assert general.versions.count() == 1


def test_the_number_that_fits_is_told_while_one_chooses(head, general):
    complaining.complaint(make.reachable(general.branch), level=2)
    said = {"if-level_is": "none_of", "if-level": ["1"]}
    page = text(head.post(reverse("complaint-policy-count", args=[general.pk]), said))
    assert "Fits 1 open complaint now." in page
    assert "No policy before it takes 0 of them." in page


def test_nobody_promises_more_time_than_the_law_allows(head, general):
    answer = sent(head, general, result="400")
    assert answer.status_code == 422
    assert "The law wants an answer sooner than this." in text(answer)
    assert general.versions.count() == 1


def test_a_province_may_allow_less(general, head):
    ComplaintRules.objects.create(branch=general.branch, legal_days=2, warned_day=1, critical_day=2)
    assert sent(head, general).status_code == 422


def test_working_hours_count_longer_than_the_law(general, head):
    hours = make.calendar(general.branch)
    assert sent(head, general, calendar=hours.pk, result="120").status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"contact": "80"},
        {"warnings": "50 50"},
        {"warnings": "soon"},
        {"s1-at_percent": ""},
        {"s1-owner": "", "s1-roles": []},
        {"seen": 0},
        {"if-level": ["9"]},
    ],
)
def test_what_does_not_hold_together_is_refused_and_kept_on_the_page(head, general, changes):
    answer = sent(head, general, note="my words", **changes)
    assert answer.status_code == 422
    assert "my words" in text(answer)
    assert general.versions.count() == 1


def test_a_step_is_added_and_taken_out_without_judging_what_is_half_done(head, general):
    page = text(sent(head, general, do="add", contact=""))
    assert "s2-clock" in page
    assert "data-errors" not in page
    assert "s1-clock" not in text(sent(head, general, do="remove-1"))
    assert general.versions.count() == 1


def test_a_clerk_does_not_see_policies(branch):
    assert make.sign_in("clerk", branch).get(reverse("complaint-policies")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told():
    branch = make.branch()
    shipped.ship(branch)
    policy = Policy.objects.get(branch=branch, code="level-1")
    by = make.user("branch_head", branch)

    def one(minutes):
        return lambda: publish(policy, Plan((), minutes, 600), by=by, seen=1, at=MONDAY)

    results = race(policy, [one(10), one(20)])
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert policy.versions.filter(current=True).count() == 1
    assert policy.versions.count() == 2
