"""How dunning stands for each account of a customer, for the panel: the case, what was sent, what is agreed.

One query for each thing that there is, whatever the number of accounts; none where the accounts say that there is none.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from billing.dunning import disputing, exempting, stopping
from billing.dunning.promises import limits, making
from billing.models import (
    Account,
    Bill,
    CaseStep,
    DunningCase,
    Exemption,
    Hold,
    PaymentPromise,
    PromisePart,
    Stage,
    Waiver,
)  # fmt: skip
from billing.models.waivers import ASK as WAIVE
from customers.masking import reaches
from customers.models import Customer
from staff.models import User

DONE = CaseStep.objects.filter(case=OuterRef("pk"), state=CaseStep.State.DONE).order_by("-done_at", "-pk")
STANDING = Exemption.objects.filter(state__in=(Exemption.State.ASKED, Exemption.State.APPROVED))
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
    waiver: Waiver | None = None  # of its late fee, that waits for approval
    bills: list[tuple[Bill, Hold | None]] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether something is overdue that is not disputed."""
        return any(dispute is None for _bill, dispute in self.bills)


def with_agreements(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Each says whether it has a case, a hold, an open promise, a waiver that waits; its customer, an exempt line."""
    of = {"account": OuterRef("pk")}
    return accounts.annotate(
        has_case=Exists(DunningCase.objects.open().filter(**of)),
        has_hold=Exists(Hold.objects.filter(ended_at=None, **of)),
        has_promise=Exists(PaymentPromise.objects.filter(state=PaymentPromise.State.OPEN, **of)),
        has_waiver=Exists(Waiver.objects.waiting().filter(**of)),
        has_exempt=Exists(STANDING.filter(line__customer=OuterRef("customer"))),
    )


def dunned(late: list[tuple[Account, list[Bill]]], day: date) -> dict[int, Dunned]:
    """By account (id), those with something to say. `late`: (account of `with_agreements`, what of it is overdue)."""
    found = defaultdict(Dunned)
    in_case = [one.pk for one, _bills in late if one.has_case]
    cases = DunningCase.objects.open().filter(account__in=in_case).select_related("next_step")
    stages, moments = (ArraySubquery(DONE.values(name)[:AT_FIRST]) for name in ("step__stage", "done_at"))
    for case in cases.annotate(stages=stages, moments=moments):
        one = found[case.account_id]
        one.case, one.days = case, (day - case.since).days
        one.done = [(Stage(stage).label, at) for stage, at in zip(case.stages, case.moments, strict=True)]
    disputes = {}
    for hold in Hold.objects.filter(account__in=[one.pk for one, _bills in late if one.has_hold], ended_at=None):
        if hold.kind == Hold.Kind.DISPUTE:
            disputes[hold.bill_id] = hold
        else:
            found[hold.account_id].stop = hold
    for account, bills in late:
        if bills:
            found[account.pk].bills = [(bill, disputes.get(bill.pk)) for bill in bills]
    for waiver in Waiver.objects.waiting().filter(account__in=[one.pk for one, _bills in late if one.has_waiver]):
        found[waiver.account_id].waiver = waiver
    _promises(found, [one.pk for one, _bills in late if one.has_promise], day)
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
    waive: bool


def may(customer: Customer, user: User) -> May:
    promises, duns = reaches(user, making.RIGHT, customer), reaches(user, stopping.RIGHT, customer)
    return May(
        promise=promises and limits.promises_to(customer, user),
        dispute=reaches(user, disputing.BEGIN, customer),
        settle=duns,
        stop=duns,
        exempt=reaches(user, exempting.ASK, customer),
        waive=reaches(user, WAIVE, customer),
    )


def exemptions(customer: Customer) -> list[Exemption]:
    """Lines of the customer that are never stopped, or that were asked for."""
    return list(STANDING.filter(line__customer=customer).select_related("line").order_by("pk"))
