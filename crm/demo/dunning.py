"""What dunning did in the demo branch until today: cycles that ended with a payment, and cases on every rung.

About a third of the accounts that are overdue have no case yet: the next night opens theirs.
"""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Min, OuterRef, Subquery, Sum

from billing import starter
from billing.models import (
    Account,
    Bill,
    CaseStep,
    DunningCase,
    Payment,
    Reminder,
    Scenario,
    ScenarioStep,
    ServiceRequest,
    Stage,
)
from billing.models.accounts import AVAILABLE
from billing.service_requests.lines import lines_of
from customers.models import Line
from outreach import addresses, queueing
from outreach.models import Message, Template

OPEN, ENDED = 200, 400  # cases at the most
BACK = 100  # days of history
NINE = time(9, 20)
GATEWAY = "sms"
Action, From = ScenarioStep.Action, ScenarioStep.From
STANDS = {Action.SUSPEND_ONE_WAY: Line.Status.SUSPENDED_ONE_WAY, Action.SUSPEND_TWO_WAY: Line.Status.SUSPENDED_TWO_WAY}


def plant(world):
    """The scenarios that ship, and what came of them."""
    starter.plant(world.org.branch)
    ended, open_ = late_payers(world), debtors(world)
    Played(world, [(account, account.late_since, account.paid_at) for account in ended]).keep()
    Played(world, [(account, account.since, None) for account in open_]).keep()


def ordinary(world):
    """Accounts that no manager looks after."""
    rows = Account.objects.filter(branch=world.org.branch, closed_on=None, customer__kind="personal")
    rows = rows.filter(customer__tier__mark="none", customer__locked_high_value=False, customer__status="active")
    return rows.select_related("customer__branch").annotate(left=AVAILABLE).order_by("ref")


def late_payers(world):
    """Are not behind now, and paid a bill late of which the day of payment lies in the last months."""
    recent = world.today - timedelta(days=BACK)
    late = Bill.objects.filter(account=OuterRef("pk"), due_on__gte=recent, allocations__amount__gt=0)
    late = late.filter(allocations__payment__at__date__gt=F("due_on") + timedelta(days=1)).order_by("-due_on")
    paid = Payment.objects.filter(allocations__bill__account=OuterRef("pk"), allocations__bill__due_on=OuterRef("due"))
    behind = Bill.objects.overdue(world.today).filter(account=OuterRef("pk"))
    rows = ordinary(world).filter(~Exists(behind)).annotate(due=Subquery(late.values("due_on")[:1]))
    rows = rows.filter(due__isnull=False).annotate(paid_at=Subquery(paid.order_by("-at").values("at")[:1]))[:ENDED]
    return [_since(account, account.due) for account in rows]


def _since(account, day):
    account.late_since = day
    return account


def debtors(world):
    """Two of three that are overdue today."""
    rows = ordinary(world).filter(bills__open__gt=0, bills__due_on__lt=world.today)
    rows = list(rows.annotate(since=Min("bills__due_on"))[: OPEN * 3 // 2])
    return [account for n, account in enumerate(rows) if n % 3]


class Played:
    """Cases of (account, day since, moment of payment or None), played by their ladder up to that moment or now."""

    def __init__(self, world, accounts):
        self.world, self.accounts = world, accounts
        self.zone = ZoneInfo(world.org.branch.time_zone)
        self.templates = {one.code: one for one in Template.objects.filter(branch=world.org.branch)}
        self.to = addresses.of([account.customer for account, *rest in accounts], "sms")
        self.scenarios = self._scenarios()
        self.cases, self.steps, self.messages, self.requests = [], [], [], []

    def _scenarios(self):
        found = Scenario.objects.filter(branch=self.world.org.branch, code__in=["mobile", "fixed"])
        versions = {one.code: one.versions.get(current=True) for one in found}
        return {code: (version, list(version.steps.all())) for code, version in versions.items()}

    def keep(self):
        """Written set by set; each row has the time at which it would have come."""
        for account, since, paid_at in self.accounts:
            if self.to[account.customer_id][0] and self._at(since + timedelta(days=1)) < self.world.now:
                self._play(account, since, paid_at)
        Message.objects.bulk_create(self.messages, batch_size=500)
        DunningCase.objects.bulk_create(self.cases, batch_size=500)
        CaseStep.objects.bulk_create(self.steps, batch_size=500)
        told = [step for step in self.steps if step.message]
        reminders = Reminder.objects.bulk_create(map(_reminder, told), batch_size=500)
        self._stop(reminders)

    def _play(self, account, since, paid_at):
        code = "mobile" if lines_of(account).filter(kind__in=("mobile", "iot")).exists() else "fixed"
        version, steps = self.scenarios[code]
        owed, bills = _overdue_on(account, since)
        case = DunningCase(
            branch_id=account.branch_id, account=account, cycle=1, version=version, since=since,
            opened_on=since + timedelta(days=1), opened_at=self._at(since + timedelta(days=1)), overdue_then=owed,
        )  # fmt: skip
        case.asked_for = bills
        self.cases.append(case)
        self._climb(case, steps, paid_at or self.world.now)
        if paid_at:
            case.state, case.ended_at, case.ended_for = Stage.CLOSED, paid_at, DunningCase.Ended.PAID
            case.next_step = case.next_on = None

    def _climb(self, case, steps, until):
        """Rung by rung while its day is before `until`; the one that is not reached is next."""
        before = None
        for step in steps:
            day = self._day(case, step, before)
            waits = step.when == ScenarioStep.When.CREDIT_USED_UP and case.account.left > 0
            if day is None or self._at(day) >= until or waits or step.action == Action.CANCEL:
                case.next_step = step if day else None
                case.next_on = day and max(day, self.world.today + timedelta(days=1))
                return
            self._do(case, step, day)
            before = day

    def _day(self, case, step, before):
        if step.counts_from == From.SUSPENDED:
            first = case.stopped_at and case.stopped_at.astimezone(self.zone).date()
            day = first and first + timedelta(days=step.days)
        else:
            day = case.since + timedelta(days=step.days)
        return day and max(day, before + timedelta(days=step.gap)) if before else day

    def _do(self, case, step, day):
        at = self._at(day)
        done = CaseStep(
            case=case, step=step, state=CaseStep.State.DONE, planned_for=day, planned_at=at, look_at=None,
            done_at=at, sum=case.overdue_then, recorded=True,
        )  # fmt: skip
        if step.action == Action.MESSAGE:
            done.message, done.since, done.bills = self._message(case, step, day, at), case.since, case.asked_for
            self.messages.append(done.message)
        else:
            case.stopped_at = case.stopped_at or at + timedelta(minutes=3)
            self.requests.append((case, step, at))
        self.steps.append(done)
        case.state = step.stage

    def _message(self, case, step, day, at):
        customer = case.account.customer
        values = {
            "amount": case.overdue_then, "due_on": case.since, "days": (day - case.since).days,
            "ways": "微信、支付宝、营业厅", "stop_on": day + timedelta(days=2),
        }  # fmt: skip
        key = f"demo/dunning/{case.account_id}/{step.n}"
        message = queueing.drawn_up(self.templates[step.template], customer, values, key=key)
        message.ref = UUID(int=self.world.rng(key).getrandbits(128), version=4)
        message.to, message.state = self.to[customer.pk][0], Message.State.DELIVERED
        message.created_at = message.submitted_at = message.accepted_at = at
        message.ended_at, message.next_at = at + timedelta(minutes=1), None
        message.attempts, message.gateway, message.gateway_ref = 1, GATEWAY, f"demo-{key}"
        return message

    def _stop(self, reminders):
        """What the billing system was asked for, and confirmed within minutes; the newest stop is how a line stands."""
        told = {(one.step.case_id, one.step.done_at): one for one in reminders}
        rows = [
            ServiceRequest(
                branch_id=case.branch_id, account=case.account, line=line, case=case, reminder=_before(told, case, at),
                action=step.action, origin="arrears", key=f"demo/{case.pk}/{step.n}/{line.pk}", state="confirmed",
                asked_at=at, accepted_at=at + timedelta(minutes=1), ended_at=at + timedelta(minutes=3),
            )
            for case, step, at in self.requests
            for line in lines_of(case.account).filter(status="active")
        ]  # fmt: skip
        ServiceRequest.objects.bulk_create(rows, batch_size=500)
        for row in rows:
            Line.objects.filter(pk=row.line_id).update(status=STANDS[row.action])

    def _at(self, day):
        return datetime.combine(day, NINE, self.zone)


def _reminder(step):
    at = step.done_at + timedelta(minutes=1)
    return Reminder(account_id=step.case.account_id, step=step, how="delivered", at=at, message=step.message)


def _before(told, case, at):
    """The last reminder of the case a day before `at`."""
    return told[max(key for key in told if key[0] == case.pk and key[1] < at - timedelta(hours=25))]


def _overdue_on(account, day):
    """What of the bills of that day and before it came to, and their ids; the days after do not make it more."""
    found = account.bills.filter(due_on__lte=day).order_by("-due_on", "pk")
    open_ = found.unpaid()
    if sum := open_.aggregate(sum=Sum("open"))["sum"]:
        return sum, [bill.pk for bill in open_]
    last = found[0]
    return last.amount, [last.pk]
