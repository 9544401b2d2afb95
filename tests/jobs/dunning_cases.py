"""Cases of the jobs of dunning and of requests to the billing system; see `tests.jobs.cases`."""

from datetime import timedelta

from django.utils import timezone

from billing.models import FrozenNumber, ServiceRequest
from tests import dunning, make, money
from tests.jobs.cases import case
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
