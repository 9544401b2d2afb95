"""Invoices of another company played through a scenario day by day (A25).

A file of invoices with their settlement, as collectors keep them: columns customerID, invoiceNumber, InvoiceDate,
DueDate, InvoiceAmount, Disputed and SettledDate, days as month/day/year. `SettledDate` is the future until that day has
come. The file says whether an invoice was disputed, not when: it counts as disputed from the day it was issued.
"""

import csv
import hashlib
import heapq
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from billing.dunning.ladder import Debt, Entry, Happening, Rung, walk


class Differs(Exception):
    """What an earlier turn kept is not what this one finds."""


def read(path) -> dict[str, list[Debt]]:
    """The invoices by customer. KeyError and ValueError where the file is another one."""
    found = defaultdict(list)
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            found[row["customerID"]].append(_debt(row))
    return dict(sorted(found.items()))


def _debt(row):
    issued, settled = _day(row["InvoiceDate"]), _day(row["SettledDate"])
    amount = Decimal(row["InvoiceAmount"])
    return Debt(
        row["invoiceNumber"],
        _day(row["DueDate"]),
        amount,
        less=((settled, amount),),
        disputed=((issued, None),) if row["Disputed"] == "Yes" else (),
        issued_on=issued,
    )


def _day(text) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


@dataclass
class Journal:
    """One line for every day that is over, at once on disk: what was done stays done when the replay is killed."""

    path: str | None = None
    days: dict[str, list] = field(default_factory=dict)

    def __post_init__(self):
        if self.path and os.path.exists(self.path):
            with open(self.path, "r+", encoding="utf-8") as file:
                whole = file.read().rpartition("\n")[0]
                file.truncate(len(whole.encode()) + 1 if whole else 0)  # without the line that was being written
            self.days = dict(json.loads(line) for line in whole.splitlines())

    def keep(self, day: date, steps: list) -> bool:
        """Whether they are new. Differs where an earlier turn did something else on that day."""
        if (known := self.days.get(str(day))) is not None:
            if known != steps:
                raise Differs(str(day))
            return False
        self.days[str(day)] = steps
        if self.path:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps([str(day), steps]) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return True


@dataclass
class Replay:
    """All customers of a file on their way through the days."""

    customers: dict[str, list[Debt]]
    rungs: list[Rung]
    entry: Entry = field(default_factory=Entry)
    journal: Journal = field(default_factory=Journal)
    steps: Counter = field(default_factory=Counter)  # rung -> how often
    left_out: Counter = field(default_factory=Counter)  # reason -> how often
    cases: set[tuple[str, int]] = field(default_factory=set)  # (customer, cycle)
    settled: int = 0  # what was asked for although it was settled
    disputed: int = 0  # or disputed
    hash: object = field(default_factory=hashlib.sha256)

    def run(self, last: date | None = None) -> Iterator[tuple[str, Happening, bool]]:
        """(customer, what happened, whether it is new) in the order of days, up to `last` or the file's last day."""
        last = last or self.last_day()
        walks = [self._walk(name, debts, last) for name, debts in self.customers.items()]
        for day, at_once in groupby(heapq.merge(*walks, key=_by_day), key=lambda one: one[1].day):
            happened = list(at_once)
            taken = [[name, one.cycle, one.rung.n, str(one.sum)] for name, one in happened if not one.reason]
            is_new = self.journal.keep(day, taken)
            for name, one in happened:
                self._count(name, one)
                yield name, one, is_new

    def _walk(self, name, debts, last):
        return ((name, one) for one in walk(self.rungs, self.entry, debts, last))

    def last_day(self) -> date:
        """When the last invoice is settled."""
        return max(when for debts in self.customers.values() for debt in debts for when, _much in debt.less)

    def _count(self, name, one):
        if one.cycle:
            self.cases.add((name, one.cycle))
        if one.reason:
            self.left_out[one.reason] += 1
            return
        self.steps[one.rung] += 1
        self.hash.update(f"{one.day} {name} {one.cycle} {one.rung.n} {one.sum}\n".encode())
        said = {ref for ref, _much in one.debts}
        asked = [debt for debt in self.customers[name] if debt.ref in said]
        self.settled += sum(debt.open_on(one.day) <= 0 for debt in asked)
        self.disputed += sum(debt.disputed_on(one.day) for debt in asked)


def _by_day(happened):
    name, one = happened
    return one.day, name
