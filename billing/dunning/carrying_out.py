"""Carrying out what is planned: the account is held and looked at again, then its step is done, waits, or is left out.

Locks are taken in the order account, requests, lines, case; an account that somebody books on at this moment is taken
up again a minute later.
"""

from datetime import datetime, timedelta

from django.db import transaction

from audit.trail import record
from billing.dunning import calling, reviewing, stages, suspending, telling
from billing.dunning.fates import LeftOut, Waits
from billing.dunning.standing import standings
from billing.models import Account, CaseStep, ScenarioStep

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


@transaction.atomic
def carry_out(at: datetime) -> int:
    """Look at up to BATCH planned steps whose time has come; how many were looked at."""
    due = CaseStep.objects.filter(state=CaseStep.State.PLANNED, look_at__lte=at)
    accounts = [account for (account,) in due.order_by("look_at").values_list("case__account")[:BATCH]]
    free = Account.objects.filter(pk__in=accounts).order_by("pk")
    free = free.select_for_update(of=("self",), no_key=True, skip_locked=True)
    held = list(free.values_list("pk", flat=True))
    if held:
        reviewing.review(held, at)
        _look_at(due.filter(case__account__in=held), at)
    return len(held)


def _look_at(due, at):
    """One after the other; the caller holds their accounts."""
    rows = list(due.select_for_update(of=("self",)).select_related(*WITH_IT).order_by("case__account", "pk"))
    standing = standings({one.case.account_id for one in rows}, at)
    for one in rows:
        _keep(one, _fate(one, standing[one.case.account_id], at), standing[one.case.account_id], at)


def _fate(one, standing, at):
    if one.case.ended_for:  # it ended while the step was being planned
        return LeftOut(one.case.ended_for, ends=True)
    if standing.left:
        return LeftOut("left", ends=True)
    if standing.held:
        return Waits(standing.held, at + HELD)
    if one.step.when == ScenarioStep.When.CREDIT_USED_UP and one.case.account.available > 0:
        return Waits("credit", at + DAY)
    return DO[one.step.action](one, standing, at)


def _keep(one, fate, standing, at):
    if isinstance(fate, Waits):
        _write(one, waits_for=fate.reason, look_at=fate.until)
    elif isinstance(fate, LeftOut):
        _write(one, state=CaseStep.State.LEFT_OUT, reason=fate.reason, waits_for="", look_at=None)
        _go_on(one, at, reached=False, ends=fate.ends)
    else:
        kept = {"message": fate.message, "follow_up": fate.follow_up, "stop_on": one.stop_on, "sum": standing.sum}
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
    else:
        stages.go_on(one.case, one.step, at, reached=reached)
