"""Cases of the jobs of dunning and of requests to the billing system; see `tests.jobs.case`."""

from datetime import timedelta

from django.utils import timezone

from billing.dunning.brought import SUMS
from billing.models import BroughtIn, CaseCount, FrozenNumber, KeptSums, ServiceRequest
from tests import dunning, make, money
from tests.jobs.case import case
from work.models import Notice


@case("billing.restorations")
def restorations():
    """More than a batch of restorations that are late by hours, days or not at all, and of stops without an answer."""
    hall, now = make.unit("hall"), timezone.now()
    make.user("dunning_clerk", hall.home)
    account = money.account(make.customer(hall))
    for n in range(230):
        asked, action = now - timedelta(hours=(0, 3, 30, 60)[n % 4]), "restore" if n % 2 else "hold"
        clock = {"due_at": asked + timedelta(hours=1), "late_at": asked + timedelta(hours=24)}
        clock |= {"law_at": asked + timedelta(hours=48)}
        fields = {"asked_at": asked, "origin": "customer"} | (clock if action == "restore" else {})
        dunning.request(account, action=action, **fields)

    def state():
        told = ServiceRequest.objects.order_by("pk").values_list("told", flat=True)
        return list(told), Notice.objects.filter(kind__startswith="restore.").count()

    return {}, state


@case("billing.release_numbers")
def release_numbers():
    """More than a batch of numbers whose time is over, and one whose time is not."""
    hall, today = make.unit("hall"), timezone.localdate()
    account = money.account(make.customer(hall))
    for n in range(70):
        line = make.line(account.customer, status="off_net")
        make.identifier(account.customer, line.number, kind="service", line=line)
        until = today + timedelta(days=1 if n == 7 else -1)
        FrozenNumber.objects.create(branch=hall.home, account=account, line=line, number=line.number, until=until)

    def state():
        held = account.customer.identifiers.filter(valid_to=None).count()
        return FrozenNumber.objects.kept().count(), held

    return {}, state


def dunned():
    """Cases of two branches, in two units, with steps done weeks ago and yesterday, and what came in on some."""
    branches = [make.branch() for _ in range(2)]
    for branch in branches:
        halls = [make.unit("hall", branch) for _ in range(2)]
        for n in range(6):
            account = dunning.overdue(40, customer=make.customer(halls[n % 2]))
            one = dunning.case(account, state="notice_1" if n % 3 else "overdue")
            for step, days in enumerate((35, 1), start=1):
                done_at = timezone.now() - timedelta(days=days)
                dunning.step(one, step, state="done", done_at=done_at, sum=account.owed)
            if n < 3:
                money.payment(account, "9.00", at=timezone.now() - timedelta(days=34 * n % 40))
    return branches


@case("billing.dunning_figures")
def dunning_figures():
    dunned()

    def state():
        rows = CaseCount.objects.order_by("branch", "unit", "state")
        counted = KeptSums.objects.filter(cases_at__isnull=False).count()
        return counted, list(rows.values_list("state", "currency", "cases", "promised", "overdue"))

    return {}, state


@case("billing.recovery")
def recovery():
    dunned()

    def state():
        rows = BroughtIn.objects.order_by("branch", "unit", "step__n", "day", "after")
        counted = KeptSums.objects.filter(brought_at__isnull=False, checked_on__isnull=False).count()
        return counted, list(rows.values_list("step__n", "day", "after", *SUMS))

    return {}, state
