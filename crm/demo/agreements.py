"""What was agreed about arrears in the demo branch: one of each kind, made by the product's own operations."""

from datetime import timedelta
from decimal import Decimal
from itertools import chain

from django.db.models import Exists, Min, OuterRef

from billing.dunning import disputing, exempting, stopping
from billing.dunning.promises import breaking, making
from billing.models import Account, BillingRules, DunningRules, Payment, ServiceRequest
from billing.service_requests import answering, asking
from billing.service_requests.lines import lines_of
from billing.waivers import booking, limits, waiving
from customers.models import Line
from staff.rights import Role

from .dunning import ordinary

CENT = Decimal("0.01")
DAY = timedelta(days=1)
Action, Origin = ServiceRequest.Action, ServiceRequest.Origin


def plant(world):
    """Nothing in a branch too small to have so many that are late."""
    late = late_accounts(world)
    old = [account for account in late if account.since <= world.today - 10 * DAY and not account.paid_lately][:1]
    running = [account for account in late if account.runs and account not in old]
    stopped = [account for account in late if not account.runs and account not in old]
    table = Table(world)
    chosen = ([broke_a_promise], old), (DEEDS, running), (FEES, stopped)
    for deed, account in chain.from_iterable(zip(*one, strict=False) for one in chosen):
        deed(table, account)
    quiet_lines(world)


def late_accounts(world):
    """Overdue today, looked after by no manager, the longest first; `runs`: a line is in service, none stopped."""
    line = Line.objects.filter(customer=OuterRef("customer"))
    asked = ServiceRequest.objects.filter(account=OuterRef("pk"))
    rows = ordinary(world).filter(bills__open__gt=0, bills__due_on__lt=world.today, owed__gte=9)
    rows = rows.annotate(since=Min("bills__due_on"), runs=Exists(line.filter(status="active")) & ~Exists(asked))
    paid = Payment.objects.filter(account=OuterRef("pk"), booked_at__gt=world.now - 8 * DAY)
    rows = rows.annotate(paid_lately=Exists(paid))
    return list(rows.order_by("since", "ref"))


class Table:
    """Who agrees, and when."""

    def __init__(self, world):
        people = world.org.people
        self.clerk, self.manager = people[Role.DUNNING_CLERK][0], people[Role.DUTY_MANAGER][0]
        self.head = people[Role.DEPARTMENT_HEAD][0]
        self.now, self.today = world.now, world.today

    def promise(self, account, parts, key, at, note):
        making.promise(account, parts, by=self.clerk, key=f"demo/promise/{key}", note=note, at=at)


def promised(table, account):
    parts = [(table.today + 3 * DAY, account.owed)]
    table.promise(account, parts, "open", table.now, "发工资后到厅里交")


def promised_in_parts(table, account):
    third = (account.owed / 3).quantize(CENT)
    sums = [third, third, account.owed - 2 * third]
    parts = [(table.today + (5 + 30 * n) * DAY, sum_) for n, sum_ in enumerate(sums)]
    table.promise(account, parts, "parts", table.now, "分三次交清")


def broke_a_promise(table, account):
    parts = [(table.today - 2 * DAY, account.owed)]
    table.promise(account, parts, "broken", table.now - 7 * DAY, "周末前微信缴费")
    breaking.break_some(table.now)


def disputed(table, account):
    bill = account.bills.unpaid().order_by("due_on").first()
    disputing.dispute(bill, by=table.clerk, key="demo/dispute", reason="不认可增值业务收费", at=table.now)


def exempt(table, account):
    line = lines_of(account).filter(status="active").first()
    asked = exempting.ask(line, by=table.clerk, kind="hospital", reason="社区卫生院值班电话")
    exempting.approve(asked, by=table.head)


def asked_to_be_exempt(table, account):
    line = lines_of(account).filter(status="active").first()
    exempting.ask(line, by=table.clerk, kind="emergency", reason="防汛值守名单")


def stopped_by_a_person(table, account):
    until = table.today + 7 * DAY
    stopping.stop(account, by=table.clerk, key="demo/stop", reason="客户住院，家属已联系", until=until, at=table.now)


def fee_waived(table, account):
    """As much as the clerk may by themselves."""
    rules = BillingRules.of(account.branch_id)
    amount = min(limits.left(table.clerk, account, rules, table.now), booking.waivable(account, table.today, rules))
    waiving.waive(account, amount, by=table.clerk, reason="缴费渠道故障期间产生", key="demo/waiver/given", at=table.now)


def fee_to_be_waived(table, account):
    said = {"reason": "首次逾期，客户申请减免", "key": "demo/waiver/asked", "at": table.now}
    all_of_it = booking.waivable(account, table.today, BillingRules.of(account.branch_id))
    waiving.waive(account, all_of_it, by=table.manager, **said)


DEEDS = [promised, promised_in_parts, disputed, exempt, asked_to_be_exempt, stopped_by_a_person]
FEES = [fee_waived, fee_to_be_waived]


def quiet_lines(world):
    """Of customers who owe nothing: a line that was given up, whose number is kept, and a wish that was refused."""
    rows = Account.objects.filter(branch=world.org.branch, owed=0, closed_on=None, customer__status="active")
    rows = rows.filter(customer__kind="personal", customer__tier__mark="none").order_by("ref")[:60]
    lines = ((account, lines_of(account).filter(status="active").first()) for account in rows)
    for deed, (account, line) in zip((given_up, refused), (one for one in lines if one[1]), strict=False):
        deed(world, account, line)


def given_up(world, account, line):
    at = world.now - (DunningRules.of(world.org.branch).freeze_days // 3) * DAY
    asked = asking.ask(account, line, Action.CANCEL, origin=Origin.CUSTOMER, key="demo/cancel", at=at)
    answering.confirm(asked, by=None, at=at + timedelta(minutes=4))


def refused(world, account, line):
    at = world.now - timedelta(hours=5)
    asked = asking.ask(account, line, Action.HOLD, origin=Origin.CUSTOMER, key="demo/hold", at=at)
    answering.refuse(asked, by=None, reason="合约期内不能办理停机保号", at=at + timedelta(minutes=2))
