"""Cases of the jobs about bills, accounts and tills."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from billing import ledger
from billing.models import Account, Bill, BillShock, Shift
from billing.shock import months_before
from outreach.models import Message
from tests import make, money
from tests.jobs.case import case
from work.models import FollowUp, Notice


@case("billing.left_open")
def left_open():
    """More than a batch of shifts of yesterday, and one of today."""
    hall = make.unit("hall", make.unit("department"))
    make.user("duty_manager", hall, name="manager")
    people = [make.user("clerk", hall, name=f"clerk {n:02}") for n in range(56)]
    for person in people:
        opened = timezone.now() - timedelta(days=person != people[0])
        Shift.objects.create(branch=hall.home, unit=hall, clerk=person, opened_at=opened)

    def state():
        told = Notice.objects.filter(kind="shift.left_open").values_list("user__name").annotate(n=Count("pk"))
        return sorted(told), Shift.objects.open().count()

    return {}, state


@case("billing.weigh")
def weigh():
    """More than a batch of usual bills, and one far above the months before it."""
    accounts, day = [money.account() for _ in range(3)], timezone.localdate()
    newest = months_before(day.replace(day=1), 1)
    rows = [("700.00" if n == 0 else "100.00", months_before(newest, n)) for n in range(4)]
    dates = {"issued_on": day, "due_on": day + timedelta(days=20)}
    ledger.book_bills([money.a_bill(accounts[0], amount, month=month, **dates) for amount, month in rows])
    ledger.book_bills([money.a_bill(accounts[1 + n % 2], month=newest, **dates) for n in range(1100)])

    def state():
        shocks = list(BillShock.objects.values_list("amount", "usual"))
        return shocks, Bill.objects.filter(weighed_at=None).count(), FollowUp.objects.count()

    return {}, state


@case("billing.newcomers")
def newcomers():
    """More than a batch of new customers, and one who came long ago."""
    hall, today = make.unit("hall"), timezone.localdate()
    for n in range(210):
        money.account(make.customer(hall, joined_on=today - timedelta(days=90 if n == 7 else 0)))
    return {}, lambda: (FollowUp.objects.count(), Message.objects.count())


@case("billing.verify")
def verify():
    """An account that adds up, and one that does not; nothing is changed."""
    money.bill(money.account(), "59.00")
    wrong = money.account()
    Account.objects.filter(pk=wrong.pk).update(owed=7)
    return {}, lambda: list(Account.objects.order_by("pk").values_list("owed", "credit"))
