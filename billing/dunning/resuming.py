"""A case goes on once nothing keeps dunning from the account any more."""

from datetime import datetime

from billing.dunning.days import day_in
from billing.models import Account, CaseStep, DunningCase


def go_on(account: Account, at: datetime, *, at_once=False):
    """The next step of the open case comes today at the earliest; `at_once`: today, whenever it was meant for.

    What is planned already is looked at again now. The caller holds the account.
    """
    day = day_in(account.branch, at)
    cases = DunningCase.objects.open().filter(account=account, next_on__isnull=False)
    (cases.exclude(next_on=day) if at_once else cases.filter(next_on__lt=day)).update(next_on=day)
    planned = CaseStep.objects.filter(case__account=account, state=CaseStep.State.PLANNED)
    planned.filter(look_at__gt=at).update(look_at=at)
