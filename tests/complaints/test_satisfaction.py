"""Figures of satisfaction say how many they are of, and no average hides a weak stage."""

from decimal import Decimal

import pytest
from django.utils import timezone

from complaints.figures.satisfaction import satisfaction
from complaints.models import CallbackAnswer, Complaint, Survey
from tests import complaining, make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def closed(customer, satisfied, **said):
    by = customer.owner_of_tests
    one = complaining.complaint(
        customer, by, state="closed", ended_at=NOW, resolved_at=NOW, answer="好", satisfied=satisfied
    )
    if said:
        CallbackAnswer.objects.create(complaint=one, round=1, at=NOW, by=by, **said)
    return one


@pytest.fixture
def customer():
    made = make.reachable()
    made.owner_of_tests = make.user("complaint_desk", made.branch)
    return made


@pytest.mark.practice("G06")
def test_the_weakest_stage_is_named_beside_good_means(customer):
    closed(
        customer, "satisfied", solved=True, result=9, attitude=10, speed=4, expectation=7, experience=9, recommends=10
    )
    closed(
        customer, "satisfied", solved=True, result=10, attitude=9, speed=5, expectation=8, experience=9, recommends=9
    )
    found = satisfaction(Complaint.objects.all())
    assert (found.csat.percent, found.nps, found.gap) == (Decimal(100), Decimal(100), Decimal("1.5"))
    assert (found.weakest.name, found.weakest.mean) == ("speed", Decimal("4.5"))
    assert [stage.name for stage in found.weak] == ["speed"]


def test_each_rate_stands_beside_how_many_were_reached(customer):
    closed(customer, "satisfied", solved=True, result=8)
    closed(customer, "neutral", solved=True, result=7, recommends=3)
    for _ in range(2):
        closed(customer, "unreached")
    found = satisfaction(Complaint.objects.all())
    assert (found.cases, found.reach.percent, found.satisfied.of) == (4, Decimal(50), 2)
    assert (found.satisfied.percent, found.csat.percent, found.nps) == (Decimal(50), Decimal(50), Decimal(-100))


def test_what_was_answered_by_message_counts_and_nobody_is_no_rate(customer):
    assert satisfaction(Complaint.objects.all()).csat.percent is None
    one = closed(customer, "unreached")
    Survey.objects.create(
        complaint=one, round=1, not_asked="", token_hash="x", expires_at=NOW, answered_at=NOW, result=6
    )
    found = satisfaction(Complaint.objects.all())
    assert (found.csat.percent, found.csat.of, found.reach.n) == (Decimal(0), 1, 0)
