"""Nobody forgets a complaint or a department's task (B15, D16)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints import handling, silence
from staff.models import Unit
from tests import complaining, make
from tests.complaints.test_handling import at_work
from work.models import Notice

pytestmark = pytest.mark.django_db


def always_open(one):
    make.calendar(Unit.objects.get(pk=one.branch_id), week=["00:00-24:00"] * 7)


def rings(kind):
    return Notice.objects.filter(kind=f"complaint.{kind}").count()


@pytest.mark.practice("B15")
def test_untouched_for_hours_it_rings_once_for_each_silence():
    one = at_work()
    always_open(one)
    lead, at = make.user("branch_head", one.branch), timezone.now()
    assert silence.look(0, at + timedelta(hours=3)) == (0, 0)
    assert silence.look(0, at + timedelta(hours=4, minutes=1)) == (0, 1)
    assert silence.look(0, at + timedelta(hours=9)) == (0, 0)
    assert set(Notice.objects.values_list("user", flat=True)) == {one.owner_id, lead.pk}
    handling.note(one, by=one.owner, text="在查", key="n", at=at + timedelta(hours=10))
    assert silence.look(0, at + timedelta(hours=15)) == (0, 1)


def test_only_working_time_is_silence():
    one = at_work()
    make.calendar(Unit.objects.get(pk=one.branch_id), week=[""] * 7)
    type(one).objects.filter(pk=one.pk).update(touched_at=timezone.now() - timedelta(days=3))
    assert silence.look(0, timezone.now()) == (0, 0)


def test_who_waits_is_not_silent():
    one = at_work("waiting_customer")
    always_open(one)
    assert silence.look(0, timezone.now() + timedelta(days=1)) == (0, 0)


def test_a_late_task_rings_once():
    one = at_work("waiting_department")
    task = complaining.task(one)
    assert silence.ring_late_tasks(task.due_at - timedelta(minutes=1)) == 0
    assert silence.ring_late_tasks(task.due_at) == 1
    assert silence.ring_late_tasks(task.due_at) == 0
    assert rings("task_late") == 1
