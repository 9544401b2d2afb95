"""A row of the desk's queue as one person may see it, ready to be drawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator

from complaints.clocks import showing
from complaints.desk.drawn import Pieces, to_class
from complaints.gathered import attach
from complaints.masked import masked_for
from complaints.models import Category, Clock, Complaint
from complaints.models.states import Channel, State
from customers.masking import Shown
from customers.models import Customer, Tier
from customers.tier_marks import ROW
from staff import presence
from staff.models import Unit, User
from staff.presence import Present

STATES, CHANNELS = dict(State.choices), dict(Channel.choices)
BY_NAME = ("name", "name_en")
LONGEST = 80  # characters of what the customer said
NOTHING = MappingProxyType({})
COLUMNS = (  # of a complaint, that a line of the queue shows
    "branch", "number", "customer", "caller_name", "caller_number", "category", "imported", "words", "level",
    "is_repeat", "escalated_at", "owner", "unit", "tier", "state", "channel", "due_at", "ended_at",
)  # fmt: skip
JOINED = ("customer__tier", "owner")
OF_JOINED = (*(f"customer__{name}" for name in ROW), "owner__name", "owner__username")
FIRST = """
    SELECT DISTINCT ON (complaint_id) id, complaint_id, kind, started_at, due_at, paused_at, met_at, stopped_at
    FROM complaints_clock WHERE complaint_id = ANY (%s) AND met_at IS NULL AND stopped_at IS NULL
    ORDER BY complaint_id, paused_at IS NOT NULL, due_at
"""
NAMED = {  # model: (the key to it, the columns that a line needs of it)
    Customer: ("customer", ()),
    Category: ("category", BY_NAME),
    User: ("owner", ("name", "username")),
    Unit: ("unit", BY_NAME),
}


@dataclass(frozen=True)
class Line:
    complaint: Complaint
    who: Shown
    mark: str  # of the tier, HTML; "" where nobody has one
    clock: showing.Shown | None
    url: str
    due: str  # the tag of its clock, HTML; "" where none runs
    marks: str  # what makes it more than one among many, HTML
    here: tuple[Present, ...] = ()  # who else has it open

    @property
    def words(self) -> str:
        said = self.who.text(self.complaint.words)
        return said if len(said) <= LONGEST else Truncator(said).chars(LONGEST)

    @property
    def state(self) -> str:
        return str(STATES[self.complaint.state])

    @property
    def category(self) -> str:
        """Empty where it is still to be classed."""
        return "" if to_class(self.complaint) else str(self.complaint.category or "–")

    @property
    def channel(self) -> str:
        return str(CHANNELS[self.complaint.channel])


def joined(rows: QuerySet) -> QuerySet:
    """The rows with what a line of the queue shows of them, and no more."""
    return rows.select_related(*JOINED).only(*COLUMNS, *OF_JOINED)


def lines_of(
    complaints: Iterable[Complaint], user: User, now: datetime, query: str = "", known: Mapping[type, Mapping] = NOTHING
) -> list[Line]:
    """`query`: what narrows the list that they stand in; their pages keep it, for the next one in it.

    `known`: {model: {key: record}} that were read already.
    """
    complaints, pieces = list(complaints), Pieces()
    before, _number, after = reverse("complaint", args=[0]).rpartition("0")  # the address of each but for its key
    ways = before, f"{after}?next={quote(query)}"
    _gather(complaints, known)
    clocks, here = _running(complaints), presence.at([presence.place(one) for one in complaints], user)
    return [_line(one, clocks.get(one.pk), user, now, pieces, ways, here) for one in complaints]


def _gather(complaints, known):
    """What each row names and was not read with it, a table at a time: joined in one statement, planning it would take
    longer than all of it.
    """
    if unread := _without("customer", complaints):
        customers = Customer.objects.select_related("tier").only(*ROW)
        known = {**known, Customer: customers.in_bulk({one.customer_id for one in unread} - {None})}
    for model, (name, columns) in NAMED.items():
        attach(model, [(one, (name,)) for one in _without(name, complaints)], known.get(model), columns)
    attach(Tier, [(one, ("tier",)) for one in complaints if not one.customer_id])


def _without(name, complaints):
    field = Complaint._meta.get_field(name)
    return [one for one in complaints if not field.is_cached(one)]


def _running(complaints):
    """{complaint: the one of its clocks that is due first}: one that stands still comes after those that run."""
    first = Clock.objects.raw(FIRST, [[one.pk for one in complaints]]) if complaints else []
    return {one.complaint_id: one for one in first}


def _line(complaint, clock, user, now, pieces, ways, here):  # noqa: PLR0917
    tier = complaint.customer.tier if complaint.customer_id else complaint.tier
    shown = clock and showing.show(clock, now)
    return Line(
        complaint=complaint,
        who=masked_for(user, complaint),
        mark=pieces.tiers[tier] if tier else "",
        clock=shown,
        url=str(complaint.pk).join(ways),
        due=pieces.clock(shown) if shown else "",
        marks=pieces.marks(complaint),
        here=tuple(here[presence.place(complaint)]),
    )
