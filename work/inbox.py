"""What a person's inbox shows."""

from dataclasses import dataclass

from customers.masking import Shown
from customers.models import Customer
from door.kept import Kept
from staff.models import User
from work.models import Notice

PAGE = 50
MOST_COUNTED = 99
RUNG = """
    WITH rung AS ({{}})
    SELECT toast.*, counted.n FROM (SELECT count(*) AS n FROM rung) counted LEFT JOIN LATERAL (
        SELECT * FROM rung WHERE urgency = '{urgent}' AND seen_at IS NULL ORDER BY shows_at DESC LIMIT 3
    ) toast ON true
"""  # a hundred notices are counted where they lie
RINGING = Kept(
    lambda user: Notice.objects.filter(user=user).ringing().order_by("-shows_at")[: MOST_COUNTED + 1],
    around=RUNG.format(urgent=Notice.Urgency.RING),
)


@dataclass(frozen=True)
class Line:
    """A notice as its reader sees it; `who` is the customer it is about, None where they are out of reach."""

    notice: Notice
    words: str
    who: Shown | None

    @property
    def opens(self) -> str:
        """An address, empty where the reader may not see what it is about."""
        return self.notice.opens if self.who or not self.notice.customer_id else ""


def lines(user: User, notices: list[Notice]) -> list[Line]:
    """The notices with their words and customers, in their order; two queries at most."""
    ids = {notice.customer_id for notice in notices} - {None}
    reached = Customer.objects.visible_to(user).select_related("tier").in_bulk(ids) if ids else {}
    who = {pk: Shown(customer, user) for pk, customer in reached.items()}
    return [Line(notice, notice.words, who.get(notice.customer_id)) for notice in notices]


def unread(user: User) -> list[Notice]:
    """The newest first, cut to a page; what waits for a digest is among them."""
    return list(Notice.objects.visible_to(user).unread().order_by("-pk")[:PAGE])


def read(user: User, before: int | None = None) -> tuple[list[Notice], int | None]:
    """A page of what was read, the newest first, and where the next page begins."""
    found = Notice.objects.visible_to(user).exclude(read_at=None).order_by("-pk")
    found = list(found.filter(pk__lt=before)[: PAGE + 1] if before else found[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


@dataclass(frozen=True)
class Badge:
    """How much rings, and what rings so urgently that it is shown on whatever page the person is."""

    count: int
    toasts: list[Notice]

    @property
    def shown(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def badge(user: User) -> Badge:
    """One query along the index of what is unread."""
    rung = list(RINGING(user.pk))  # each with the number of all; without a toast one empty row
    return Badge(rung[0].n, [one for one in rung if one.pk])
