"""Rows that a program sends: judged and written by the statements of the files, all of them or none."""

import json
from dataclasses import dataclass

from django.db import connection, transaction

from audit.trail import request_id
from billing.imports.facts import Facts
from customers.imports.ranges import reach_of
from staff.models import User

READ = """
    SELECT s.n, s.row_number, k.fact_id, k.outcome, k.same_as, k.problems
    FROM {staged} s JOIN {classed} k USING (n) ORDER BY n
"""


@dataclass(frozen=True)
class Brought:
    """What became of a row, counted from 1; `pk` of the record, `number` as the billing system knows it."""

    n: int
    number: str
    pk: int | None
    outcome: str
    same_as: int | None
    problems: list


class NotTaken(Exception):
    """Some of the rows cannot be taken; `rows` are all of them, and nothing was written."""

    def __init__(self, rows):
        super().__init__("rows that cannot be taken")
        self.rows = rows


@transaction.atomic
def bring_in(about: Facts, rows: list[dict], *, by: User) -> list[Brought]:
    """Bring in rows of a subject (values by its fields) for the person's branch. Raises NotTaken."""
    values = {
        "batch": None, "file": None, "first": 0, "checking": False, "by": by.pk, "branch": by.branch_id,
        "reach": reach_of(by, by.branch_id, about.right),
        "request": request_id(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        about.begin(cursor)
        about.stage(None, [draft(about, n, row) for n, row in enumerate(rows, 1)])
        about.write(cursor, values)
        about.run(cursor, READ)
        brought = [Brought(*row, json.loads(problems)) for *row, problems in cursor.fetchall()]
    if any(row.outcome in ("error", "duplicate") for row in brought):
        raise NotTaken(brought)
    return brought


def draft(about, n, row):
    made = about.draft(n)
    for name, value in row.items():
        made.say(name, value)
    made.close()
    return made
