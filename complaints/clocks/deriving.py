"""From the log of a complaint's moves to its clocks: one pure function, nothing is accumulated (2.1 no. 1, 4.1).

A round begins with the acceptance and with every reopening. Contact and result have working time of their policy and
stand still while the customer is waited for; the callback has real time from the answer on; the legal clock has one
round, from the first receipt, and neither pauses nor begins anew. What was merged and taken back was never merged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from complaints.models.clocks import Clock
from complaints.models.states import State

NOTHING = timedelta(0)
ANSWERED = {State.RESOLVED, State.REJECTED, State.CALLBACK_DUE, State.CLOSED}
CONTACTED = ANSWERED | {State.IN_PROGRESS, State.WAITING_CUSTOMER, State.WAITING_DEPARTMENT}
DROPPED = {State.WITHDRAWN, State.MERGED}
Kind = Clock.Kind


@dataclass(frozen=True)
class Move:
    was: str
    then: str
    at: datetime


class RealTime:
    """Every hour counts."""

    @staticmethod
    def add(at, work):
        return at + work

    @staticmethod
    def elapsed(start, end):
        return max(end - start, NOTHING)


@dataclass(frozen=True)
class Terms:
    """What one round goes by; `marks`: by kind of clock the steps and the per cent of its time at which each is due."""

    contact: timedelta
    result: timedelta
    callback: timedelta
    marks: Mapping[str, Sequence[tuple[str, int]]]
    time: object = RealTime
    basis: str = ""
    version: int | None = None


@dataclass(frozen=True)
class Round:
    """Moves from an acceptance or reopening on; `over`: when the next round began."""

    n: int
    moves: Sequence[Move]
    over: datetime | None = None

    @property
    def begun(self):
        return self.moves[0].at

    def first(self, states):
        """When it first came to one of the states."""
        return next((one.at for one in self.moves if one.then in states), None)


@dataclass(frozen=True)
class Law:
    """When the legal answer is due, and the moments of its steps."""

    due_at: datetime
    days: tuple[tuple[str, datetime], ...]
    basis: str = ""


@dataclass(frozen=True)
class Told:
    """A clock as the log says; `ladder` has (step, moment) in order of time."""

    kind: str
    round: int
    started_at: datetime
    due_at: datetime
    ladder: tuple[tuple[str, datetime], ...]
    met_at: datetime | None = None
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    paused_minutes: int = 0
    basis: str = ""
    version: int | None = None

    @property
    def stands(self) -> bool:
        """Nothing comes due for now."""
        return bool(self.met_at or self.stopped_at or self.paused_at)


def derive(moves: Sequence[Move], received_at, contacted_at, terms: Mapping[int, Terms], law: Law) -> list[Told]:
    """The clocks that the log gives; `terms` by number of round, for each of `rounds_of(moves)`."""
    rounds = rounds_of(moves)
    found = [_legal(rounds, moves, received_at, law)]
    for one in rounds:
        contact, answered = _contact(one, contacted_at), one.first(ANSWERED)
        found.append(_working(Kind.CONTACT, one, contact, terms[one.n]))
        found.append(_working(Kind.RESULT, one, answered, terms[one.n]))
        found += [_callback(one, answered, terms[one.n])] if answered else []
    return found


def begun_elsewhere(told: Told) -> Told:
    """A clock of what another system accepted. In its first round nobody of ours is told that it is late, except of the
    callback; what was done at the very moment it began was done nobody knows when: it was not kept, nothing is waited
    for."""
    if told.round > 1:
        return told
    told = told if told.kind == Kind.CALLBACK else replace(told, ladder=())
    unknown = told.met_at is not None and told.met_at == told.started_at
    return replace(told, met_at=None, stopped_at=told.met_at) if unknown else told


def rounds_of(moves: Sequence[Move]) -> list[Round]:
    """None as long as the complaint is not accepted."""
    rounds = []
    for one in _lasting(moves):
        if one.then == State.REOPENED or not rounds:
            rounds.append([])
        rounds[-1].append(one)
    ends = [one[0].at for one in rounds[1:]] + [None] * bool(rounds)
    return [Round(n, one, over) for n, (one, over) in enumerate(zip(rounds, ends, strict=True), start=1)]


def _lasting(moves):
    """Moves proper, from the acceptance on; without a merge that was taken back, and its taking back."""
    proper = [one for one in moves if one.was != one.then]
    back = {n for n, one in enumerate(proper) if one.was == State.MERGED}
    kept = [one for n, one in enumerate(proper) if n not in back and n + 1 not in back]
    first = next((n for n, one in enumerate(kept) if one.then not in DROPPED | {State.DRAFT}), len(kept))
    return kept[first:]


def _legal(rounds, moves, received_at, law):
    met = rounds[-1].first(ANSWERED) if rounds else None
    stopped = moves[-1].at if moves[-1].then in DROPPED and not met else None
    return Told(Kind.LEGAL, 1, received_at, law.due_at, law.days, met_at=met, stopped_at=stopped, basis=law.basis)


def _contact(one, contacted_at):
    """When the customer was first spoken to in the round."""
    moved = one.first(CONTACTED)
    if contacted_at and one.begun <= contacted_at and not (one.over and contacted_at >= one.over):
        return min(moved, contacted_at) if moved else contacted_at
    return moved


def _working(kind, one, met, terms):
    length = terms.contact if kind == Kind.CONTACT else terms.result
    stopped = None if met else one.first(DROPPED)
    paused, since = _pauses(one.moves, met or stopped, terms.time)
    return Told(
        kind, one.n, one.begun, terms.time.add(one.begun, length + paused),
        _ladder(terms, kind, one.begun, length, paused),
        met_at=met, stopped_at=stopped, paused_at=None if met or stopped else since,
        paused_minutes=int(paused.total_seconds() // 60), basis=terms.basis, version=terms.version,
    )  # fmt: skip


def _pauses(moves, ends, time):
    """(working time of the pauses that are over, since when it stands still); what comes after `ends` is no pause."""
    paused, since = NOTHING, None
    for one in moves:
        if since is not None:
            paused, since = paused + time.elapsed(since, one.at), None
        if one.then == State.WAITING_CUSTOMER and not (ends and one.at >= ends):
            since = one.at
    return paused, since


def _callback(one, answered, terms):
    met, due = one.first({State.CLOSED}) or one.over, answered + terms.callback
    terms = replace(terms, time=RealTime)
    marks = _ladder(terms, Kind.CALLBACK, answered, terms.callback, NOTHING)
    return Told(Kind.CALLBACK, one.n, answered, due, marks, met_at=met, basis=terms.basis, version=terms.version)


def _ladder(terms, kind, begun, length, paused):
    marks = terms.marks.get(kind, ())
    due = [(step, terms.time.add(begun, length * percent / 100 + paused)) for step, percent in marks]
    return tuple(sorted(due, key=lambda one: one[1]))
