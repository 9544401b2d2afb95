"""The clocks that are derived from a log are those of a stopwatch that was pressed at every move (2.1 no. 1, 4.1).

The stopwatch below accumulates, hour by hour; the product works everything out anew. Both must say the same.
"""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from complaints.clocks.deriving import Law, Move, Terms, derive, rounds_of
from complaints.models.states import MOVES

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 2, tzinfo=UTC)
ANSWERS = {"resolved", "rejected", "callback_due", "closed"}
BEGUN = ANSWERS | {"in_progress", "waiting_customer", "waiting_department"}
DUE = START + timedelta(days=16)
LAW = Law(DUE, (("warning", START + timedelta(days=10)), ("over", DUE)))


USUAL = {"assigned", "in_progress", "waiting_customer", "resolved", "callback_due", "reopened"}  # drawn more often


class Open:
    """Open from 8 to 16, or at any hour; counted hour by hour."""

    def __init__(self, always):
        self.always = always

    def is_open(self, at):
        return self.always or 8 <= at.hour < 16

    def elapsed(self, start, end):
        found = timedelta(0)
        while start < end:
            found, start = found + HOUR * self.is_open(start), start + HOUR
        return found

    def add(self, at, work):
        while work > timedelta(0):
            work, at = work - HOUR * self.is_open(at), at + HOUR
        return at


class Stopwatch:
    """Of one round: told of each state as it comes."""

    def __init__(self, at):
        self.begun, self.contact, self.answer, self.closed = at, None, None, None
        self.dropped, self.waits_since = None, None
        self.paused = {"contact": [], "result": []}

    def told(self, state, at):
        if self.waits_since is not None:
            self._pause_until(at)
        self.contact = self.contact or (at if state in BEGUN else None)
        self.answer = self.answer or (at if state in ANSWERS else None)
        self.closed = self.closed or (at if state == "closed" else None)
        self.dropped = self.dropped or (at if state in {"withdrawn", "merged"} else None)
        self.waits_since = at if state == "waiting_customer" else None

    def _pause_until(self, at):
        """What was met or dropped before waits no more."""
        for kind, met in (("contact", self.contact), ("result", self.answer)):
            if not met or self.waits_since < met:
                self.paused[kind].append((self.waits_since, at))


def watched(moves):
    """Stopwatches of the rounds; a merge stops one, and taken back gives it back as it was."""
    watches, kept = [], None
    for one in moves:
        if one.was == one.then or (not watches and one.then in {"draft", "withdrawn", "merged"}):
            continue
        if one.was == "merged" and kept is not None:
            watches, kept = kept, None
            continue
        kept = deepcopy(watches) if one.then == "merged" else None
        if one.then == "reopened" or not watches:
            watches.append(Stopwatch(one.at))
        watches[-1].told(one.then, one.at)
    return watches


@st.composite
def logs(draw):
    """A log as the product writes it: only moves of the table, a merge taken back to where it was, transfers."""
    at, state, merged_from = START, "accepted", None
    moves = [Move("", state, at)]
    for _n in range(draw(st.integers(0, 14))):
        at += HOUR * draw(st.integers(0, 60))
        ways = [merged_from] if state == "merged" else sorted(set(MOVES[state]) - {"draft"})
        ways += 5 * [one for one in ways if one in USUAL] + [state]
        then = draw(st.sampled_from(ways))
        merged_from = state if then == "merged" != state else merged_from
        moves.append(Move(state, str(then), at))
        state = str(then)
        if state == "withdrawn":
            break
    return moves


def terms(n, always):
    return Terms(
        n * HOUR, 3 * n * HOUR, 48 * HOUR, {"result": [("50 %", 50), ("late", 100)]}, Open(always), version=n
    )  # fmt: skip


def clocks(moves, contacted_at=None, always=False):
    each = {one.n: terms(one.n + 3, always) for one in rounds_of(moves)}
    return {(one.kind, one.round): one for one in derive(moves, START, contacted_at, each, LAW)}


@pytest.mark.practice("A23")
@given(logs(), st.booleans(), st.none() | st.integers(0, 200))
def test_they_say_what_a_stopwatch_says(moves, always, contacted):
    contacted_at = None if contacted is None else START + HOUR * contacted
    found, watches = clocks(moves, contacted_at, always), watched(moves)
    target(len(watches))
    assert len(rounds_of(moves)) == len(watches)
    for n, watch in enumerate(watches, start=1):
        over = watches[n].begun if n < len(watches) else None
        spoken = [watch.contact]
        if contacted_at and watch.begun <= contacted_at and (over is None or contacted_at < over):
            spoken.append(contacted_at)
        _the_same(found["contact", n], watch, min(filter(None, spoken), default=None), "contact", n + 3, always)
        _the_same(found["result", n], watch, watch.answer, "result", 3 * (n + 3), always)
        assert (("callback", n) in found) == bool(watch.answer)
        if watch.answer:
            callback = found["callback", n]
            assert (callback.started_at, callback.due_at) == (watch.answer, watch.answer + 48 * HOUR)
            assert callback.met_at == (watch.closed or over)


def _the_same(clock, watch, met, kind, hours, always):
    time = Open(always)
    pauses = [(since, until) for since, until in watch.paused[kind] if not met or since < met]
    paused = sum((time.elapsed(*one) for one in pauses), timedelta(0))
    assert (clock.started_at, clock.met_at) == (watch.begun, met)
    assert clock.due_at == time.add(watch.begun, hours * HOUR + paused)
    assert clock.paused_minutes == paused // timedelta(minutes=1)
    assert clock.stopped_at == (None if met else watch.dropped)
    waits = None if met or watch.dropped else watch.waits_since
    assert clock.paused_at == waits


@given(logs(), st.booleans())
def test_the_law_runs_from_the_first_receipt_whatever_happens(moves, always):
    """One clock, begun once, due at one moment, never paused; met while the last round has its answer."""
    for n in range(1, len(moves) + 1):
        found = clocks(moves[:n], None, always)
        legal = [one for one in found.values() if one.kind == "legal"]
        assert [(one.started_at, one.due_at, one.ladder) for one in legal] == [(START, DUE, LAW.days)]
        assert (legal[0].paused_at, legal[0].paused_minutes) == (None, 0)
        assert legal[0].met_at == watched(moves[:n])[-1].answer


@given(logs(), st.booleans(), st.data())
def test_nothing_but_waiting_moves_a_time_and_only_later(moves, always, data):
    """As the log grows no clock begins anew and none is due earlier; a hand-over or another level moves nothing."""
    seen = {}
    for n in range(1, len(moves) + 1):
        for key, clock in clocks(moves[:n], None, always).items():
            before, seen[key] = seen.get(key, clock), clock
            assert clock.started_at == before.started_at
            if before.stopped_at and not clock.stopped_at:
                continue  # a merge was taken back: whoever waited then waits again
            assert clock.due_at >= before.due_at
            if clock.due_at > before.due_at:
                assert any(one.then == "waiting_customer" for one in moves[:n])
    where = data.draw(st.integers(1, len(moves)))
    last = moves[where - 1]
    handed_over = [*moves[:where], Move(last.then, last.then, last.at), *moves[where:]]
    assert clocks(handed_over, None, always) == clocks(moves, None, always)
