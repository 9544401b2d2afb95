"""Asking the billing system to stop the lines of an account: never unreminded, never exempt lines, not around days off
for those who are looked after (A25, domain 4.3).
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from billing.dunning import tries
from billing.dunning.announcing import announced
from billing.dunning.days_off import no_stop_until
from billing.dunning.fates import Done, LeftOut, Waits
from billing.dunning.stages import begin_of
from billing.dunning.standing import Standing
from billing.models import CaseStep, DunningRules, Exemption, ServiceRequest
from billing.service_requests import asking
from billing.service_requests.lines import lines_of
from customers.models import Line

PAUSE = timedelta(hours=1)  # after which a reminder that is not on record yet is looked for again
SLACK = timedelta(minutes=1)  # by which clocks may differ
Action, Status = ServiceRequest.Action, Line.Status
STOPPABLE = {
    Action.SUSPEND_ONE_WAY: [Status.ACTIVE],
    Action.SUSPEND_TWO_WAY: [Status.ACTIVE, Status.SUSPENDED_ONE_WAY],
    Action.CANCEL: [Status.SUSPENDED_ONE_WAY, Status.SUSPENDED_TWO_WAY],
}


def stop(one: CaseStep, standing: Standing, at: datetime):
    """Carry the step out: each line that may be stopped is asked for; taken again, what it asked in vain. The caller
    holds the account.
    """
    rules, reminder = DunningRules.of(one.case.branch_id), announced(one, standing.since)
    if reminder is None:
        return Waits("reminder", at + PAUSE)
    hours = rules.cancel_hours if one.step.action == Action.CANCEL else rules.reminded_hours
    if (told_long_ago := reminder.at + timedelta(hours=hours) + SLACK) > at:
        return Waits("reminder", told_long_ago)
    if (stop_on := reminder.step.stop_on) and stop_on > standing.day:
        return Waits("announced", begin_of(one.case, stop_on))
    if until := no_stop_until(one.case.account.customer, rules, at):
        return Waits("day_off", until)
    lines = lines_of(one.case.account).filter(status__in=STOPPABLE[one.step.action])
    exempt = Exemption.objects.standing(standing.day).filter(line__in=lines)
    asked = [line for line in lines.exclude(exemptions__in=exempt) if _ask(one, line, reminder, rules, at)]
    return Done() if asked else LeftOut("exempt" if exempt.exists() else "no_line")


def _ask(one, line, reminder, rules, at):
    """Whether the billing system knows of it now; a line that somebody else is changing at this moment is left."""
    before = tries.asked_by(one, line)
    if tries.let_be(before, rules):
        return False
    wish = {"origin": ServiceRequest.Origin.ARREARS, "case": one.case, "reminder": reminder, "at": at}
    try:
        with transaction.atomic():
            asking.ask(one.case.account, line, one.step.action, key=tries.key(one, line, before.count()), **wish)
    except ValidationError as refusal:
        return refusal.code == "open"
    return True
