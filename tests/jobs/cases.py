"""One case for every declared job: records to work on, and what must be the same however often it runs.

A case is a function that makes its records and returns `(asking, state)`: the arguments of `runs.ask` beside key
(or an empty dict), and a function that reads what the job has done, without ids and times.
"""

from datetime import timedelta

from django.utils import timezone

from customers.models import Customer, Line, LinePlan
from jobs.models import Run, Slot
from tests import make

CASES = {}


def case(job):
    def add(build):
        CASES[job] = build
        return build

    return add


@case("jobs.pulse")
def pulse():
    return {}, lambda: set(Run.objects.filter(job="jobs.pulse").values_list("state", "done"))


@case("jobs.prune")
def prune():
    """More than one batch of old slots, among them skipped ones, one given up, and a young one."""
    long_ago = timezone.now() - timedelta(days=100)
    for n in range(620):
        state = "dead" if n == 8 else "done"
        run = None if n % 2 else make.run("jobs.pulse", state=state, done=n)
        Slot.objects.create(job="jobs.pulse", slot_at=long_ago - timedelta(minutes=n), run=run)
    Slot.objects.create(job="jobs.pulse", slot_at=timezone.now(), run=make.run("jobs.pulse", state="done", done=7000))
    make.run("jobs.pulse", state="done", done=8000)  # asked for by somebody: no slot

    def state():
        kept = Run.objects.filter(job="jobs.pulse").order_by("done").values_list("state", "done")
        return list(kept), Slot.objects.count(), Slot.objects.filter(run=None).count()

    return {}, state


@case("customers.apply_assignments")
def apply_assignments():
    """More customers than a batch whose manager begins, ends or changes today, and one whose manager comes tomorrow."""
    hall, today = make.unit("hall"), timezone.localdate()
    old, new = make.user("vip_manager", at=hall), make.user("vip_manager", at=hall)
    for n in range(230):
        customer = make.customer(hall, name=f"客户{n:03}", manager=old if n % 3 else None)
        begin = today + timedelta(days=1) if n == 229 else today
        make.assignment(customer, old, valid_to=begin)
        if n % 5:
            make.assignment(customer, new, valid_from=begin)

    def state():
        names = {old.pk: "old", new.pk: "new", None: None}
        return [names[pk] for pk in Customer.objects.order_by("name").values_list("manager_id", flat=True)]

    return {}, state


@case("customers.apply_plans")
def apply_plans():
    """Lines whose plan changes today, has changed long ago, and changes tomorrow."""
    customer, today = make.customer(), timezone.localdate()
    old, new = make.plan(customer.branch), make.plan(customer.branch)
    for n in range(60):
        line = make.line(customer, plan=old)
        begin = today + timedelta(days=(-400, 0, 1)[n % 3])
        LinePlan.objects.create(line=line, plan=old, valid_from=begin - timedelta(days=500), valid_to=begin)
        LinePlan.objects.create(line=line, plan=new, valid_from=begin)

    def state():
        names = {old.pk: "old", new.pk: "new"}
        return [names[pk] for pk in Line.objects.order_by("pk").values_list("plan_id", flat=True)]

    return {}, state
