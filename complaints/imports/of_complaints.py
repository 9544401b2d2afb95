"""Files of complaints that another system accepted. One that is there stays as it is: its ticket is its name.

Nobody is rung, told or called for them. What was over there is history here; what was open is owned by the complaint
desk with the law's clock from its first receipt, and climbs no ladder for what was begun elsewhere.
"""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing.imports import cells as money_cells
from billing.imports.facts import FactDraft, Facts
from billing.imports.statements import conflict, problem
from complaints import owners
from complaints.classing import rules
from complaints.imports import bringing, cells, meanings, moving_on
from complaints.imports.columns import FIELDS
from complaints.models import Category, Complaint
from complaints.models.complaints import VIEW
from customers.imports import values
from customers.imports.drafts import taking
from customers.numbers import normalise
from staff.scope import holds, within_reach

CUSTOMER = """
    LEFT JOIN LATERAL (
        SELECT i.customer_id, i.line_id FROM customers_identifier i
        WHERE i.branch_id = %(branch)s AND i.value = s.line AND i.kind = 'service' AND i.valid_to IS NULL LIMIT 1
    ) l ON s.line IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT o.* FROM customers_customer o
        WHERE o.branch_id = %(branch)s AND (o.number = s.customer OR (s.customer IS NULL AND o.id = l.customer_id))
          AND (%(reach)s::bigint[] IS NULL OR o.unit_id = ANY (%(reach)s::bigint[])) OFFSET 0
    ) c ON true
"""  # by the number of the customer, else by that of a line; who is out of reach is as unknown as who does not exist
THERE = """
    LEFT JOIN LATERAL (
        SELECT o.* FROM complaints_complaint o
        WHERE o.branch_id = %(branch)s AND o.key = 'import:' || s.ref OFFSET 0
    ) x ON true
"""
PROBLEMS = [
    problem("unknown_customers", "s.customer IS NOT NULL AND c.id IS NULL", column="'customer'", value="s.customer"),
    conflict(words=("x.words", "s.words"), received_at=("x.received_at", "s.received_at")),
    problem("worked_here", moving_on.WORKED_HERE, value="s.state_word"),
    problem("went_back", moving_on.WENT_BACK, value="s.state_word"),
]
YEARS = range(1990, 2101)


@dataclass
class Known:
    """What cells are read with: the branch's clock, classes by their words, the keyword rules."""

    zone: ZoneInfo
    classes: dict = field(default_factory=dict)
    rules: list = field(default_factory=list)


class ComplaintDraft(FactDraft):
    """`cells`: what stands in the row by field, until all of it is there."""

    def close(self):
        super().close()
        if "category" not in self.values and not self.problems and not self.unread:
            self.notes.append("to_class")


class Complaints(Facts):
    name, title, model = "complaints", _("Complaints"), "complaints.complaint"
    right, shown_with = "complaints.import", "complaints.view"
    fields = FIELDS
    known_as = (_("Ticket"), _("In the customer's words"))
    needed = ("ref", "words", "received_at", "channel")
    said = {
        "ref": "text", "customer": "text", "line": "text", "caller_name": "text", "caller_number": "text",
        "on_behalf": "boolean", "channel": "text", "received_at": "timestamptz", "category": "text", "words": "text",
        "wanted": "text", "place": "text", "state": "text", "state_word": "text", "answered_at": "timestamptz",
        "closed_at": "timestamptz", "answer": "text",
    }  # fmt: skip
    readers = {
        "ref": money_cells.ref(50), "customer": money_cells.ref(60), "caller_name": money_cells.ref(200),
        "caller_number": money_cells.ref(64), "words": cells.written(5000), "wanted": cells.written(500),
        "answer": cells.written(5000), "channel": money_cells.word(meanings.CHANNELS, "unknown_channel"),
        "answered_at": cells.moment, "closed_at": cells.moment,
    }  # fmt: skip
    account, customer, joins, problems = "NULL::bigint", "c.id", (CUSTOMER, THERE), PROBLEMS
    changes, touched = moving_on.CHANGES, ""
    making = bringing.MAKING
    events = {
        "create": ("complaint.imported", "'ref', s.ref, 'state', s.state, 'class', s.category"),
        "update": ("complaint.moved", "'from', k.changes -> 'status' ->> 0, 'to', s.state"),
    }

    def check(self, used):
        for code in self.needed:
            if code not in used:
                raise ValidationError(
                    gettext("Say which column holds this: %(field)s.") % {"field": self.fields.label(code)}
                )

    def check_branch(self, branch):
        if not Category.objects.filter(branch=branch, active=True).exists():
            raise ValidationError(gettext("The branch has no classes of complaints yet."))

    def waiting(self, batch, user):
        """The open ones of all files of the branch; the way to them for whoever sees complaints."""
        rows = Complaint.objects.filter(within_reach(user, self.right, unit="unit", branch="branch"))
        if not (n := rows.filter(branch=batch.branch, imported=True, ended_at=None).order_by().count()):
            return None
        said = ngettext(
            "%(n)s complaint from a file is still open and waits at the desk.",
            "%(n)s complaints from files are still open and wait at the desk. Whoever does not deal with them keeps a "
            "view of the desk with “From a file: No” and lets the desk begin with it.",
            n,
        )
        address = f"{reverse('complaints')}?imported=true" if holds(user, VIEW) else ""
        return said % {"n": intcomma(n)}, address, gettext("To them")

    def known(self, batch, mapping):
        found = Category.objects.filter(branch=batch.branch).finest()
        classes = {word.casefold(): one.code for one in found for word in (one.name_en, one.name, one.code) if word}
        return Known(ZoneInfo(batch.branch.time_zone), classes, rules.rules_of(batch.branch))

    def draft(self, n):
        return ComplaintDraft(n, about=self)

    def known_by(self, said):
        return said.get("ref", ""), said.get("words", "")

    def read(self, draft, row, fields, known):
        told = {code: cell for code, cell in zip(fields, row, strict=False) if code and cell}
        for code in self.readers.keys() & told.keys():
            self._say(draft, code, taking(draft, code, self.readers[code], told[code], known.zone))
        self._say(draft, "received_at", _received(draft, told, known.zone))
        self._say(draft, "place", _place(told))
        if "on_behalf" in told:
            word = taking(draft, "on_behalf", values.word, told["on_behalf"], meanings.YES_NO, "not_yes_or_no")
            self._say(draft, "on_behalf", word and word == "yes")
        if "line" in told:
            self._say(draft, "line", normalise(told["line"]))
        self._say(draft, "state", _state(draft, told))
        self._say(draft, "state_word", values.plain(told.get("status", ""))[:100])
        self._say(draft, "category", _class(told, draft.values.get("words", ""), known))

    def _say(self, draft, column, value):
        if value is not None and value != "":
            draft.say(column, value)

    def check_row(self, draft):
        at = [draft.values.get(name) for name in ("received_at", "answered_at", "closed_at")]
        for name, when in zip(("received_at", "answered_at", "closed_at"), at, strict=True):
            if when and when.year not in YEARS:
                draft.refuse("bad_time", column=name, value=str(when))
            elif when and when > timezone.now():
                draft.refuse("in_future", column=name)
        told = [when for when in at if when]
        if told != sorted(told):
            draft.refuse("ends_before_begin")

    def bring_in(self, cursor, batch, values):
        branch = batch.branch
        desk = owners.desk(branch) or [owners.leader(branch) or batch.by]
        here = {"unit": batch.unit_id, "zone": branch.time_zone, "owners": [person.pk for person in desk]}
        return super().bring_in(cursor, batch, values | here)

    def lock(self, cursor, values):
        """Complaints of one customer are weighed one after the other; nobody works on one that moves on."""
        self.run(cursor, bringing.TURNS, values)
        self.run(cursor, moving_on.HOLD, values)
        return []

    def follow(self, cursor, values, accounts):
        bringing.follow(self, cursor, values)
        moving_on.move_on(self, cursor, values)


def _received(draft, told, zone):
    """The day, with the time where another column has it; two columns that name another day refuse each other."""
    when = taking(draft, "received_at", cells.moment, told["received_at"], zone) if "received_at" in told else None
    if "received_on" in told:
        again = taking(draft, "received_on", cells.moment, told["received_on"], zone)
        if when and again and again.date() != when.date():
            draft.refuse("days_disagree", value=told["received_at"][:40], other=told["received_on"][:40])
        when = when or again
    if when and "time" in told:
        of_day = taking(draft, "time", cells.clock, told["time"], zone)
        return datetime.combine(when.date(), of_day, zone) if of_day else when
    return when


def _place(told):
    """ "Abingdon, Maryland 21009" """
    parts = [told.get("place"), told.get("city"), f"{told.get('province', '')} {told.get('postcode', '')}".strip()]
    return ", ".join(part for part in parts if part)[:200]


def _state(draft, told):
    if "status" not in told:
        return "accepted"
    return taking(draft, "status", values.word, told["status"], meanings.STATES, "unknown_state")


def _class(told, words, known):
    """The class the file names, if it is one of ours; else what the keyword rules say of both."""
    named = told.get("category", "")
    return known.classes.get(named.casefold()) or rules.class_of(known.rules, f"{named}\n{words}".strip())


COMPLAINTS = Complaints()
