"""Many messages moved at once: each has one decision and one event, which webhooks tell like any other."""

from datetime import timedelta

import pytest
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from audit.models import Event
from jobs.models import Run
from outreach import decisions, tasks, waves
from outreach.models import Decision, Message, Wave
from tests import make
from tests.race import together
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return make.reachable()


@pytest.fixture
def by(customer):
    return make.user("branch_head", customer.branch)


def events():
    rows = Event.objects.filter(subject_type="outreach.message").order_by("subject_id")
    return [(one.subject_id, one.verb, one.actor_id, one.data) for one in rows]


def planned(customer, many=3, **fields):
    return [make.message(customer, **fields) for _ in range(many)]


def test_what_is_cancelled_together_is_told_one_by_one(customer, by):
    made = [*planned(customer, 2), *planned(customer, 1, state="held")]
    make.message(customer, state="accepted", next_at=None)
    with bound_contextvars(request_id="r1"):
        assert decisions.cancel_all(Message.objects.all(), "stopped", by) == 3
    assert events() == [
        (one.pk, "message.cancelled", by.pk, {"from": one.state, "to": "cancelled", "reason": "stopped"})
        for one in made
    ]
    assert set(Event.objects.values_list("customer_id", "branch_id", "request_id")) == {
        (customer.pk, customer.branch_id, "r1")
    }
    assert set(Decision.objects.values_list("what", "reason", "by")) == {("cancelled", "stopped", by.pk)}
    assert Decision.objects.count() == 3


def test_it_is_told_as_if_each_had_been_cancelled_alone(customer, by):
    alone, together_ = planned(customer, 2)
    decisions.cancel(alone, by=by, reason="stopped")
    decisions.cancel_all(Message.objects.filter(pk=together_.pk), "stopped", by)
    (_, *one), (_, *other) = events()
    assert one == other
    same = ["state", "reason", "next_at", "in_doubt"]
    rows = Message.objects.filter(pk__in=[alone.pk, together_.pk])
    assert len(set(rows.values_list(*same))) == 1
    assert all(rows.values_list("ended_at", flat=True))


def test_each_that_is_too_late_is_told(customer):
    late = planned(customer, 3, not_after=timezone.now() - timedelta(hours=1))
    make.message(customer)
    tasks.expire(Run(job="outreach.expire"))
    said = {"from": "planned", "to": "expired", "reason": "too_late"}
    assert events() == [(one.pk, "message.expired", None, said) for one in late]


@pytest.mark.parametrize(
    ("state", "was", "verb", "to"),
    [
        ("held", {"state": "planned"}, "held", "held"),
        ("released", {"state": "held", "reason": "volume"}, "released", "planned"),
        ("cancelled", {"state": "held", "reason": "volume"}, "cancelled", "cancelled"),
    ],
)
def test_each_that_follows_its_set_is_told(customer, by, state, was, verb, to):
    template = make.template(customer.branch)
    wave = Wave.objects.create(branch=customer.branch, template=template, key="w", planned=3, state=state)
    Wave.objects.filter(pk=wave.pk).update(decided_by=None if state == "held" else by)
    made = planned(customer, wave=wave, **was)
    assert (waves.follow(wave.pk), waves.follow(wave.pk)) == (3, 0)
    told = events()
    assert [(pk, kind) for pk, kind, *_ in told] == [(one.pk, f"message.{verb}") for one in made]
    assert {data["to"] for *_, data in told} == {to}
    assert {actor for _, _, actor, _ in told} == {None if state == "held" else by.pk}
    assert set(Message.objects.values_list("state", flat=True)) == {to}


def test_other_systems_hear_of_each(customer, by):
    make.subscription(customer.unit, kinds=["message.*"])
    planned(customer, 5)
    planned(customer, 2, not_after=timezone.now() - timedelta(hours=1))
    tasks.expire(Run(job="outreach.expire"))
    decisions.cancel_all(Message.objects.all(), "stopped", by)
    assert Delivery.objects.count() == 7


def test_many_cost_as_much_as_one(customer, by, django_assert_num_queries):
    for many in (1, 40):
        planned(customer, many)
        with django_assert_num_queries(4):  # begin, whom to lock, all that becomes of them, end
            assert decisions.cancel_all(Message.objects.all(), "stopped", by) == many


@pytest.mark.django_db(transaction=True)
def test_what_several_end_at_once_is_told_once(customer, by):
    planned(customer, 60, not_after=timezone.now() - timedelta(hours=1))
    moved = together(
        [
            lambda: decisions.cancel_all(Message.objects.all(), "stopped", by),
            lambda: decisions.cancel_about(customer),
            lambda: tasks.expire(Run(job="outreach.expire")),
        ]
    )
    assert sum(moved[:2]) + Decision.objects.filter(what="expired").count() == 60
    assert len(events()) == len({pk for pk, *_ in events()}) == Decision.objects.count() == 60
