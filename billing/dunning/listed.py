"""A row of the list of cases, ready to be drawn, as the reader may see it. Four queries for a page."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import ngettext

from billing import money
from billing.dunning import words
from billing.dunning.fates import text
from billing.dunning.standing import Standing, standings
from billing.models import CaseStep, Stage
from customers.masking import Shown

TONES = {Stage.OVERDUE: "info", Stage.NOTICE_1: "info", Stage.NOTICE_2: "info", Stage.PRE_SUSPENSION: "warn"}


@dataclass(frozen=True)
class Line:
    url: str
    customer: str
    customer_url: str
    mark: str  # of the tier, HTML
    unit: str
    stage: str
    tone: str
    owed: str  # overdue and undisputed now
    days: int
    next: str  # the step that comes
    next_on: date | None
    waits: str  # why it has not come yet

    @property
    def overdue(self) -> str:
        return ngettext("%(n)s day", "%(n)s days", self.days) % {"n": localize(self.days)}


def lines_of(cases, user, marks, at: datetime) -> list[Line]:
    """Of cases with their account's customer, its tier and unit, and `next_step` at hand."""
    standing = standings([case.account_id for case in cases], at)
    steps = CaseStep.objects.filter(case__in=cases, state=CaseStep.State.PLANNED).exclude(waits_for="")
    waiting = dict(steps.values_list("case", "waits_for"))
    return [_line(case, standing[case.account_id], waiting.get(case.pk), user, marks) for case in cases]


def _line(case, standing: Standing, waits, user, marks):
    shown, customer = Shown(case.account.customer, user), case.account.customer
    return Line(
        url=reverse("dunning-case", args=[case.pk]),
        customer=shown.title,
        customer_url=reverse("customer", args=[customer.pk]),
        mark=marks[customer.tier],
        unit=str(customer.unit),
        stage=case.get_state_display(),
        tone=TONES.get(case.state, "bad"),
        owed=money.said(standing.sum or Decimal(0), case.account.currency),
        days=(standing.day - (standing.since or case.since)).days,
        next=str(words.ACTIONS[case.next_step.action]) if case.next_step else "",
        next_on=case.next_on,
        waits=text(standing.held or waits) if standing.held or waits else "",
    )
