"""How dunning stands for each account of a customer, for the panel: the case, what was sent, what is agreed.

Up to four queries whatever the number of accounts, one where nothing is overdue and no case is open.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from billing.dunning import disputing, exempting, stopping
from billing.dunning.promises import limits, making
from billing.models import Bill, CaseStep, DunningCase, Exemption, Hold, PaymentPromise, PromisePart, Stage
from customers.masking import reaches
from customers.models import Customer
from staff.models import User

DONE = CaseStep.objects.filter(case=OuterRef("pk"), state=CaseStep.State.DONE).order_by("-done_at", "-pk")
AT_FIRST = 3  # steps


@dataclass
class Dunned:
    """One account. `bills`: (bill, its dispute or None) of what is overdue."""

    case: DunningCase | None = None
    days: int = 0  # since the oldest day of payment
    done: list[tuple[str, datetime]] = field(default_factory=list)  # stages of the last steps, with their moments
    promise: PaymentPromise | None = None
    due_in: int = 0  # days to the first part that is not kept; below zero: late
    parts: list[PromisePart] = field(default_factory=list)
    stop: Hold | None = None
    bills: list[tuple[Bill, Hold | None]] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether something is overdue that is not disputed."""
        return any(dispute is None for _bill, dispute in self.bills)


def dunned(late: dict[int, list[Bill]], day: date) -> dict[int, Dunned]:
    """By account (id), those with something to say. `late`: what is overdue of each account (id)."""
    found, ids = defaultdict(Dunned), list(late)
    cases = DunningCase.objects.open().filter(account__in=ids).select_related("next_step")
    stages, moments = (ArraySubquery(DONE.values(name)[:AT_FIRST]) for name in ("step__stage", "done_at"))
    for case in cases.annotate(stages=stages, moments=moments):
        one = found[case.account_id]
        one.case, one.days = case, (day - case.since).days
        one.done = [(Stage(stage).label, at) for stage, at in zip(case.stages, case.moments, strict=True)]
    if not (found or any(late.values())):
        return {}
    disputes = {}
    for hold in Hold.objects.filter(account__in=ids, ended_at=None):
        if hold.kind == Hold.Kind.DISPUTE:
            disputes[hold.bill_id] = hold
        else:
            found[hold.account_id].stop = hold
    for account, bills in late.items():
        if bills:
            found[account].bills = [(bill, disputes.get(bill.pk)) for bill in bills]
    _promises(found, ids, day)
    return dict(found)


def _promises(found, ids, day):
    rows = PromisePart.objects.filter(promise__account__in=ids, promise__state=PaymentPromise.State.OPEN)
    for part in rows.select_related("promise").order_by("promise", "n"):
        one = found[part.promise.account_id]
        one.promise, one.due_in = part.promise, (part.promise.next_on - day).days
        one.parts.append(part)


@dataclass(frozen=True)
class May:
    """What this person may agree with the customer."""

    promise: bool
    dispute: bool
    settle: bool
    stop: bool
    exempt: bool


def may(customer: Customer, user: User) -> May:
    promises, duns = reaches(user, making.RIGHT, customer), reaches(user, stopping.RIGHT, customer)
    return May(
        promise=promises and limits.promises_to(customer, user),
        dispute=reaches(user, disputing.BEGIN, customer),
        settle=duns,
        stop=duns,
        exempt=reaches(user, exempting.ASK, customer),
    )


def exemptions(customer: Customer) -> list[Exemption]:
    """Lines of the customer that are never stopped, or that were asked for."""
    rows = Exemption.objects.filter(line__customer=customer).select_related("line").order_by("pk")
    return list(rows.filter(state__in=(Exemption.State.ASKED, Exemption.State.APPROVED)))
