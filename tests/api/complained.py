"""Complaints, tasks and suggestions in the state that an operation asks for, and what its body has to name."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from complaints.incidents import running
from complaints.models import Incident
from jobs.models import Bulk
from tests import complaining, make

BEFORE = {  # the state in which an act is possible; any other is in progress
    "assign": "accepted",
    "go-on": "waiting_customer",
    "reopen": "closed",
}
SPOKEN = ("/complaints/{id}/", "/complaint-tasks/{id}/", "/suggestions/", "/appeals/", "/incidents/")
PNG = b"\x89PNG\r\n\x1a\n0000"
OF_TASK = {"done": "accepted", "return": "accepted"}


def row(path, world):
    """A row of its own for what can be done only once; None for other paths."""
    act = path.rstrip("/").rsplit("/", 1)[-1]
    if "/appeals/{id}/" in path:
        said = {"state": "answered", "answered_at": timezone.now(), "answer": "好"} if act == "close" else {}
        return complaining.appeal(complaint(world, "in_progress"), **said)
    if "/incidents/{id}/" in path:
        return incident(world, act)
    if "/bulk/{id}/" in path:
        return bulk(world, act)
    if "/complaints/{id}/" in path:
        return complaint(world, BEFORE.get(act, "in_progress"))
    if "/complaint-tasks/{id}/" in path:
        taken = {"taken_by": world.owner, "taken_at": timezone.now()} if act in OF_TASK else {}
        one = complaint(world, "waiting_department")
        return complaining.task(one, world.north, state=OF_TASK.get(act, "open"), **taken)
    if "/suggestions/{id}/decide/" in path:
        return complaining.suggestion(world.customer, topic=world.topic, unit=world.north)
    return None


def incident(world, act):
    """One that goes on, or one that ended while a complaint under it waits and the job that answers it was stopped."""
    one = complaining.incident(world.branch, category=world.category)
    if act == "rest":
        complaint(world, "in_progress", incident=one)
        over = {"state": "over", "ended_at": timezone.now(), "ended_by": world.owner, "cause": world.cause}
        Incident.objects.filter(pk=one.pk).update(**over, liability="ours", measure="好", answer="好")
        make.run(job=running.ANSWER, key=running.key_of(one), state="cancelled", params={"incident": one.pk})
    return one


def bulk(world, act):
    """One that was tried, is under way, or is done, with one row in it."""
    stands = {"undo": {"check_run": "done", "run": "done"}, "cancel": {"check_run": "waiting"}}
    made = {name: make.run(state=state) for name, state in stands.get(act, {"check_run": "done"}).items()}
    told = {"list": "complaints", "action": "give", "told": {}, "branch_id": world.branch.pk}
    one = Bulk.objects.create(key=uuid4(), asked_by=world.owner, **told, **made)
    one.rows.create(subject_id=world.complaint.pk, state="done" if act == "undo" else "fit")
    return one


def complaint(world, state, **more):
    told = complaining.complaint_with(state) | {"state": state, "category": world.category} | more
    return complaining.complaint(world.customer, world.owner, **told)


def body(path, said, world):
    """`said` with what stands there: owners, departments and causes that exist, times ahead, the edition left out."""
    if path.endswith("/bulk/"):
        return {"list": "complaints", "action": "note", "told": {"text": "好"}}
    if not any(part in path for part in SPOKEN):
        return said
    said.pop("edition", None)
    ahead = (timezone.now() + timedelta(hours=5)).isoformat()
    there = {
        "cause": world.cause.code,
        "unit": world.north.pk,
        "due_at": ahead,
        "until": ahead,
        "received_at": "2026-03-02T10:00:00+08:00",
    }
    there |= {"area": world.north.pk, "category": world.category.code, "complaints": [complaint(world, "accepted").pk]}
    there |= {"complaint": world.complaint.pk, "proof": PNG, "began_at": None, "expected_at": None}
    there |= {"topic": world.topic.code, "customer": world.customer.pk}
    words = {"title", "say", "reason", "what", "measure", "answer", "direction", "result", "text"}
    said = {name: there.get(name, "好" if name in words else value) for name, value in said.items()}
    for name in ("owner", "coordinator"):
        if name in said:
            said[name] = world.colleague.pk
    return said
