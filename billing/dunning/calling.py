"""The task of a step: a person speaks with the customer (A25; a VIP hears from their manager first, domain 4.3)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from billing import money
from billing.dunning.fates import Done
from billing.dunning.standing import Standing
from billing.models import CaseStep, ScenarioStep
from staff.calendar import NeverOpenError
from staff.models import Unit
from staff.unit_calendar import calendar_of
from work import owing
from work.models import FollowUp
from work.models.states import Kind, Origin

WORKDAY = timedelta(hours=8)  # of open time in which the call is made


def assign(one: CaseStep, standing: Standing, at: datetime) -> Done:
    """Carry the step out: its task is somebody's."""
    said = _("Ask for payment: %(sum)s, overdue for %(days)s days")
    return Done(follow_up=_owe(one, said % _facts(one, standing), f"dunning:{one.pk}", at, one.step.doer))


def call_instead(one: CaseStep, standing: Standing, at: datetime) -> FollowUp:
    """No message reaches the customer: somebody calls them. Twice is once; the caller holds the account."""
    said = _("No message reached them. Remind of %(sum)s, overdue for %(days)s days")
    return _owe(one, said % _facts(one, standing), f"dunning-call:{one.pk}", at, ScenarioStep.Doer.MANAGER)


def _facts(one, standing):
    return {
        "sum": money.said(standing.sum, one.case.account.currency),
        "days": (standing.day - standing.since).days,
    }


def _owe(one, said, key, at, doer):
    customer, (due_at, late_at) = one.case.account.customer, times(one.case.account.customer.unit, at)
    manager = customer.manager if doer == ScenarioStep.Doer.MANAGER else None
    return owing.owe(
        customer,
        Kind.PROACTIVE,  # no callback: those of a customer are merged, and put off for days
        said,
        key=key,
        due_at=due_at,
        late_at=late_at,
        by=None,
        owner=manager if manager and owing.follows_up(manager, customer.branch_id) else None,
        unit=customer.unit,
        about=one,
        origin=Origin.RULE,
    )


def times(unit: Unit, at: datetime) -> tuple[datetime, datetime]:
    """(due, late): when the unit opens next, and a working day later."""
    hours = calendar_of(unit)
    try:
        due_at = hours.next_open(at)
        return due_at, hours.add(due_at, WORKDAY)
    except NeverOpenError:
        return at, at + timedelta(days=1)
