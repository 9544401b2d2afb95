"""What is asked of the billing system for a customer's lines, and which of them it has stopped: three queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

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
    """One line: since when it stands as it does, as far as known, and what is open for it."""

    line: Line
    number: str
    since: datetime | None
    waiting: list[Row]

    @property
    def suspended(self) -> bool:
        return self.line.status in SUSPENDED

    @property
    def may_be_restored(self) -> bool:
        return self.suspended and not any(one.request.action == ServiceRequest.Action.RESTORE for one in self.waiting)


def stopped_lines(customer: Customer, shown: Shown, now: datetime) -> list[Stopped]:
    """Lines that are suspended, or for which something is asked."""
    waiting = ServiceRequest.objects.unanswered().filter(line=OuterRef("pk"))
    rows = customer.lines.filter(status__in=SUSPENDED) | customer.lines.filter(Exists(waiting))
    lines = {line.pk: line for line in rows.order_by("pk")[:AT_FIRST]}
    requests = {pk: [] for pk in lines}
    if lines:
        for one in ServiceRequest.objects.filter(line__in=lines).order_by("pk"):
            one.line = lines[one.line_id]
            requests[one.line_id].append(one)
    return [_stopped(line, requests[pk], shown, now) for pk, line in lines.items()]


def _stopped(line, requests, shown, now):
    done = [one.ended_at for one in requests if one.state == State.CONFIRMED and one.action in STANDING]
    waiting = [Row(one, shown, now) for one in requests if one.state in ServiceRequest.OPEN]
    return Stopped(line, shown.number(str(line)), done[-1] if done else None, waiting)


def kept_numbers(customer: Customer, shown: Shown) -> list[tuple[FrozenNumber, str]]:
    """Numbers of cancelled lines that the customer may still have back, each as the person may see it."""
    rows = FrozenNumber.objects.kept().filter(account__customer=customer).order_by("until", "pk")
    return [(one, shown.number(one.number)) for one in rows[:AT_FIRST]]
