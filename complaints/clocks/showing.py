"""Clocks in words, in the reader's language: what is left, since when one stands still, how it was met."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from complaints.models import Clock

NEAR = 0.75  # of the time that has passed: from here on a clock warns
ORDER = [Clock.Kind.CONTACT, Clock.Kind.RESULT, Clock.Kind.CALLBACK, Clock.Kind.LEGAL]
KINDS = dict(Clock.Kind.choices)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Shown:
    """`tone` and `icon` as tags have them; `state`: running, near, late, paused, met, missed, stopped."""

    kind: str
    name: str
    words: str
    state: str
    due_at: datetime
    tone: str
    icon: str


LOOKS = {
    "running": ("plain", "clock"),
    "near": ("warn", "exclamation-circle"),
    "late": ("bad", "exclamation-triangle"),
    "paused": ("info", "pause-circle"),
    "met": ("ok", "check"),
    "missed": ("bad", "check"),
    "stopped": ("plain", "no-symbol"),
}


def shown(clocks: Iterable[Clock], at: datetime) -> list[Shown]:
    """The clocks of one complaint in its last round, in the order of what is to be done."""
    last = {one.kind: one for one in sorted(clocks, key=lambda one: one.round)}
    return [show(last[kind], at) for kind in ORDER if kind in last]


def nearest(clocks: Iterable[Clock], at: datetime) -> Shown | None:
    """The running clock that is due first."""
    running = [one for one in clocks if one.is_running]
    return show(min(running, key=lambda one: (one.paused_at is not None, one.due_at)), at) if running else None


def show(clock: Clock, at: datetime) -> Shown:
    state = _state(clock, at)
    tone, icon = LOOKS[state]
    return Shown(clock.kind, str(KINDS[clock.kind]), _words(clock, state, at), state, clock.due_at, tone, icon)


def span(time: timedelta) -> str:
    """The two largest units of a length of time."""
    days, rest = divmod(time, DAY)
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    said = {"days": days, "hours": hours, "minutes": minutes}
    if days:
        return _("%(days)s d %(hours)s h") % said
    return _("%(hours)s h %(minutes)s min") % said if hours else _("%(minutes)s min") % said


def _state(clock, at):
    if clock.met_at:
        return "met" if clock.met_at <= clock.due_at else "missed"
    if clock.stopped_at or clock.paused_at:
        return "stopped" if clock.stopped_at else "paused"
    if at >= clock.due_at:
        return "late"
    passed = (at - clock.started_at) / (clock.due_at - clock.started_at)
    return "near" if passed >= NEAR else "running"


def _words(clock, state, at):
    if state in {"running", "near"}:
        return _("%(time)s left") % {"time": span(clock.due_at - at)}
    if state == "late":
        return _("late by %(time)s") % {"time": span(at - clock.due_at)}
    if state == "paused":
        return _("stands still for %(time)s") % {"time": span(max(at - clock.paused_at, timedelta(0)))}
    if state == "missed":
        return _("done, late by %(time)s") % {"time": span(clock.met_at - clock.due_at)}
    return _("in time") if state == "met" else _("nothing is waited for")


def until(name: str, started_at: datetime, due_at: datetime, met_at: datetime | None, at: datetime) -> Shown:
    """A clock that is not one of a complaint's."""
    clock = Clock(started_at=started_at, due_at=due_at, met_at=met_at)
    state = _state(clock, at)
    tone, icon = LOOKS[state]
    return Shown("", name, _words(clock, state, at), state, due_at, tone, icon)
