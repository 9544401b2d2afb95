"""The clockwork of dunning."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from billing.dunning import (  # noqa: F401  some declare their own jobs
    at_once,
    bringing_in,
    carrying_out,
    comparing,
    counting,
    foreseeing,
    low_balance,
    planning,
    recording,
    tidying,
)
from jobs import clock
from jobs.registry import job
from jobs.schedule import Daily, Every


@job(
    "billing.dun",
    title=_("Plan dunning"),
    about=_("Opens a case for each account that is overdue, and plans the steps whose day has come."),
    schedule=Daily("05:30"),
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={"opened": _("Cases opened"), "planned": _("Steps planned")},
)
def dun(run):
    """The next range of accounts."""
    found = planning.plan_some(run.cursor.get("after", 0), clock.now())
    if found.accounts_upto is None:
        return False
    run.cursor = {"after": found.accounts_upto}
    run.count(found.opened + found.steps, opened=found.opened, planned=found.steps)
    return True


@job(
    "billing.dunning_steps",
    title=_("Carry out steps of dunning"),
    about=_("Writes to customers, gives tasks to people, and asks the billing system to stop lines, as planned."),
    schedule=Every(minutes=1),
    lease=timedelta(minutes=5),
    counts={"steps": _("Steps looked at")},
)
def carry_out(run):
    looked = carrying_out.carry_out(clock.now())
    run.count(looked, steps=looked)
    return looked > 0


@job(
    "billing.dunning_reminders",
    title=_("Put reminders on record"),
    about=_("A message counts once the gateway has taken it; whoever none reaches is called."),
    schedule=Every(minutes=1),
    lease=timedelta(minutes=5),
    counts={"recorded": _("Reminders on record"), "lost": _("Messages made up for"), "cancelled": _("Cancelled")},
)
def record(run):
    at = clock.now()
    cancelled, (last, lost) = tidying.cancel_settled(), recording.make_up(run.cursor.get("after", 0), at)
    recorded = recording.record_taken(at) + recording.record_called(at)
    run.cursor = {"after": last or 0}
    run.count(recorded, recorded=recorded, lost=lost, cancelled=cancelled)
    return bool(last or recorded or cancelled)


@job(
    "billing.low_balance",
    title=_("Tell of a low balance"),
    about=_("Mobile customers with nothing overdue whose balance is low hear of it, once a month."),
    schedule=Daily("09:10"),
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={"told": _("Customers told")},
)
def tell_of_low_balance(run):
    last, told = low_balance.tell_some(run.cursor.get("after", 0), clock.now())
    run.cursor = {"after": last}
    run.count(told, told=told)
    return last is not None
