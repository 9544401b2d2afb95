"""What was done in one case, why something was not, and what comes next. Seven queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from billing import money
from billing.dunning import words
from billing.dunning.fates import text
from billing.dunning.offered import templates_of
from billing.dunning.soundness import rung_of
from billing.models import CaseStep, DunningCase, Hold, PaymentPromise, Reminder, ServiceRequest, Waiver
from customers.masking import Shown

STATES = {CaseStep.State.PLANNED: "info", CaseStep.State.DONE: "ok", CaseStep.State.LEFT_OUT: "warn"}


@dataclass(frozen=True)
class Line:
    """One step of the ladder, `kept` once it was planned, `reminder` once one is on record for it. What was announced
    again, of another debt, has a line for each time.
    """

    n: int
    what: str
    when: str
    kept: CaseStep | None
    reminder: Reminder | None
    on: date | None  # when it comes
    sum: str
    why: str  # it waits, or was left out
    tone: str


@dataclass(frozen=True)
class Request:
    asked: ServiceRequest
    number: str
    is_late: bool


@dataclass(frozen=True)
class Chronicle:
    lines: list[Line]
    requests: list[Request]
    promises: list[PaymentPromise]
    holds: list[Hold]
    waivers: list[Waiver]  # of the late fee, since the case began


def chronicle(case: DunningCase, user, at: datetime) -> Chronicle:
    """Of a case with its account, customer and version at hand, as `user` may see it."""
    shown = Shown(case.account.customer, user)
    return Chronicle(
        lines=_lines(case),
        requests=[
            Request(one, shown.number(one.line.number), bool(one.due_at and one.due_at < (one.ended_at or at)))
            for one in case.service_requests.select_related("line").order_by("-pk")
        ],
        promises=list(case.payment_promises.prefetch_related("parts").select_related("made_by").order_by("-pk")),
        holds=list(_holds(case)),
        waivers=list(
            case.account.waivers.filter(asked_at__gte=case.opened_at).select_related("asked_by").order_by("-pk")
        ),
    )


def _lines(case):
    kept = defaultdict(list)
    for one in case.steps.select_related("message", "follow_up").order_by("again"):
        kept[one.step_id].append(one)
    reminders = {one.step_id: one for one in Reminder.objects.filter(step__case=case)}
    templates = templates_of(case.branch_id)
    for step in case.version.steps.order_by("n"):
        for one in kept.get(step.pk, [None]):
            yield _line(case, step, one, reminders, templates)


def _line(case, step, kept, reminders, templates):
    rung = rung_of(step)
    return Line(
        n=step.n,
        what=words.what(rung, templates),
        when=words.when(rung),
        kept=kept,
        reminder=reminders.get(kept.pk) if kept else None,
        on=case.next_on if not kept and case.next_step_id == step.pk else None,
        sum=money.said(kept.sum, case.account.currency) if kept and kept.sum is not None else "",
        why=text(kept.reason or kept.waits_for) if kept and (kept.reason or kept.waits_for) else "",
        tone=STATES[kept.state] if kept else "plain",
    )


def _holds(case):
    """Of the account, since the case began."""
    rows = Hold.objects.filter(account=case.account_id, at__gte=case.opened_at) | Hold.objects.filter(
        account=case.account_id, ended_at=None
    )
    return rows.select_related("bill", "by").order_by("-pk")
