"""The tills of the demo branch: every state that somebody looks at is there, and all of it adds up."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from billing import checking
from billing.counter import tills as counting
from billing.models import Receipt, Reversal, Shift
from crm.demo import tills
from staff.rights import Role
from tests import make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A hall with four clerks and a manager, as the demo branch has; nobody owes anything yet."""
    hall = make.unit("hall", make.unit("department"))
    people = {
        Role.CLERK: [make.user("clerk", hall) for _ in range(4)],
        Role.DUTY_MANAGER: [make.user("duty_manager", hall)],
    }
    posts = {person.pk: hall for persons in people.values() for person in persons}
    org = SimpleNamespace(branch=hall.branch, people=people, posts=posts)
    return SimpleNamespace(org=org, now=timezone.now())


def test_one_shift_of_each_kind(world):
    for n in range(tills.PAYING):
        money.bill(money.account(make.customer(world.org.branch)), f"{n + 30}.50")
    tills.plant(world)
    kinds = {(one.state, one.differs, one.is_left_open(world.now)) for one in Shift.objects.all()}
    assert kinds >= {("closed", False, False), ("closed", True, False), ("counted", True, False), ("open", False, True)}
    assert Reversal.objects.waiting().count() == 1
    assert Receipt.objects.count() == 13
    for shift in Shift.objects.exclude(state="open"):
        assert {one.way: one.recorded for one in shift.counts.all()} == counting.recorded(shift)
    assert checking.differences() == []


def test_it_is_as_right_just_after_midnight(world):
    for _ in range(tills.PAYING):
        money.bill(money.account(make.customer(world.org.branch)))
    world.now = timezone.localtime().replace(hour=0, minute=5) - timedelta(days=1)
    tills.plant(world)
    assert Reversal.objects.waiting().count() == 1


def test_where_nobody_owes_anything_the_tills_are_empty(world):
    tills.plant(world)
    assert not Shift.objects.exists()
