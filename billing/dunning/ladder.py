"""What a scenario does with one account day by day, from its history alone: no database, no clock (A25, domain 4.3).

The same rules as planning by the night: one case while anything undisputed is overdue, every overdue bill in it, one
step a day at the most, and no stop that was not announced for each of the oldest of these bills. What comes in on
a day comes in before that day's step; a stop is confirmed on the day it is asked for. Of a history only what lies on or
before a day is read for that day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

ONE_DAY = timedelta(days=1)
STOPS = ("suspend_one_way", "suspend_two_way")
ANNOUNCED = (*STOPS, "cancel")
PAID, DISPUTED = "paid", "disputed"


@dataclass(frozen=True)
class Rung:
    """A step as a value; see billing.models.ScenarioStep."""

    n: int
    action: str
    days: int
    stage: str = ""
    counts_from: str = "due"
    gap: int = 1
    template: str = ""
    doer: str = ""
    when: str = "always"


@dataclass(frozen=True)
class Entry:
    """From when an account has a case: days overdue, and the overdue sum."""

    from_days: int = 1
    from_amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class Debt:
    """A bill with what became of it: what it was made less by, (day, sum), and when it was disputed, (first, last)."""

    ref: str
    due_on: date
    amount: Decimal
    less: tuple[tuple[date, Decimal], ...] = ()
    disputed: tuple[tuple[date, date | None], ...] = ()
    issued_on: date = date.min

    def open_on(self, day) -> Decimal:
        """What is still owed; nothing before it was issued."""
        return self.amount - sum(much for when, much in self.less if when <= day) if self.issued_on <= day else 0

    def disputed_on(self, day) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in self.disputed)

    def overdue_on(self, day) -> Decimal:
        return self.open_on(day) if self.due_on < day else Decimal(0)

    def turns(self, entry) -> Iterator[date]:
        """The days on which something about it changes."""
        yield max(self.due_on + ONE_DAY, self.issued_on)
        yield self.due_on + entry.from_days * ONE_DAY
        for when, _much in self.less:
            yield when
        for first, last in self.disputed:
            yield first
            if last:
                yield last + ONE_DAY


@dataclass(frozen=True)
class Happening:
    """On `day` the step `rung` was taken, or (`reason`) it was not, nor any after it: PAID or DISPUTED.

    `debts`: (bill, what of it was overdue and undisputed), of a dispute what is disputed; `days` overdue of the oldest.
    `cycle` 0: it never came to a case.
    """

    day: date
    cycle: int
    rung: Rung | None
    debts: tuple[tuple[str, Decimal], ...] = ()
    days: int = 0
    reason: str = ""

    @property
    def sum(self) -> Decimal:
        return sum((much for _ref, much in self.debts), Decimal(0))


@dataclass
class Open:
    """Where a case stands: how many steps were taken, the last one and when, and the first stop.

    `oldest` is the last day of payment of the oldest bill that is overdue and undisputed now: older ones may be paid.
    `owed` are all bills of that day.
    `named`: of each message its step, and the bills that it announced and that were not disputed since.
    """

    since: date
    oldest: date
    opened_on: date
    taken: int = 0
    last: Rung | None = None
    last_on: date | None = None
    stopped_on: date | None = None
    owed: set[str] = field(default_factory=set)
    named: list[tuple[int, set[str]]] = field(default_factory=list)


@dataclass
class Account:
    """One account on its way through the days; `on` is called for each in their order."""

    rungs: tuple[Rung, ...]
    entry: Entry
    debts: list[Debt]
    credit_used_up: bool = True
    case: Open | None = None
    cycle: int = 0
    told: set[str] = field(default_factory=set)  # disputed bills that were left out

    def on(self, day) -> Iterator[Happening]:
        yield from self._disputed(day)
        dunned = [(debt, much) for debt in self.debts if (much := debt.overdue_on(day)) and not debt.disputed_on(day)]
        if self.case and not dunned:
            yield self._ended(day)
        if dunned and not self.case:
            self._open(day, dunned)
        if self.case:
            self._look(day, dunned)
        if self.case and (due := self.next_on()) and due <= day:
            yield self._step(day, dunned)

    def next_on(self) -> date | None:
        """The day of the next step; None where nothing happens by itself."""
        case = self.case
        rung = self._rung()
        if not rung or (rung.when == "credit_used_up" and not self.credit_used_up):
            return None
        if self._is_taken(rung):
            old_enough = case.oldest + rung.days * ONE_DAY if rung.counts_from == "due" else date.min
            return max(case.last_on + ONE_DAY, old_enough)
        begins = {
            "due": max(case.since, case.oldest),
            "before": case.last_on or case.opened_on,
            "suspended": case.stopped_on,
        }
        start = begins[rung.counts_from]
        if start is None:
            return None
        earliest = case.last_on + self._gap(rung) * ONE_DAY if case.last_on else case.opened_on
        return max(start + rung.days * ONE_DAY, earliest)

    def _gap(self, rung):
        """Between a message and the suspension that it announces lies a whole day."""
        return max(rung.gap, 2) if rung.action in STOPS and self.case.last.action == "message" else rung.gap

    def _rung(self):
        """The next one; before a stop it is the message before it again, as long as that named another debt."""
        taken = self.case.taken if self.case else 0
        rung = self.rungs[taken] if taken < len(self.rungs) else None
        return self._unsaid(rung) or rung

    def _unsaid(self, rung):
        if not self.case or not rung or rung.action not in ANNOUNCED:
            return None
        notice = next((one for one in reversed(self.rungs[: self.case.taken]) if one.action == "message"), None)
        if notice and not any(n == notice.n and self.case.owed <= named for n, named in self.case.named):
            return notice
        return None

    def _is_taken(self, rung):
        return rung in self.rungs[: self.case.taken]

    def _look(self, day, dunned):
        """At the oldest bills that are dunned now; what is disputed is announced anew once it is dunned again."""
        self.case.oldest = min(debt.due_on for debt, _much in dunned)
        self.case.owed = {debt.ref for debt, _much in dunned if debt.due_on == self.case.oldest}
        disputed = {debt.ref for debt in self.debts if debt.disputed_on(day)}
        for _n, named in self.case.named:
            named.difference_update(disputed)

    def _disputed(self, day):
        for debt in self.debts:
            if debt.ref not in self.told and (much := debt.overdue_on(day)) and debt.disputed_on(day):
                self.told.add(debt.ref)
                cycle = self.cycle if self.case else 0
                yield Happening(day, cycle, self._rung(), ((debt.ref, much),), (day - debt.due_on).days, DISPUTED)

    def _open(self, day, dunned):
        since = min(debt.due_on for debt, _much in dunned)
        enough = sum(much for _debt, much in dunned) >= self.entry.from_amount
        if enough and (day - since).days >= self.entry.from_days:
            self.cycle += 1
            self.case = Open(since, since, day)

    def _ended(self, day):
        """Nothing undisputed is overdue any more: what was to come next is left out."""
        disputed = tuple((debt.ref, much) for debt in self.debts if (much := debt.overdue_on(day)))
        left_out = Happening(day, self.cycle, self._rung(), disputed, reason=DISPUTED if disputed else PAID)
        self.case = None
        return left_out

    def _step(self, day, dunned):
        case, rung = self.case, self._rung()
        case.taken += not self._is_taken(rung)
        case.last, case.last_on = rung, day
        if rung.action == "message":
            case.named.append((rung.n, set(case.owed)))
        if rung.action in STOPS and not case.stopped_on:
            case.stopped_on = day
        owed = tuple((debt.ref, much) for debt, much in dunned)
        return Happening(day, self.cycle, rung, owed, (day - min(debt.due_on for debt, _much in dunned)).days)


def walk(rungs: Iterable[Rung], entry: Entry, debts: Iterable[Debt], until: date, **about) -> Iterator[Happening]:
    """All that happens up to and with `until`, in the order of days; only days on which something changes are asked."""
    debts = list(debts)
    account = Account(tuple(rungs), entry, debts, **about)
    turns = sorted({turn for debt in debts for turn in debt.turns(entry)}, reverse=True)
    while day := _next(turns, account):
        if day > until:
            return
        yield from account.on(day)


def _next(turns, account):
    """The next day on which anything can happen; taken off `turns` when it is one of them."""
    step = account.next_on() if account.case else None
    if step is None or (turns and turns[-1] <= step):
        return turns.pop() if turns else None
    return step
