"""What a round of a complaint goes by: the version of its policy, or what is shipped for its level."""

from datetime import timedelta

from complaints.clocks import shipped
from complaints.clocks.deriving import RealTime, Terms
from complaints.models import ComplaintRules, PolicyVersion
from staff.calendar import NeverOpenError, WorkingTime
from staff.unit_calendar import working_time


class Hours:
    """The working time of a calendar; the real clock where it never opens."""

    def __init__(self, time: WorkingTime):
        self.time = time

    def add(self, at, work):
        try:
            return self.time.add(at, work)
        except NeverOpenError:
            return at + work

    def elapsed(self, start, end):
        return self.time.elapsed(start, end)


def terms_of(version: PolicyVersion | None, level: int, rules: ComplaintRules, zone: str) -> Terms:
    """`level`: with which the round began; `zone`: of the branch."""
    callback, basis = timedelta(hours=rules.callback_hours), f"{rules.callback_hours}"
    if version is None:
        contact, result = shipped.targets(level)
        return Terms(contact, result, callback, _marks(shipped.WARNINGS, shipped.LADDER), basis=basis)
    contact, result = timedelta(minutes=version.contact_minutes), timedelta(minutes=version.result_minutes)
    marks = _marks(version.warnings, version.steps.all())
    if version.calendar is None:
        return Terms(contact, result, callback, marks, RealTime, basis, version.pk)
    basis = f"{basis} {version.calendar.version}"
    return Terms(contact, result, callback, marks, Hours(working_time(version.calendar, zone)), basis, version.pk)


def _marks(warnings, steps):
    """Warnings are of contact and result; a step is known by its number."""
    marks = {kind: [(f"{percent} %", percent) for percent in warnings] for kind in ("contact", "result")}
    for step in steps:
        marks.setdefault(step.clock, []).append((f"step {step.n}", step.at_percent))
    return marks
