"""When a customer who was not reached is tried again: pure functions of the branch's rules and what was tried."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from work.models import FollowUpRules
from work.models.states import Outcome

DAY = timedelta(days=1)
FURTHEST = 15  # days ahead that are searched for one on which somebody works
DAYTIME = (time(8, 30), time(20))  # nobody is called outside of it unless they asked to be


def next_try(
    rules: FollowUpRules,
    tried: list[datetime],
    outcome: str,
    *,
    zone: ZoneInfo,
    hours: tuple = (None, None),
    works: Callable[[date], bool] = lambda day: True,
) -> datetime | None:
    """The moment of the next try after the failed ones of `tried`, the last of which ended in `outcome`.

    Given up (None) after `most_tries` on at least `least_days` days. The second try comes after a pause, the later ones
    on another day at another time of day; where that would leave too few tries for the days, the other day comes first.
    `works` says on which days somebody is there to call.
    """
    local = [at.astimezone(zone) for at in tried]
    days = {at.date() for at in local}
    if len(tried) >= rules.most_tries and len(days) >= rules.least_days:
        return None
    opens, closes = (hours[0] or DAYTIME[0]), (hours[1] or DAYTIME[1])
    pause = timedelta(minutes=rules.busy_pause if outcome == Outcome.BUSY else rules.first_pause)
    soon = max(local[-1] + pause, datetime.combine(local[-1].date(), opens, zone))
    spare = rules.most_tries - len(tried) > rules.least_days - len(days)
    if len(tried) == 1 and spare and soon.date() == local[-1].date() and soon.time() <= closes:
        return soon
    ahead = (local[-1].date() + n * DAY for n in range(1, FURTHEST))
    day = next((day for day in ahead if works(day)), local[-1].date() + DAY)
    return datetime.combine(day, _another_time(rules.times, local, opens, closes), zone)


def _another_time(times, tried, opens, closes):
    """The time of day within the hours that lies farthest from all that were tried."""
    fitting = [one for one in times if opens <= one <= closes] or [opens]
    return max(fitting, key=lambda one: min(abs(_minutes(one) - _minutes(at.time())) for at in tried))


def _minutes(moment):
    return moment.hour * 60 + moment.minute
