"""Any order of bills, payments, disputes, promises, stops, nights, sending and answers of the billing system: who owes
nothing is left alone, nobody is stopped unreminded, and what was stopped comes back.

The clock of the machine runs through a year that is over, so that the database's own clock is always later.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import hypothesis.strategies as st
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings as how
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from billing import ledger, starter
from billing.dunning import (
    disputing,
    exempting,
    guard,
    lapsing,
    planning,
    recording,
    reviewing,
    stopping,
    tidying,
)
from billing.dunning.carrying_out import carry_out
from billing.dunning.promises import breaking, making
from billing.dunning.suspending import STOPPABLE
from billing.models import Bill, CaseStep, DunningCase, DunningRules, Hold, Payment, ServiceRequest
from billing.service_requests import answering
from billing.service_requests.withdrawing import withdraw
from customers.models import Line
from outreach.keeping import keep_back
from outreach.models import Message
from tests import dunning, make, money

number = count(1)
DAY = timedelta(days=1)
STOPS, OPEN = ServiceRequest.STOPS, ServiceRequest.OPEN
SUSPENDED = (Line.Status.SUSPENDED_ONE_WAY, Line.Status.SUSPENDED_TWO_WAY)
whose = st.integers(0, 1)


class Year(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.saved = transaction.atomic()
        self.saved.__enter__()
        self.now = timezone.now() - timedelta(days=800)
        self.branch = make.branch()
        starter.plant(self.branch)
        DunningRules.objects.create(branch=self.branch, promises_a_quarter=99)
        self.person, self.head = (make.user(role, self.branch) for role in ("dunning_clerk", "department_head"))
        self.written = set()  # (customer, day) of every message that went out
        self.accounts = [self._account(kind) for kind in ("mobile", "broadband")]

    def _account(self, kind):
        account = money.account(make.reachable(self.branch))
        for _ in range(2):
            make.line(account.customer, kind=kind)
        money.bill(account, 59, month=self.day.replace(day=1), issued_on=self.day - 15 * DAY, due_on=self.day)
        return account

    def teardown(self):
        transaction.set_rollback(True)
        self.saved.__exit__(None, None, None)

    @property
    def day(self):
        return timezone.localdate(self.now)

    def dunned(self, account):
        """What the account owes that is overdue and undisputed; worked out here in its own way."""
        disputed = set(Hold.objects.filter(kind="dispute", ended_at=None).values_list("bill", flat=True))
        late = Bill.objects.filter(account=account, due_on__lt=self.day)
        return sum((bill.open for bill in late if bill.pk not in disputed), Decimal(0))

    def is_held(self, account):
        """The product looks at the day of the moment it works at."""
        stopped = account.holds.filter(kind="manual", ended_at=None, until__gte=self.day)
        return stopped.exists() or account.payment_promises.filter(state="open").exists()

    def look(self, account):
        reviewing.review(ledger.lock([account.pk]), self.now)

    @rule(n=whose, amount=st.integers(1, 90), days=st.integers(-4, 6))
    def a_bill_comes(self, n, amount, days):
        due_on = self.day + days * DAY
        money.bill(self.accounts[n], amount, month=due_on.replace(day=1), issued_on=due_on - 15 * DAY, due_on=due_on)

    @rule(n=whose, amount=st.integers(1, 90))
    def a_bill_comes_of_a_day_that_was_written_about(self, n, amount):
        written = CaseStep.objects.filter(case__account=self.accounts[n], since__isnull=False).order_by("pk").last()
        if written:
            due = {
                "month": written.since.replace(day=1),
                "issued_on": written.since - 15 * DAY,
                "due_on": written.since,
            }
            money.bill(self.accounts[n], amount, **due)

    @rule(n=whose, part=st.sampled_from([Decimal("0.3"), Decimal(1), Decimal("1.5")]))
    def somebody_pays(self, n, part):
        account = self.accounts[n]
        account.refresh_from_db()
        if account.owed:
            money.payment(account, (account.owed * part).quantize(Decimal("0.01")), at=self.now)
            self.look(account)

    @rule(n=whose)
    def a_payment_is_taken_back(self, n):
        payment = Payment.objects.filter(account=self.accounts[n], reversed_at=None).order_by("-pk").first()
        if payment:
            ledger.reverse(payment, by=self.person, reason="x", at=self.now)
            self.look(self.accounts[n])

    @rule(n=whose)
    def a_bill_is_disputed_or_settled(self, n):
        account = self.accounts[n]
        hold = account.holds.filter(kind="dispute", ended_at=None).first()
        bill = account.bills.filter(open__gt=0).order_by("pk").first()
        if hold:
            disputing.settle(hold, by=self.person, outcome="x", at=self.now)
        elif bill:
            disputing.dispute(bill, by=self.person, key=f"d{next(number)}", reason="x", at=self.now)
        self.look(account)

    @rule(n=whose, days=st.integers(0, 5))
    def a_promise_is_made_or_taken_back(self, n, days):
        """The nights break it, payments keep it."""
        account = self.accounts[n]
        account.refresh_from_db()
        promise = account.payment_promises.filter(state="open").first()
        if promise:
            making.withdraw(promise, by=self.person, reason="x", at=self.now)
        elif self.dunned(account):
            said = {"by": self.person, "key": f"p{next(number)}", "at": self.now}
            making.promise(account, [(self.day + days * DAY, account.owed)], **said)

    @rule(n=whose, days=st.integers(0, 5))
    def a_person_stops_it_or_lets_it_go_on(self, n, days):
        account = self.accounts[n]
        hold = account.holds.filter(kind="manual", ended_at=None).first()
        said = {"by": self.person, "reason": "x", "at": self.now}
        if hold:
            stopping.let_go_on(hold, **said)
        else:
            stopping.stop(account, key=f"h{next(number)}", until=self.day + days * DAY, **said)

    @rule(n=whose)
    def a_line_is_exempt_or_as_any_other_again(self, n):
        line = Line.objects.filter(customer=self.accounts[n].customer_id).order_by("pk").first()
        exempt = line.exemptions.filter(state="approved").first()
        if exempt:
            exempting.end(exempt, by=self.person, reason="x")
        else:
            made = exempting.ask(line, by=self.person, kind="hospital", reason="x", at=self.now)
            exempting.approve(made, by=self.head, at=self.now)

    @rule(n=whose)
    def a_customer_leaves_or_comes_back(self, n):
        customer = self.accounts[n].customer
        customer.refresh_from_db()
        has_left = customer.status == "left"
        customer.status, customer.left_on = ("active", None) if has_left else ("left", self.day)
        customer.save()

    @rule()
    def a_night_passes(self):
        self.now += DAY
        breaking.break_some(self.now)
        lapsing.lapse_holds(self.now)
        for account in self.accounts:
            planning.plan_account(account, self.now)
            before = account.dunning_cases.count(), CaseStep.objects.filter(case__account=account).count()
            planning.plan_account(account, self.now)
            after = account.dunning_cases.count(), CaseStep.objects.filter(case__account=account).count()
            assert before == after
        self.nothing_is_stuck()

    def nothing_is_stuck(self):
        """After a night: a stop of which nothing came, of a case that may be dunned, is planned, or tried enough."""
        for case in DunningCase.objects.open().exclude(account__customer__status="left"):
            last = case.steps.order_by("-step__n").first()
            if last is None or last.state == "planned" or self.is_held(case.account):
                continue
            assert last.reason != "left"
            asked = case.service_requests.filter(action=last.step.action)
            if last.step.action in STOPS and not asked.filter(state__in=(*OPEN, "confirmed")).exists():
                lines = Line.objects.filter(customer=case.account.customer_id, status__in=STOPPABLE[last.step.action])
                left = lines.exclude(exemptions__state="approved")
                assert all(asked.filter(line=line, state="refused").count() >= 3 for line in left)
        self.what_is_left_is_announced()

    def what_is_left_is_announced(self):
        """After a night: before a stop that is next, the message about what is the oldest now was written or is to be,
        unless that is too young, or something was done today.
        """
        for case in DunningCase.objects.open().filter(next_step__action__in=STOPS):
            notice = case.version.steps.filter(n__lt=case.next_step.n, action="message").last()
            rows = case.steps.filter(step=notice)
            if rows.filter(state="planned").exists() or case.account.customer.status == "left":
                continue
            oldest, last = self.oldest(case.account), rows.order_by("again").last()
            on_record = rows.filter(since=oldest, reminder__isnull=False)
            is_young = notice.counts_from == "due" and oldest > self.day - notice.days * DAY
            on_its_way = last.state == "done" and not last.recorded
            today = any(timezone.localdate(one.done_at) == self.day for one in case.steps.exclude(done_at=None))
            is_named = any(self.owed(case.account) <= set(bills) for bills in on_record.values_list("bills", flat=True))
            assert is_young or on_its_way or today or is_named or self.is_held(case.account)

    @rule(days=st.sampled_from([3, 15, 80]), sent=st.sampled_from(["accepted", "accepted", "failed"]))
    def days_pass_in_which_everything_works(self, days, sent):
        for _ in range(0, days, max(days // 5, 1)):
            self.now += (max(days // 5, 1) - 1) * DAY
            self.a_night_passes()
            self.what_runs_each_minute_works(sent)

    @rule(sent=st.sampled_from(["accepted", "failed", "unknown"]))
    def what_runs_each_minute_works(self, sent):
        self.steps_are_carried_out()
        self.messages_are_sent(sent)
        recording.make_up(0, self.now)
        recording.record_taken(self.now)
        recording.record_called(self.now)
        tidying.cancel_settled()
        self.now += timedelta(hours=2)
        while ServiceRequest.objects.unanswered().exists():
            self.the_billing_system_answers("confirm")

    @rule()
    def steps_are_carried_out(self):
        spared = [account for account in self.accounts if not self.dunned(account) or self.is_held(account)]
        done = CaseStep.objects.filter(case__account__in=spared, state="done")
        before, known = done.count(), set(CaseStep.objects.filter(state="done").values_list("pk", flat=True))
        asked = set(ServiceRequest.objects.values_list("pk", flat=True))
        while carry_out(self.now):
            pass
        assert done.count() == before
        for stop in ServiceRequest.objects.filter(action__in=STOPS).exclude(pk__in=asked):
            assert stop.reminder.step.since == self.oldest(stop.account)
            assert self.owed(stop.account) <= set(stop.reminder.step.bills)
        for one in CaseStep.objects.filter(state="done", step__counts_from="due", step__action__in=STOPS):
            assert one.pk in known or self.oldest(one.case.account) <= self.day - one.step.days * DAY

    def oldest(self, account):
        return min(bill.due_on for bill in self.late(account))

    def late(self, account):
        disputed = set(Hold.objects.filter(kind="dispute", ended_at=None).values_list("bill", flat=True))
        late = Bill.objects.filter(account=account, due_on__lt=self.day, open__gt=0)
        return [bill for bill in late if bill.pk not in disputed]

    def owed(self, account):
        """The bills (ids) of the oldest day."""
        return {bill.pk for bill in self.late(account) if bill.due_on == self.oldest(account)}

    @rule(sent=st.sampled_from(["accepted", "failed", "unknown"]))
    def messages_are_sent(self, sent):
        waiting = list(Message.objects.filter(branch=self.branch, state="planned").order_by("pk"))
        said = guard.ask(waiting, self.now)
        keep_back([(one, said[one.pk]) for one in waiting if one.pk in said])
        for message in waiting:
            if message.pk not in said:
                self._sent(message, sent)

    def _sent(self, message, sent):
        account = CaseStep.objects.get(pk=message.about_id).case.account
        assert self.dunned(account) > 0
        assert not self.is_held(account)
        assert f"{self.dunned(account):.2f}" in message.text
        if "逾期" not in message.text and "应于" in message.text:
            oldest = self.oldest(account)
            assert f"{oldest.month}月{oldest.day}日" in message.text
        assert (account.customer_id, self.day) not in self.written
        if sent == "accepted":
            self.written.add((account.customer_id, self.day))
        ended = {"accepted_at": self.now} if sent == "accepted" else {"ended_at": self.now, "reason": "refused"}
        dunning.taken(message, sent, **(ended if sent != "unknown" else {"in_doubt": True, "next_at": None}))

    @rule(how=st.sampled_from(["accept", "confirm", "confirm", "refuse", "refuse"]))
    @precondition(lambda self: ServiceRequest.objects.unanswered().exists())
    def the_billing_system_answers(self, how):
        request = ServiceRequest.objects.unanswered().order_by("pk").first()
        if how == "refuse" and request.action in STOPS:
            answering.refuse(request, reason="x", at=self.now)
        else:
            getattr(answering, "accept" if how == "refuse" else how)(request, at=self.now)

    @invariant()
    def a_case_is_open_only_while_something_undisputed_is_overdue(self):
        for account in self.accounts:
            cases = list(account.dunning_cases.open())
            assert len(cases) <= 1
            assert not cases or self.dunned(account) > 0

    @invariant()
    def nothing_is_planned_for_a_case_that_has_ended(self):
        assert not CaseStep.objects.filter(case__state="closed", state="planned").exists()

    @rule()
    @precondition(lambda self: ServiceRequest.objects.filter(action__in=STOPS, state="asked").exists())
    def a_person_withdraws_a_stop(self):
        request = ServiceRequest.objects.filter(action__in=STOPS, state="asked").order_by("pk").first()
        withdraw(request, by=self.person, at=self.now)

    @invariant()
    def while_dunning_rests_no_stop_is_asked_for(self):
        for account in self.accounts:
            if self.is_held(account):
                assert not account.service_requests.filter(action__in=STOPS, state="asked").exists()

    @invariant()
    def nobody_is_stopped_unreminded(self):
        for stop in ServiceRequest.objects.filter(action__in=STOPS).select_related("reminder__step"):
            assert stop.reminder.step.case_id == stop.case_id
            assert stop.asked_at - stop.reminder.at >= timedelta(hours=24 if stop.action != "cancel" else 168)

    @invariant()
    def whoever_owes_nothing_overdue_gets_their_lines_back(self):
        for account in self.accounts:
            if self.dunned(account):
                continue
            assert not account.service_requests.filter(action__in=STOPS, state="asked").exists()
            for line in Line.objects.filter(customer=account.customer_id, status__in=SUSPENDED):
                assert line.service_requests.unanswered().filter(action="restore").exists()

    @invariant()
    def a_case_that_rests_waits_for_somebody(self):
        """The ladder goes on, ends, or waits for the answer of the billing system."""
        for case in DunningCase.objects.open().filter(next_on=None):
            last = case.steps.order_by("-step__n").first()
            later = case.version.steps.filter(n__gt=last.step.n).first()
            has_left = last.reason == "left"
            assert later is None or has_left or (later.counts_from == "suspended" and case.stopped_at is None)


@pytest.mark.practice("A25", "A26")
@pytest.mark.django_db
def test_whatever_happens_in_a_year_nobody_is_dunned_or_stopped_who_should_not_be():
    examples = how().max_examples if how().max_examples > 1000 else 10
    run_state_machine_as_test(Year, settings=how(max_examples=examples, stateful_step_count=30, deadline=None))
