"""What all files about money have in common: rows staged with their types, judged in one statement, written in sets.

A subject says in SQL how its rows find their account and what is there already. Both doors, file and API, use the same
statements: `judge` and `keep` for the dry run of a file, `write` for bringing in.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from billing import ledger
from customers.copying import copy_rows
from customers.imports.drafts import Draft, as_json, taking
from customers.imports.subjects import Subject

from . import statements

TRIES = 3


class LostRace(RuntimeError):
    """Somebody else keeps taking the numbers; the step is rolled back and done again."""


@dataclass
class FactDraft(Draft):
    about: "Facts" = None

    def close(self):
        if not self.unread:
            refused = {problem.get("column") for problem in self.problems}
            for code in self.about.needed:
                if code not in self.values and code not in refused:
                    self.refuse("missing", column=code)
            self.about.check_row(self)

    def row(self):
        """n, number, name, problems, then the subject's columns."""
        said = self.values
        number, name = self.about.known_by(said)
        return (self.n, number[:200], name[:200], as_json(self.problems), *map(said.get, self.about.said))


class Facts(Subject):
    """A subject about money, in SQL.

    `said`: the staging columns with their types; `account`, `of`, `customer`: the ids of what a row is about;
    `touched`: those of the accounts that are locked before anything is judged.
    """

    right, shown_with = "billing.import", "billing.view"
    model = ""
    said = {}
    readers = {}  # field → reader (text, zone) of its cells
    needed = ()  # fields that every row says
    account, of, customer = "a.id", "NULL::bigint", "a.customer_id"
    joins, problems, changes = (), (), "'{}'::jsonb"
    touched = "SELECT (SELECT a.id FROM billing_account a WHERE a.branch_id = %(branch)s AND a.ref = s.account)"
    making = ""  # writes the new ones, gives `classed` their ids and leaves out those that somebody else just made
    events = {}  # outcome → (verb, further SQL pairs of the event's data)

    def __init__(self):
        names = list(self.said)
        self.words = {
            "staged": f"staged_{self.name}", "classed": f"classed_{self.name}",
            "account": self.account, "of": self.of, "customer": self.customer, "joins": "".join(self.joins),
            "problems": " || ".join(self.problems), "changes": self.changes, "model": self.model,
            "names": ", ".join(names),
            "columns": ", ".join(f"{name} {kind}" for name, kind in self.said.items()),
            "texts": ", ".join(f"s.{name}::text" for name in names),
            "typed": ", ".join(f"said[{i}]::{kind}" for i, kind in enumerate(self.said.values(), 1)),
        }  # fmt: skip

    def run(self, cursor, statement, values=None, **more):
        """`statement` with the subject's words filled in; rows that it touched."""
        cursor.execute(statement.format(**self.words, **more), values)
        return cursor.rowcount

    def check(self, used):
        for code in self.needed:
            if code not in used:
                field = self.fields.label(code)
                raise ValidationError(_("Say which column holds this: %(field)s.") % {"field": field})

    def known(self, batch, mapping):
        """The zone in which the file's clock runs."""
        return ZoneInfo(batch.branch.time_zone)

    def draft(self, n):
        return FactDraft(n, about=self)

    def read(self, draft, cells, fields, known):
        for code, cell in zip(fields, cells, strict=False):
            if code and cell:
                value = taking(draft, code, self.readers[code], cell, known)
                if value is not None:
                    draft.say(code, value)

    def check_row(self, draft):
        """Refuses what the values of one row cannot be together."""

    def known_by(self, said):
        """(number, name) of a row as they are listed; no number stands twice in a file."""
        return str(said.get("ref", "")), str(said.get("account", ""))

    def begin(self, cursor):
        self.run(cursor, statements.TABLES)

    def stage(self, batch, drafts):
        names = ["n", "row_number", "row_name", "problems", *self.said]
        copy_rows(self.words["staged"], names, (draft.row() for draft in drafts))

    def stage_kept(self, cursor, values):
        self.run(cursor, statements.STAGE_KEPT, values)

    def judge(self, cursor, values):
        self.run(cursor, "ANALYZE {staged}")
        self.run(cursor, statements.JUDGE, values)
        return self.tally(cursor)

    def tally(self, cursor):
        self.run(cursor, statements.TALLY)
        return dict(cursor.fetchall())

    def keep(self, cursor, values):
        self.run(cursor, statements.CLEAR, values)
        self.run(cursor, statements.KEEP, values)

    def bring_in(self, cursor, batch, values):
        self.run(cursor, "ANALYZE {staged}")
        self.write(cursor, values)
        self.run(cursor, statements.KEPT, values)
        return self.tally(cursor)

    def write(self, cursor, values):
        """Judge what is staged under the locks of its accounts and write it; `classed` says what became of each."""
        for _again in range(TRIES):
            accounts = self.lock(cursor, values)
            self.run(cursor, statements.JUDGE, values)
            self.make(cursor, values)
            if not self.run(cursor, statements.LOST):
                break
        else:
            raise LostRace(f"{self.name} with these numbers keep appearing")
        self.follow(cursor, values, accounts)
        for outcome, (verb, data) in self.events.items():
            self.run(cursor, statements.EVENTS, values, outcome=outcome, verb=verb, data=data)

    def lock(self, cursor, values):
        """Ids of the accounts that the rows touch, locked in their order."""
        self.run(cursor, self.touched + " FROM {staged} s GROUP BY 1", values)
        return ledger.lock(pk for (pk,) in cursor.fetchall() if pk)

    def make(self, cursor, values):
        self.run(cursor, self.making, values)

    def follow(self, cursor, values, accounts):
        """What else is due once the new ones are there."""


class Money(Facts):
    """What changes what is owed: once it is there, what lies on the accounts is used."""

    def follow(self, cursor, values, accounts):
        if self.run(cursor, statements.WRITTEN):
            ledger.use_money(accounts)
