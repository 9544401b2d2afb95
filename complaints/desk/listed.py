"""A row of the desk's queue as one person may see it, ready to be drawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from complaints.clocks import showing
from complaints.gathered import attach
from complaints.masked import masked_for
from complaints.models import Category, Clock, Complaint
from complaints.models.states import Channel, Level, State
from customers.masking import Shown
from customers.models import Customer, Tier
from customers.tier_marks import ROW, TierMarks
from staff import presence
from staff.models import Unit, User
from staff.presence import Present

STATES, LEVELS, CHANNELS = dict(State.choices), dict(Level.choices), dict(Channel.choices)
LEVEL_TONES = {Level.RAISED: "warn", Level.MAJOR: "bad"}
BY_NAME = ("name", "name_en")
LONGEST = 80  # characters of what the customer said
NOTHING = MappingProxyType({})
COLUMNS = (  # of a complaint, that a line of the queue shows
    "branch", "number", "customer", "caller_name", "caller_number", "category", "imported", "words", "level",
    "is_repeat", "escalated_at", "owner", "unit", "tier", "state", "channel", "due_at", "ended_at",
)  # fmt: skip
OF_CLOCK = ("complaint", "kind", "started_at", "due_at", "paused_at", "met_at", "stopped_at")
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
    here: tuple[Present, ...] = ()  # who else has it open

    @property
    def words(self) -> str:
        return Truncator(self.who.text(self.complaint.words)).chars(LONGEST)

    @property
    def due(self) -> tuple[str, str]:
        """When its clock is due, for people and for programs."""
        local = timezone.localtime(self.clock.due_at)
        return f"{local:%Y-%m-%d %H:%M}", local.isoformat()

    @property
    def state(self) -> str:
        return str(STATES[self.complaint.state])

    @property
    def category(self) -> str:
        """Empty where it is still to be classed."""
        return "" if self._to_class else str(self.complaint.category or "–")

    @property
    def marks(self) -> list[tuple[str, str, str]]:
        """(tone, icon, words) of what makes it more than one among many."""
        one, found = self.complaint, []
        if self._to_class:
            found.append(("warn", "tag", _("To be classed")))
        if one.level > Level.GENERAL:
            found.append((LEVEL_TONES[one.level], "", LEVELS[one.level]))
        if one.is_repeat:
            found.append(("warn", "arrow-path", _("Repeated")))
        if one.escalated_at:
            found.append(("bad", "arrow-trending-up", _("Escalated")))
        return found

    @property
    def _to_class(self):
        return self.complaint.category_id is None and self.complaint.imported

    @property
    def channel(self) -> str:
        return str(CHANNELS[self.complaint.channel])


def lines_of(
    complaints: Iterable[Complaint], user: User, now: datetime, query: str = "", known: Mapping[type, Mapping] = NOTHING
) -> list[Line]:
    """`query`: what narrows the list that they stand in; their pages keep it, for the next one in it.

    `known`: {model: {key: record}} that were read already.
    """
    complaints, marks = list(complaints), TierMarks()
    before, _number, after = reverse("complaint", args=[0]).rpartition("0")  # the address of each but for its key
    ways = before, f"{after}?next={quote(query)}"
    _gather(complaints, known)
    clocks, here = _running(complaints), presence.at([presence.place(one) for one in complaints], user)
    return [_line(one, clocks.get(one.pk), user, now, marks, ways, here) for one in complaints]


def _gather(complaints, known):
    """What each row names, a table at a time: joined in one statement, planning it would take longer than all of it."""
    customers = Customer.objects.select_related("tier").only(*ROW)
    known = {**known, Customer: customers.in_bulk({one.customer_id for one in complaints} - {None})}
    for model, (name, columns) in NAMED.items():
        attach(model, [(one, (name,)) for one in complaints], known.get(model), columns)
    attach(Tier, [(one, ("tier",)) for one in complaints if not one.customer_id])


def _running(complaints):
    """{complaint: the one of its clocks that is due first}: one that stands still comes after those that run."""
    running = Clock.objects.filter(complaint__in=[one.pk for one in complaints], met_at=None, stopped_at=None)
    stands = ExpressionWrapper(Q(paused_at__isnull=False), BooleanField())
    first = running.order_by("complaint_id", stands, "due_at").distinct("complaint_id").only(*OF_CLOCK)
    return {one.complaint_id: one for one in first}


def _line(complaint, clock, user, now, marks, ways, here):  # noqa: PLR0917
    tier = complaint.customer.tier if complaint.customer_id else complaint.tier
    return Line(
        complaint=complaint,
        who=masked_for(user, complaint),
        mark=marks[tier] if tier else "",
        clock=clock and showing.show(clock, now),
        url=str(complaint.pk).join(ways),
        here=tuple(here[presence.place(complaint)]),
    )
