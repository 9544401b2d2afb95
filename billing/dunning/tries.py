"""How often a stop was asked for in vain, and when nobody asks any more (DunningRules.stop_tries)."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing.dunning.calling import times
from billing.models import CaseStep, DunningRules, ServiceRequest
from customers.models import Line
from work import owing
from work.models.states import Kind, Origin, Priority

State = ServiceRequest.State
OVERTAKEN = Q(state=State.CONFIRMED, details__has_key="overtaken")
IN_VAIN = Q(state=State.REFUSED) | OVERTAKEN


def asked_by(one: CaseStep, line: Line) -> QuerySet[ServiceRequest]:
    """What the step asked for the line so far."""
    first = key(one, line)
    return ServiceRequest.objects.filter(Q(key=first) | Q(key__startswith=f"{first}:"), case=one.case_id)


def key(one: CaseStep, line: Line, n=0) -> str:
    """Of the n-th time (0 is the first) that the step asks for the line."""
    return f"dunning:{one.pk}:{line.pk}:{n}" if n else f"dunning:{one.pk}:{line.pk}"


def let_be(asked: QuerySet[ServiceRequest], rules: DunningRules) -> bool:
    """Whether the line is not asked for again: it was stopped, and somebody restored it since, or it was tried enough.

    `asked` is what the step asked for the line so far.
    """
    stopped = asked.filter(Q(state=State.CONFIRMED) & ~OVERTAKEN).exists()
    return stopped or asked.filter(IN_VAIN).count() >= rules.stop_tries


def give_up(stop: ServiceRequest, at: datetime):
    """The last refusal that is waited for becomes somebody's: a follow-up for the people of the customer's unit.

    Twice is one. The caller holds the request.
    """
    same = ServiceRequest.objects.filter(case=stop.case_id, line=stop.line_id, action=stop.action)
    many, customer = same.filter(IN_VAIN).count(), stop.account.customer
    if many < DunningRules.of(stop.branch_id).stop_tries:
        return
    words = _("The billing system refused %(n)s times to stop a line (account %(account)s): decide what comes next")
    due_at, late_at = times(customer.unit, at)
    owing.owe(
        customer,
        Kind.PROACTIVE,
        words % {"n": many, "account": stop.account.ref},
        key=f"stop-refused:{stop.pk}",
        due_at=due_at,
        late_at=late_at,
        by=None,
        unit=customer.unit,
        about=stop,
        origin=Origin.RULE,
        priority=Priority.HIGH,
    )
