"""What supervisors look at first: how much is late, flagged, reopened. Counted up to 99, whatever the size."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.desk import queue
from complaints.models.states import State
from staff.models import User

MOST = 99


@dataclass(frozen=True)
class Count:
    """`query` leads to the list of exactly these."""

    label: Promise
    query: str
    n: int
    tone: str

    @property
    def said(self) -> str:
        return f"{MOST}+" if self.n > MOST else str(self.n)


def counts(user: User, now: datetime) -> list[Count]:
    rows = queue.waiting(user)
    asked = [
        (_("Late"), "due=late", rows.filter(queue.due("late", now)), "bad"),
        (_("In the next four hours"), "due=soon", rows.filter(queue.due("soon", now)), "warn"),
        (_("Escalated"), "flag=true", rows.filter(escalated_at__isnull=False), "bad"),
        (_("Reopened"), f"state={State.REOPENED}", rows.filter(state=State.REOPENED), "warn"),
        (_("To be called back"), f"state={State.CALLBACK_DUE}", rows.filter(state=State.CALLBACK_DUE), "info"),
    ]
    return [Count(label, query, capped(found), tone) for label, query, found, tone in asked]


def capped(rows) -> int:
    """How many there are, at most one more than MOST."""
    return rows.order_by()[: MOST + 1].count()
