"""Departments do parts of a complaint (D16)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from complaints import delegating, handling, merging
from complaints.forms.acts import TaskForm
from complaints.models import Clock, SubTask
from staff.models import Unit
from tests import complaining, make
from tests.complaints.test_handling import at_work, result
from work.models import Notice

pytestmark = pytest.mark.django_db


def department(one):
    unit = make.unit(parent=one.branch)
    return unit, make.user("channel_support", unit)


def asked(one, unit, **fields):
    fields = {"what": "查基站", "due_at": timezone.now() + timedelta(hours=5), "key": f"{unit.pk}"} | fields
    return delegating.ask(one, unit, by=one.owner, **fields)


def test_a_task_makes_the_complaint_wait_and_go_on():
    one = at_work()
    unit, worker = department(one)
    task = asked(one, unit)
    assert asked(one, unit) == task
    one.refresh_from_db()
    assert one.state == "waiting_department"
    assert Notice.objects.filter(kind="complaint.task_made", user=worker).count() == 1
    with pytest.raises(ValidationError):
        handling.resolve(one, **result(one))
    delegating.accept(task, by=worker)
    with pytest.raises(ValidationError) as refusal:
        delegating.finish(task, by=worker, result="")
    assert "result" in refusal.value.message_dict
    delegating.finish(task, by=worker, result="已换板")
    one.refresh_from_db()
    task.refresh_from_db()
    assert (one.state, task.state, task.ended_by) == ("in_progress", "done", worker)
    assert Notice.objects.filter(kind="complaint.tasks_done", user=one.owner).exists()


@pytest.mark.practice("D16")
def test_from_two_departments_on_somebody_coordinates():
    one = at_work()
    (first, one_worker), (second, other_worker) = department(one), department(one)
    mine = asked(one, first)
    with pytest.raises(ValidationError) as refusal:
        asked(one, second)
    assert "coordinator" in refusal.value.message_dict
    coordinator = make.user("complaint_desk", one.branch)
    other = asked(one, second, coordinator=coordinator)
    one.refresh_from_db()
    assert one.coordinator == coordinator
    delegating.accept(mine, by=one_worker)
    delegating.finish(mine, by=one_worker, result="好")
    one.refresh_from_db()
    assert one.state == "waiting_department"
    delegating.give_back(other, by=other_worker, reason="不归我们")
    one.refresh_from_db()
    assert one.state == "in_progress"


def test_a_task_is_due_before_the_complaint():
    one, now = at_work(), timezone.now()
    Clock.objects.create(complaint=one, kind="result", started_at=now, due_at=now + timedelta(hours=4))
    unit, _worker = department(one)
    for due in (now + timedelta(hours=5), now - timedelta(hours=1)):
        with pytest.raises(ValidationError) as refusal:
            asked(one, unit, due_at=due)
        assert "due_at" in refusal.value.message_dict
    assert asked(one, unit, due_at=now + timedelta(hours=4)).due_at == now + timedelta(hours=4)


def test_what_is_withdrawn_needs_no_departments():
    one = at_work()
    unit, worker = department(one)
    task = asked(one, unit)
    handling.withdraw(one, by=one.owner, reason="好了")
    task.refresh_from_db()
    assert task.state == "cancelled"
    with pytest.raises(ValidationError):
        delegating.accept(task, by=worker)


def test_tasks_of_a_merged_complaint_hold_the_survivor():
    one = at_work()
    before = timezone.now() - timedelta(hours=1)
    survivor = complaining.complaint(one.customer, one.owner, state="in_progress", received_at=before)
    unit, worker = department(one)
    task = asked(one, unit)
    merging.merge(one, survivor, by=one.owner)
    with pytest.raises(ValidationError) as refusal:
        handling.resolve(survivor, **result(survivor))
    assert refusal.value.code == "tasks"
    delegating.accept(task, by=worker)
    delegating.finish(task, by=worker, result="好")
    handling.resolve(survivor, **result(survivor))


def test_only_what_is_in_progress_goes_to_departments():
    one = at_work("accepted")
    with pytest.raises(ValidationError) as refusal:
        asked(one, department(one)[0])
    assert refusal.value.code == "move"
    one = at_work()
    with pytest.raises(ValidationError):
        asked(one, make.unit())


def test_the_list_of_the_api_asks_no_more_the_longer_it_is(django_assert_max_num_queries):
    one = at_work()
    unit, worker = department(one)
    for n in range(12):
        asked(one, unit, key=f"task {n}")
    program = make.Program(worker)
    with django_assert_max_num_queries(9):
        found = program.get("complaint-tasks/").json()["results"]
    assert [task["what"] for task in found] == ["查基站"] * 12


def test_a_department_reads_what_was_said_and_takes_the_files_as_long_as_it_works_on_it(settings, tmp_path):
    """Masked, and nothing of it once the task is over."""
    settings.MEDIA_ROOT = tmp_path
    one = at_work(words="王小明 13812345678 断网", place="人民路 1 号")
    type(one.customer).objects.filter(pk=one.customer_id).update(name="王小明")
    unit = make.unit(parent=one.branch)
    worker = make.sign_in("channel_support", unit)
    task = complaining.task(one, unit)
    path = default_storage.save("complaints/y", ContentFile(b"recorded"))
    file = complaining.attachment(one, name="录音.mp3", path=path)
    page = worker.get(reverse("complaint-tasks")).content.decode()
    assert "138****5678 断网" in page
    assert "王小明" not in page
    assert "人民路" not in page
    address = reverse("complaint-task-file", args=[task.pk, file.pk])
    assert address in page
    assert b"".join(worker.get(address).streaming_content) == b"recorded"
    assert worker.get(reverse("complaint-file", args=[one.pk, file.pk])).status_code in (403, 404)
    other = complaining.attachment(complaining.complaint(one.customer, one.owner))
    assert worker.get(reverse("complaint-task-file", args=[task.pk, other.pk])).status_code == 404
    SubTask.objects.filter(pk=task.pk).update(state="cancelled", ended_at=timezone.now())
    assert worker.get(address).status_code == 404


def test_the_form_tells_units_of_one_name_apart_and_is_due_with_the_complaint():
    one, now = at_work(), timezone.now().replace(microsecond=0)
    Clock.objects.create(complaint=one, kind="result", started_at=now, due_at=now + timedelta(hours=4))
    county = make.unit(parent=one.branch, name="茶亭县营业部")
    make.unit("community", county, name="白云镇")
    make.unit("community", make.unit(parent=one.branch, name="石溪县营业部"), name="白云镇")
    form = TaskForm(complaint=one, user=one.owner, name="task")
    offered = dict(list(form.fields["unit"].choices)[1:])
    offered = {kind: {label for _pk, label in units} for kind, units in offered.items()}
    assert offered[Unit.Kind.COMMUNITY.label] == {"白云镇 · 茶亭县营业部", "白云镇 · 石溪县营业部"}
    assert {"茶亭县营业部", "石溪县营业部"} <= offered[Unit.Kind.DEPARTMENT.label]
    assert form["due_at"].initial == now + timedelta(hours=4)
    people = dict(list(form.fields["coordinator"].choices)[1:])
    assert one.owner.name in {label for _pk, label in people[str(one.unit)]}
