"""One case for every declared job: records to work on, and what must be the same however often it runs.

A case is a function that makes its records and returns `(asking, state)`: the arguments of `runs.ask` beside key
(or an empty dict), and a function that reads what the job has done, without ids and times.
"""

from datetime import timedelta

from django.utils import timezone

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
