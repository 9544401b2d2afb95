"""What is asked of the billing system for a customer's lines, and which of them it has stopped."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.models import FrozenNumber, ServiceRequest
from billing.service_requests.effects import STANDING
from billing.service_requests.refusing import SUSPENDED
from billing.service_requests.shown import Row
from customers.masking import Shown
from customers.models import Customer, Line

AT_FIRST = 8  # lines; the list of requests has all of them
State = ServiceRequest.State


@dataclass(frozen=True)
class Stopped:
    """One line: since when it stands as it does, as far as known, what is open for it, and its number if it is kept."""

    line: Line
    number: str
    since: datetime | None
    waiting: list[Row]
    kept: FrozenNumber | None

    @property
    def suspended(self) -> bool:
        return self.line.status in SUSPENDED

    @property
    def may_be_restored(self) -> bool:
        return self.suspended and not self._waits_for(ServiceRequest.Action.RESTORE)

    @property
    def may_be_given_back(self) -> bool:
        return self.kept is not None and not self._waits_for(ServiceRequest.Action.RECLAIM)

    def _waits_for(self, action):
        return any(one.request.action == action for one in self.waiting)


def stopped_of(customer) -> QuerySet[Line]:
    """The lines of a customer that are suspended, for which something is asked, or whose number is kept."""
    asked = Exists(ServiceRequest.objects.unanswered().filter(line=OuterRef("pk")))
    kept = Exists(FrozenNumber.objects.kept().filter(line=OuterRef("pk")))
    return Line.objects.filter(Q(status__in=SUSPENDED) | asked | kept, customer=customer)


def stopped_lines(customer: Customer, shown: Shown, now: datetime) -> list[Stopped]:
    """The first of them, in three queries."""
    lines = {line.pk: line for line in stopped_of(customer).order_by("pk")[:AT_FIRST]}
    requests = {pk: [] for pk in lines}
    for one in ServiceRequest.objects.filter(line__in=lines).order_by("pk"):
        requests[one.line_id].append(one)
    frozen = {one.line_id: one for one in FrozenNumber.objects.kept().filter(line__in=lines)}
    return [_stopped(line, requests[pk], frozen.get(pk), shown, now) for pk, line in lines.items()]


def _stopped(line, requests, kept, shown, now):
    done = [one.ended_at for one in requests if one.state == State.CONFIRMED and one.action in STANDING]
    waiting = [Row(one, shown, now) for one in requests if one.state in ServiceRequest.OPEN]
    return Stopped(line, shown.number(str(line)), done[-1] if done else None, waiting, kept)
