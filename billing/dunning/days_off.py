"""VIP and locked customers are not stopped from the eve of a day off until the next workday opens (domain 4.3)."""

from datetime import datetime, time, timedelta

from billing.models import DunningRules
from customers.models import Customer, Tier
from staff.calendar import NeverOpenError, WorkingTime
from staff.unit_calendar import calendar_of

DAY = timedelta(days=1)


def no_stop_until(customer: Customer, rules: DunningRules, at: datetime) -> datetime | None:
    """When they may be stopped again; None: now."""
    if not customer.locked_high_value and customer.tier.mark == Tier.Mark.NONE:
        return None
    return reopens(calendar_of(customer.unit), rules.eve_from, at)


def reopens(hours: WorkingTime, eve_from: time, at: datetime) -> datetime | None:
    """Around days off, when the next workday opens; None on a workday."""
    local = at.astimezone(hours.zone)
    yesterday, today, tomorrow = (bool(hours.windows_on(local.date() + n * DAY)) for n in (-1, 0, 1))
    midnight = datetime.combine(local.date(), time.min, hours.zone)
    try:
        if today and not tomorrow and local.time() >= eve_from:
            return hours.next_open(midnight + DAY)
        opens = hours.next_open(midnight)
    except NeverOpenError:
        return at + DAY
    return opens if not today or (not yesterday and at < opens) else None
