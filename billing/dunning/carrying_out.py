"""Carrying out what is planned: the account is held and looked at again, then its step is done, waits, or is left out.

Locks are taken in the order account, requests, lines, case; an account that somebody books on at this moment is taken
up again a minute later.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from audit.trail import record
from billing.dunning import calling, reviewing, stages, suspending, telling
from billing.dunning.fates import LeftOut, Waits
from billing.dunning.standing import standings
from billing.models import Account, CaseStep, ScenarioStep, ServiceRequest

BATCH = 20  # whoever pays for one of these accounts waits for all of them
HELD = timedelta(minutes=10)  # after which a step that a promise or a person holds is looked at again
DAY = timedelta(days=1)
Action = ScenarioStep.Action
WITH_IT = (
    "case__branch", "case__account__customer__unit", "case__account__customer__tier",
    "case__account__customer__manager", "step",
)  # fmt: skip
DO = {
    Action.MESSAGE: telling.tell,
    Action.TASK: calling.assign,
    Action.SUSPEND_ONE_WAY: suspending.stop,
    Action.SUSPEND_TWO_WAY: suspending.stop,
    Action.CANCEL: suspending.stop,
}


@dataclass(frozen=True)
class Looked:
    """How many accounts were held, and what became of their steps: (the step, its fate)."""

    accounts: int = 0
    steps: list = field(default_factory=list)


def carry_out(at: datetime) -> int:
    """Look at the next steps of all branches; at those of how many accounts."""
    return look_at_next(at).accounts


@transaction.atomic
def look_at_next(at: datetime, branch: int | None = None) -> Looked:
    """Look at up to BATCH planned steps whose time has come, of all branches or of one (id)."""
    due = CaseStep.objects.filter(state=CaseStep.State.PLANNED, look_at__lte=at)
    if branch is not None:
        due = due.filter(case__branch=branch)
    accounts = [account for (account,) in due.order_by("look_at").values_list("case__account")[:BATCH]]
    free = Account.objects.filter(pk__in=accounts).order_by("pk")
    free = free.select_for_update(of=("self",), no_key=True, skip_locked=True)
    held = list(free.values_list("pk", flat=True))
    if not held:
        return Looked()
    reviewing.review(held, at)
    return Looked(len(held), _look_at(due.filter(case__account__in=held), at))


def _look_at(due, at):
    """One after the other; the caller holds their accounts."""
    rows = list(due.select_for_update(of=("self",)).select_related(*WITH_IT).order_by("case__account", "pk"))
    standing = standings({one.case.account_id for one in rows}, at)
    fates = []
    for one in rows:
        fates.append((one, _fate(one, standing[one.case.account_id], at)))
        _keep(*fates[-1], standing[one.case.account_id], at)
    return fates


def _fate(one, standing, at):
    if one.case.ended_for:  # it ended while the step was being planned
        return LeftOut(one.case.ended_for, ends=True)
    if standing.left:
        return LeftOut("left", ends=True)
    if standing.held:
        return Waits(standing.held, at + HELD)
    if one.step.when == ScenarioStep.When.CREDIT_USED_UP and one.case.account.available > 0:
        return Waits("credit", at + DAY)
    if (ripe_on := _ripe_on(one.step, one.case, standing)) > standing.day:
        return Waits("younger", stages.begin_of(one.case, ripe_on))
    return DO[one.step.action](one, standing, at)


def _ripe_on(step, case, standing):
    """From when what is overdue now is old enough for it: since the case began, older bills may have been paid.

    After a broken promise the next step comes before its day; a stop never does.
    """
    counted = step.counts_from == ScenarioStep.From.DUE and (
        standing.since > case.since or step.action in ServiceRequest.STOPS
    )
    return standing.since + step.days * DAY if counted else standing.day


def _keep(one, fate, standing, at):
    if isinstance(fate, Waits):
        _write(one, waits_for=fate.reason, look_at=fate.until)
    elif isinstance(fate, LeftOut):
        _write(one, state=CaseStep.State.LEFT_OUT, reason=fate.reason, waits_for="", look_at=None)
        _go_on(one, at, reached=False, ends=fate.ends)
    else:
        said = {name: getattr(one, name) for name in telling.SAYS}
        kept = {"message": fate.message, "follow_up": fate.follow_up, "sum": standing.sum} | said
        _write(one, state=CaseStep.State.DONE, done_at=at, waits_for="", look_at=None, **kept)
        record(one.case, "dunning.step_done", by=None, action=one.step.action, sum=standing.sum)
        _go_on(one, at)


def _write(one, **columns):
    for name, value in columns.items():
        setattr(one, name, value)
    one.save(update_fields=list(columns))


def _go_on(one, at, *, reached=True, ends=False):
    if ends:
        stages.rest(one.case)
    elif reached or not one.again or one.case.next_step_id == one.step_id:  # else the case went on with the first row
        stages.go_on(one.case, one.step, at, reached=reached)
