"""The message of a step: what is owed, since when, how to pay, and what comes next (A25)."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import formats, translation
from django.utils.translation import pgettext

from billing import money
from billing.dunning import stages
from billing.dunning.announcing import is_named
from billing.dunning.fates import Done, LeftOut, Waits
from billing.dunning.once_a_day import has_enough
from billing.dunning.standing import Standing
from billing.models import Account, CaseStep, DunningRules, ServiceRequest
from outreach import queueing
from outreach.models import Message

WAYS = [way for way in Account.Way if way != Account.Way.OTHER]
SAYS = ("since", "bills", "stop_on", "told_on")  # what a step keeps of what its message says or means
PAUSE = timedelta(hours=1)  # after which a text that could not be written is tried again
DAY = timedelta(days=1)


def tell(one: CaseStep, standing: Standing, at: datetime):
    """Carry the step out: its message is in the outbox, or it waits until somebody has mended its template, or until
    the next day where the customer was written to on this one. What was announced already is not announced again.
    """
    if is_named(one, standing.since):
        return LeftOut("named")
    if has_enough(one, standing.day):
        return Waits("told_today", stages.begin_of(one.case, standing.day + DAY))
    try:
        return Done(message=write(one, standing))
    except ValidationError:
        return Waits("no_text", at + PAUSE)


def write(one: CaseStep, standing: Standing) -> Message:
    """The message of a step, in the outbox; written anew it is another one. The caller holds the account, and keeps
    the step with what it says or means (SAYS).

    ValidationError where the branch has no such text.
    """
    one.since, one.bills = standing.since, standing.bills
    one.stop_on, one.told_on = _stop_on(one, standing), standing.day
    customer = one.case.account.customer
    written = Message.objects.filter(about_type=one._meta.label_lower, about_id=one.pk).count()
    key = f"dunning:{one.pk}:{written}"
    with translation.override(customer.language):
        values = _values(one, standing)
    return queueing.queue(customer, one.step.template, key=key, about=one, **values)


def _values(one, standing):
    values = {
        "amount": money.said(standing.sum, one.case.account.currency),
        "due_on": _said(standing.since),
        "days": (standing.day - standing.since).days,
        "ways": ways(),
    }
    return values | {"stop_on": _said(one.stop_on)} if one.stop_on else values


def ways() -> str:
    """How one pays, in the language in force."""
    return pgettext("between items of a list", ", ").join(str(way.label) for way in WAYS)


def _stop_on(one, standing) -> date | None:
    """The first day on which what the step announces may come: the next stop that is not done."""
    day, done = standing.day, one.case.steps.filter(state=CaseStep.State.DONE)
    stops = stages.after(one.step).filter(action__in=ServiceRequest.STOPS)
    stop = stops.exclude(pk__in=done.values("step")).first()
    on = stop and stages.comes_on(one.case, stop, day, standing.since)
    if on is None:
        return None
    rules = DunningRules.of(one.case.branch_id)
    hours = rules.cancel_hours if stop.action == ServiceRequest.Action.CANCEL else rules.reminded_hours
    return max(on, day + DAY + timedelta(hours=hours))


def _said(day):
    return formats.date_format(day, "MONTH_DAY_FORMAT")
