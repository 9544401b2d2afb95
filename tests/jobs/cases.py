"""One case for every declared job: records to work on, and what must be the same however often it runs.

A case is a function that makes its records and returns `(asking, state)`: the arguments of `runs.ask` beside key
(or an empty dict), and a function that reads what the job has done, without ids and times.
"""

from datetime import timedelta

from django.utils import timezone

from customers.imports import intake
from customers.models import Customer, Import, ImportRow, Line, LinePlan
from jobs import runs
from jobs.models import Run, Slot
from tests import make
from tests.imports import files

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


def import_of_several_ranges():
    """A file of new, changed, repeated and faulty rows, uploaded and mapped but not yet checked by a job."""
    by = files.steward()
    files.brought_in(files.text(files.people(4)), by)
    rows = [*files.people(25), *files.people(3), {"姓名": "无编号"}, *files.people(27)[25:]]
    rows[1] |= {"姓名": "李娜", "套餐": "M99"}
    batch = files.upload(files.text(rows), by)
    return intake.ask_check(batch, by=by, chosen=batch.columns | {"day": files.DAY})


def import_state():
    rows = ImportRow.objects.order_by("batch", "n").values_list("n", "number", "outcome", "brought_in", "same_as")
    customers = Customer.objects.order_by("number").values_list("number", "name", "version")
    lines = Line.objects.order_by("ref").values_list("ref", "customer__number", "plan__code", "status")
    plans = LinePlan.objects.order_by("line__ref", "valid_from").values_list("line__ref", "plan__code", "valid_to")
    states = Import.objects.order_by("pk").values_list("state", flat=True)
    return [list(each) for each in (rows, customers, lines, plans, states)]


def asking_for(batch, turn):
    return {"params": {"import": batch.pk, "turn": turn, "rows": 7}, "by": batch.by, "branch_id": batch.branch_id}


@case("customers.check_import")
def check_import():
    batch = import_of_several_ranges()
    return asking_for(batch, batch.checks), import_state


@case("customers.commit_import")
def commit_import():
    batch = import_of_several_ranges()
    runs.work_off()
    Import.objects.filter(pk=batch.pk).update(commits=1)
    return asking_for(batch, 1), import_state


@case("customers.put_away_imports")
def put_away_imports():
    """Two imports whose time is over and a fresh one."""
    by = files.steward()
    for _ in range(3):
        files.checked(files.text(files.people(3)), by)
    old = Import.objects.order_by("pk")[:2].values_list("pk", flat=True)
    Import.objects.filter(pk__in=list(old)).update(at=timezone.now() - timedelta(days=30))

    def state():
        kept = [batch.file.storage.exists(batch.file.name) for batch in Import.objects.order_by("pk")]
        return kept, list(ImportRow.objects.order_by("batch", "n").values_list("n", "outcome", "name"))

    return {}, state
