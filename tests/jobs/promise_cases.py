"""Cases of the jobs that end promises, disputes, stops and exemptions."""

from datetime import timedelta

from django.utils import timezone

from billing.models import Exemption, Hold, PaymentPromise
from tests import make, money


def promises():
    """More than a batch of promises: most are late, some were paid, one has time left."""
    day = timezone.localdate()
    hall = make.unit("hall", make.unit("department"))
    customer, clerk = make.customer(hall), make.user("clerk", hall)
    for n in range(210):
        account = money.account(customer)
        due = day + timedelta(1 if n == 0 else -1)
        said = {"key": f"p{n}", "made_by": clerk, "made_at": timezone.now() - timedelta(days=5), "next_on": due}
        made = PaymentPromise.objects.create(branch=hall.home, account=account, **said)
        made.parts.create(n=1, due_on=due, amount="10.00")
        if n:
            money.bill(account, "10.00", issued_on=day - timedelta(30), due_on=day - timedelta(9))
        if n % 10 == 1:
            money.payment(account, "10.00")

    def state():
        return sorted(PaymentPromise.objects.values_list("key", "state"))

    return {}, state


def holds():
    """More than a batch of stops, some of them not over; and exempt lines."""
    day = timezone.localdate()
    hall = make.unit("hall", make.unit("department"))
    customer, clerk, head = make.customer(hall), make.user("clerk", hall), make.user("department_head", hall)
    said = {"branch": hall.home, "kind": "manual", "reason": "x"}
    for n in range(210):
        until = day + timedelta(days=-1 if n % 7 else 1)
        Hold.objects.create(account=money.account(customer), key=f"h{n}", until=until, **said)
    decided = {"asked_by": clerk, "decided_by": head, "decided_at": timezone.now(), "state": "approved"}
    for n in range(3):
        until = day - timedelta(days=n)
        Exemption.objects.create(
            branch=hall.home, line=make.line(customer), kind="police", reason="x", until=until, **decided
        )

    def state():
        ended = sorted(Hold.objects.exclude(ended_at=None).values_list("key", flat=True))
        return ended, sorted(Exemption.objects.values_list("until", "state"))

    return {}, state


CASES = {"billing.promises": promises, "billing.holds": holds}
