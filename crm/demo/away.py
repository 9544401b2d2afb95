"""Who is away in the demo branch: colleagues for whom the demo logins stand in, so that their inboxes ring."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from staff.models import Absence
from staff.rights import Role

DAY = timedelta(days=1)


def plant(org, now):
    """A key account manager is ill since yesterday, a clerk has leave next week."""
    today = datetime.combine(now.astimezone(ZoneInfo(org.branch.time_zone)), time.min, ZoneInfo(org.branch.time_zone))
    head = org.people[Role.BRANCH_HEAD][0]
    for role, kind, begins, days in [(Role.VIP_MANAGER, "sick", -1, 4), (Role.CLERK, "leave", 6, 7)]:
        deputy, user = org.people[role][:2]
        starts = today + begins * DAY
        Absence.enter(by=head, user=user, deputy=deputy, kind=kind, starts=starts, ends=starts + days * DAY, at=now)
