"""Numbers of cancelled lines: kept for their owner, given back, or free again (domain 2.1 no. 9, 4.3)."""

from datetime import datetime, timedelta

from billing.dunning.days import day_in
from billing.models import DunningRules, FrozenNumber, ServiceRequest
from customers.models import Line


def freeze(request: ServiceRequest, at: datetime):
    """The number of the line that was cancelled at `at` is kept for so many days; once."""
    line, rules = request.line, DunningRules.of(request.branch_id)
    until = day_in(request.branch, at) + timedelta(days=rules.freeze_days)
    FrozenNumber.objects.get_or_create(
        line=line,
        reclaimed_at=None,
        released_at=None,
        defaults={
            "branch_id": request.branch_id,
            "account_id": request.account_id,
            "number": str(line),
            "since": at,
            "until": until,
        },
    )


def give_back(line: Line, at: datetime):
    """The line is in service again, so its number is not kept any more."""
    FrozenNumber.objects.kept().filter(line=line).update(reclaimed_at=at)
