"""The tills of the first hall: shifts of yesterday and today, one of each kind that somebody has to look at."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from billing.counter import reversing, taking, tills
from billing.models import Account
from staff.rights import Role

PAYING = 14  # customers
OPENS, CLOSES = time(8, 35), time(17, 45)
FLOAT = Decimal(300)
WAYS = ["cash", "wechat", "cash", "alipay", "card"]


def plant(world):
    """Nothing where nobody owes anything."""
    accounts = list(owing(world))
    if accounts:
        Hall(world, accounts).works()


def owing(world):
    """The first accounts of the branch that owe something."""
    rows = Account.objects.filter(branch=world.org.branch, currency="CNY", owed__gt=0, owed__lt=2_000)
    return rows.select_related("customer").order_by("pk")[:PAYING]


class Hall:
    """The hall where the demo logins stand at the counter."""

    def __init__(self, world, accounts):
        people, posts = world.org.people, world.org.posts
        hall = posts[people[Role.CLERK][0].pk]
        self.clerks = [one for one in people[Role.CLERK] if posts[one.pk] == hall]
        self.manager = next(one for one in people[Role.DUTY_MANAGER] if posts[one.pk] == hall)
        self.accounts, self.number, self.now = iter(accounts), count(1), world.now
        zone = ZoneInfo(hall.time_zone)
        self.today = datetime.combine(world.now.astimezone(zone), time.min, zone)

    def at(self, days, clock):
        """A time of day so many days from today, never after now."""
        moment = self.today + timedelta(days=days, hours=clock.hour, minutes=clock.minute)
        return min(moment, self.now - timedelta(minutes=20))

    def works(self):
        """Yesterday: one agrees, one differs and is signed, one was left open. Today: one is open, one waits."""
        login, signed, left, waits, *_ = self.clerks
        self.counted(self.shift(login, -1, 4), -1)
        tills.sign(self.counted(self.shift(signed, -1, 2), -1, "-5.00", "找零多给五元"), by=self.manager)
        self.shift(left, -1, 2)
        self.counted(self.shift(waits, 0, 2), 0, "10.00", "盘点多出十元，原因待查")
        receipt = self.shift(login, 0, 3).receipts.last()
        reversing.ask(receipt, by=login, reason="客户报错账户，需改缴另一账户")

    def shift(self, clerk, days, payments):
        opened = self.at(days, OPENS)
        shift = tills.open_shift(by=clerk, opening_float=FLOAT, at=opened)
        for n, account in zip(range(1, payments + 1), self.accounts, strict=False):
            self.pay(account, clerk, opened + timedelta(minutes=2 * n))
        return shift

    def pay(self, account, clerk, at):
        """What is owed; in cash with a note of a hundred too many, so that there is change to give."""
        number = next(self.number)
        way = WAYS[number % len(WAYS)]
        given = account.owed + 100 - account.owed % 100 if way == "cash" else None
        slip = "" if way == "cash" else f"{26110000 + number}"
        key = uuid5(NAMESPACE_URL, f"demo:payment:{number}")
        taking.take_payment(account, by=clerk, key=key, amount=account.owed, way=way, given=given, slip=slip, at=at)

    def counted(self, shift, days, differs="0.00", explanation=""):
        sums = tills.recorded(shift)
        sums["cash"] += Decimal(differs)
        told = {"counted": sums, "explanation": explanation, "at": self.at(days, CLOSES)}
        return tills.count(shift, by=shift.clerk, **told)
