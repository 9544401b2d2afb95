"""How dunning stands for each account of a customer, for the panel: the case, what was sent, what is agreed.

Up to seven queries whatever the number of accounts, two where nothing is overdue and no case is open.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from billing.dunning import disputing, exempting, stopping
from billing.dunning.promises import limits, making
from billing.models import Account, Bill, CaseStep, DunningCase, Exemption, Hold, PaymentPromise
from customers.masking import reaches
from customers.models import Customer
from staff.models import User

DONE = Prefetch(
    "steps",
    CaseStep.objects.filter(state=CaseStep.State.DONE).select_related("step").order_by("-done_at"),
    to_attr="done",
)


@dataclass
class Dunned:
    """One account. `bills`: (bill, its dispute or None) of what is overdue."""

    case: DunningCase | None = None
    days: int = 0  # since the oldest day of payment
    promise: PaymentPromise | None = None
    due_in: int = 0  # days to the first part that is not kept; below zero: late
    stop: Hold | None = None
    bills: list[tuple[Bill, Hold | None]] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether something is overdue that is not disputed."""
        return any(dispute is None for _bill, dispute in self.bills)


def dunned(accounts: Iterable[Account], day: date) -> dict[int, Dunned]:
    """By account (id), those with something to say."""
    found = defaultdict(Dunned)
    ids = [one.pk for one in accounts]
    for case in DunningCase.objects.open().filter(account__in=ids).select_related("next_step").prefetch_related(DONE):
        found[case.account_id].case, found[case.account_id].days = case, (day - case.since).days
    late = list(Bill.objects.overdue(day).filter(account__in=ids).order_by("due_on"))
    if not (found or late):
        return {}
    disputes = {}
    for hold in Hold.objects.filter(account__in=ids, ended_at=None):
        if hold.kind == Hold.Kind.DISPUTE:
            disputes[hold.bill_id] = hold
        else:
            found[hold.account_id].stop = hold
    for bill in late:
        found[bill.account_id].bills.append((bill, disputes.get(bill.pk)))
    _promises(found, ids, day)
    return dict(found)


def _promises(found, ids, day):
    rows = PaymentPromise.objects.filter(account__in=ids, state=PaymentPromise.State.OPEN).prefetch_related("parts")
    for promise in rows:
        first = min(part.due_on for part in promise.parts.all() if part.kept_at is None)
        found[promise.account_id].promise, found[promise.account_id].due_in = promise, (first - day).days


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
    rows = Exemption.objects.filter(
        line__customer=customer, state__in=(Exemption.State.ASKED, Exemption.State.APPROVED)
    )
    return list(rows.select_related("line").order_by("pk"))
