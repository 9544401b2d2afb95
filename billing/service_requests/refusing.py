"""What cannot be asked for, in the reader's words (A25, domain 4.3, 2.1 nos. 9, 14 and 28)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.dunning.days import day_in
from billing.models import DunningRules, Reminder, ServiceRequest
from billing.standing import in_arrears
from customers.models import Line, Plan

Action, Origin, Status = ServiceRequest.Action, ServiceRequest.Origin, Line.Status
SUSPENDED = (Status.SUSPENDED_ONE_WAY, Status.SUSPENDED_TWO_WAY)
FROM = {  # the states of a line in which each thing makes sense
    Action.SUSPEND_ONE_WAY: (Status.ACTIVE,),
    Action.SUSPEND_TWO_WAY: (Status.ACTIVE, Status.SUSPENDED_ONE_WAY),
    Action.CANCEL: (Status.ACTIVE, Status.VOLUNTARY_HOLD, *SUSPENDED),
    Action.RESTORE: (*SUSPENDED, Status.VOLUNTARY_HOLD),
    Action.CHANGE_PLAN: (Status.ACTIVE, Status.VOLUNTARY_HOLD, *SUSPENDED),
    Action.HOLD: (Status.ACTIVE,),
    Action.RECLAIM: (Status.OFF_NET,),
}


def refuse_impossible(wish: ServiceRequest, at: datetime):
    """ValidationError, its code the rule's name, where `wish` (not saved yet; its line locked) cannot be asked for."""
    if wish.line.customer_id != wish.account.customer_id:
        raise ValidationError(_("This account does not pay for this line."), code="account")
    if wish.origin == Origin.STAFF and not wish.reason:
        raise ValidationError({"reason": _("Say why.")}, code="reason")
    _refuse_second(wish)
    _refuse_state(wish)
    if wish.action in ServiceRequest.STOPS:
        _refuse_stop(wish, at)
    elif wish.action == Action.CHANGE_PLAN:
        _refuse_plan(wish)
    elif wish.action == Action.RECLAIM:
        _refuse_reclaim(wish, day_in(wish.branch, at))


def _refuse_second(wish):
    if wish.line.service_requests.unanswered().filter(action=wish.action).exists():
        raise ValidationError(_("The billing system was asked for this already."), code="open")


def _refuse_state(wish):
    """A restoration may wait behind a stop that the billing system is carrying out."""
    if wish.line.status in FROM[wish.action]:
        return
    under_way = wish.line.service_requests.filter(state=ServiceRequest.State.ACCEPTED, action__in=ServiceRequest.STOPS)
    if wish.action == Action.RESTORE and wish.line.status != Status.OFF_NET and under_way.exists():
        return
    words = {"action": wish.get_action_display(), "state": wish.line.get_status_display()}
    raise ValidationError(_("“%(action)s” cannot be asked for: the line is “%(state)s”.") % words, code="state")


def _refuse_stop(wish, at):
    if wish.origin == Origin.PAID:
        raise ValidationError(_("A payment stops no line."), code="origin")
    if wish.origin != Origin.ARREARS:
        return
    if wish.line.exemptions.standing(day_in(wish.branch, at)).exists():
        raise ValidationError(_("This line is never stopped for arrears."), code="exempt")
    if wish.action == Action.CANCEL and wish.line.status not in SUSPENDED:
        raise ValidationError(_("Only a line that is suspended is cancelled for arrears."), code="state")
    _refuse_unreminded(wish, at)


def _refuse_unreminded(wish, at):
    rules = DunningRules.of(wish.branch_id)
    hours = rules.cancel_hours if wish.action == Action.CANCEL else rules.reminded_hours
    told, case = wish.reminder, wish.case
    fits = told and case and told.account_id == wish.account_id and told.step.case_id == case.pk
    if not fits or told.at > min(at, timezone.now()) - timedelta(hours=hours):
        words = _("No reminder was recorded at least %(hours)s hours before.")
        raise ValidationError(words % {"hours": hours}, code="not_reminded")
    owed = wish.account.bills.dunned(day_in(wish.branch, at)).aggregate(since=Min("due_on"))
    if owed["since"] is None or not Reminder.objects.naming(owed["since"]).filter(pk=told.pk).exists():
        raise ValidationError(_("The reminder was of another debt than the one that is left."), code="not_reminded")


def _refuse_plan(wish):
    code = wish.details.get("plan", "")
    sold = Plan.objects.filter(branch=wish.branch_id, code=code, kind=wish.line.kind, stage=Plan.Stage.ON_SALE)
    if not code or not sold.exists():
        raise ValidationError({"plan": _("This plan is not for this line.")}, code="plan")


def _refuse_reclaim(wish, day):
    kept = wish.line.frozen_numbers.kept().select_for_update(of=("self",)).first()
    if kept is None or kept.until < day:
        raise ValidationError(_("This number is not kept for its owner any more."), code="released")
    if in_arrears(wish.account.customer, day):
        raise ValidationError(_("First what is overdue has to be paid."), code="arrears")
