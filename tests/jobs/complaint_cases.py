"""Cases of the jobs that keep complaints going."""

import os
import time
from datetime import timedelta
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from billing.dunning import disputing
from billing.models import Hold
from complaints.incidents import running
from complaints.models import Complaint, SubTask
from jobs.models import Run
from staff.models import Unit
from tests import complaining, make, money
from work.models import FollowUp, Notice


def customers_of_one_branch(n):
    unit = make.unit()
    return [make.customer(unit) for _ in range(n)], make.user("hotline", unit.home)


def waiting():
    """More than a batch whose customers are late, and one who has time left."""
    [customer], by = customers_of_one_branch(1)
    kind = complaining.category(customer.branch)
    for n in range(105):
        until = timezone.now() + timedelta(hours=1 if n == 0 else -1)
        told = {"waits_for": "证件", "waits_until": until, "state": "waiting_customer", "category": kind}
        complaining.complaint(customer, by, **told)

    def state():
        states = list(Complaint.objects.order_by("pk").values_list("state", flat=True))
        return states, Notice.objects.filter(kind="complaint.goes_on").count()

    return {}, state


def untouched():
    """More than a batch that nobody touched for a week, and one of today."""
    [customer], by = customers_of_one_branch(1)
    make.calendar(Unit.objects.get(pk=customer.branch_id), week=["00:00-24:00"] * 7)
    kind = complaining.category(customer.branch)
    for n in range(205):
        touched = timezone.now() - timedelta(days=7 if n else 0)
        complaining.complaint(customer, by, touched_at=touched, category=kind)

    def state():
        told = Notice.objects.filter(kind="complaint.untouched").count()
        return told, Complaint.objects.filter(silent_at=None).count()

    return {}, state


def late_tasks():
    """Tasks that are late, and one that is not."""
    [customer], by = customers_of_one_branch(1)
    one = complaining.complaint(customer, by, state="waiting_department")
    unit = make.unit(parent=customer.branch)
    for n in range(12):
        complaining.task(one, unit, due_at=timezone.now() + timedelta(hours=-1 if n else 1))

    def state():
        told = SubTask.objects.filter(late_told_at=None).count()
        return told, Notice.objects.filter(kind="complaint.task_late").count()

    return {}, state


def to_dispatch():
    """More than a batch that nobody has touched, and one of a moment ago."""
    [customer], by = customers_of_one_branch(1)
    make.user("complaint_desk", customer.branch)
    kind, long_ago = complaining.category(customer.branch), timezone.now() - timedelta(hours=1)
    for n in range(53):
        complaining.complaint(customer, by, touched_at=long_ago if n else timezone.now(), category=kind)

    def state():
        states = [(one.state, one.owner_id == one.first_owner_id) for one in Complaint.objects.order_by("pk")]
        return states, Notice.objects.filter(kind="complaint.owned").count()

    return {}, state


def disputes():
    """Closed complaints whose bills are still disputed, and one in hand."""
    customers, by = customers_of_one_branch(6)
    for n, customer in enumerate(customers):
        bill = money.bill(money.account(customer))
        hold = disputing.dispute(bill, by=by, key=f"d{n}", reason="不认可")
        told = complaining.complaint_with("closed") | {"state": "closed"} if n else {}
        complaining.complaint(customer, by, bill=bill, hold=hold, **told)

    def state():
        return sorted(Hold.objects.filter(ended_at=None).values_list("key"))

    return {}, state


def incident():
    """More than a batch of complaints under an incident that is over; one must not be answered so, one is closed."""
    customers, by = customers_of_one_branch(1)
    [customer], branch = customers, customers[0].branch
    one, kind = complaining.incident(branch, by=by), complaining.category(branch)
    told = [{"person": by}, complaining.complaint_with("closed") | {"state": "closed"}, *({} for _ in range(7))]
    clerk = make.user("clerk", customer.unit)
    for fields in told:
        complaining.complaint(customer, clerk, category=kind, incident=one, **fields)
    words = {"measure": "已修复", "answer": "已排除", "liability": "ours"}
    running.end(one, by=by, cause=complaining.cause(branch), **words)
    Run.objects.filter(job=running.ANSWER).delete()  # the one that was asked for at once

    def state():
        states = sorted(Complaint.objects.values_list("state", flat=True))
        return states, Notice.objects.filter(kind="complaint.incident_left").count(), FollowUp.objects.count()

    return {"params": {"incident": one.pk}}, state


def left_files():
    """In two folders files of two days ago, one that is named, one that is not; and one of this moment."""
    [customer], by = customers_of_one_branch(1)
    one = complaining.complaint(customer, by)
    names = {name: uuid4().hex for name in ("named", "left", "young")}
    paths = {}
    for folder in ("1a", "fe"):
        for name, own in names.items():
            paths[folder, name] = path = default_storage.save(f"complaints/{folder}/{own}", ContentFile(b"x"))
            if name != "young":
                os.utime(default_storage.path(path), (time.time() - 2 * 86400,) * 2)
        named = {"path": paths[folder, "named"], "name": folder, "digest": names["named"]}
        complaining.attachment(one, **named)
    return {}, lambda: {where: default_storage.exists(path) for where, path in paths.items()}


CASES = {
    "complaints.left_files": left_files,
    "complaints.waiting": waiting,
    "complaints.untouched": untouched,
    "complaints.late_tasks": late_tasks,
    "complaints.dispatch": to_dispatch,
    "complaints.disputes": disputes,
    running.ANSWER: incident,
}
