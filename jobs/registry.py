"""The jobs there are. Each app declares its own in its `tasks.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from django.utils.module_loading import autodiscover_modules

CATCH_UP = ("all", "latest", "skip")
LONGEST_LEASE = timedelta(minutes=30)


@dataclass(frozen=True)
class Job:
    """One kind of work. `step(run)` does one short transaction of it and says whether more remains.

    A step changes `run.cursor`, `run.done`, `run.total` and `run.counts` in place; the runner keeps them in the same
    transaction. A step must end well within `lease`. `max_attempts` counts tries of one step, not of the whole run.
    `catch_up` says what happens to slots that passed while nobody was there: "all" are run, only the "latest" is, or
    they are skipped ("skip") once they are later than the schedule's grace.
    """

    name: str
    title: str
    step: Callable
    about: str = ""
    schedule: object = None
    catch_up: str = "latest"
    lease: timedelta = timedelta(minutes=1)
    max_attempts: int = 5
    by_hand: bool = False  # a person may start it
    may_pause: bool = True
    counts: dict = field(default_factory=dict)  # labels of run.counts

    def __post_init__(self):
        if self.catch_up not in CATCH_UP:
            raise ValueError(f"{self.name}: catch_up is one of {CATCH_UP}")
        if not timedelta(0) < self.lease <= LONGEST_LEASE:
            raise ValueError(f"{self.name}: a lease is at most {LONGEST_LEASE}")


_jobs: dict[str, Job] = {}


def job(name, *, title, **options):
    """Declare the decorated `step(run) -> bool` as the job `name` ("app.verb"). The function stays as it is."""

    def declare(step):
        known = _jobs.get(name)
        if known and known.step.__module__ != step.__module__:
            raise ValueError(f"two jobs are named {name}")
        _jobs[name] = Job(name=name, title=title, step=step, **options)
        return step

    return declare


@cache
def _discover():
    autodiscover_modules("tasks")


def jobs() -> dict[str, Job]:
    """All jobs by name, in the order of their names."""
    _discover()
    return dict(sorted(_jobs.items()))


def find(name) -> Job | None:
    """The job, or None for one that this release does not know."""
    _discover()
    return _jobs.get(name)


def get(name) -> Job:
    """The job; LookupError for one that is not declared."""
    found = find(name)
    if found is None:
        raise LookupError(f"no job is named {name}")
    return found


def forget(name):
    """Take a job out of the table again: what a test declares must not outlive it."""
    _jobs.pop(name, None)
