"""Whatever people do with complaints, in any order: no path outside 4.1, exactly one owner, and nothing refused leaves
a trace.

What is allowed is written down here anew, from the table and its amendments.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import count, pairwise

import hypothesis.strategies as st
import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import settings as how
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from complaints import assigning, compensating, delegating, handling, merging, silence, starter
from complaints.accepting import accept
from complaints.clocks.checking import check
from complaints.handling import waiting
from complaints.models import Clock, Compensation, Complaint, Note, StateChange, SubTask
from outreach.models import Message
from tests import complaining, make, money
from work.models import FollowUp

number = count(1)
IN_HAND = ["accepted", "assigned", "in_progress", "waiting_customer", "waiting_department", "reopened"]
PATHS = {
    ("accepted", "assigned"), ("assigned", "in_progress"), ("in_progress", "waiting_customer"),
    ("in_progress", "waiting_department"), ("waiting_customer", "in_progress"), ("waiting_department", "in_progress"),
    ("in_progress", "resolved"), ("accepted", "resolved"), ("resolved", "callback_due"), ("callback_due", "closed"),
    ("callback_due", "reopened"), ("closed", "reopened"), ("reopened", "assigned"), ("rejected", "callback_due"),
    *((state, side) for state in IN_HAND for side in ("rejected", "withdrawn", "merged")),
    *(("merged", state) for state in IN_HAND),
}  # fmt: skip
CONFIRMED = "The customer confirmed before leaving."
which = st.integers(0, 3)
who = st.integers(0, 5)
yes = st.booleans()


class Life(RuleBasedStateMachine):
    """Four complaints of one customer, four colleagues who handle, a department, and the head of the branch.

    Its clock goes on with each step, a little or by days.
    """

    def __init__(self):
        super().__init__()
        self.saved = transaction.atomic()
        self.saved.__enter__()
        self.now = timezone.now()
        self.customer = make.reachable(make.unit())
        self.branch = self.customer.branch
        starter.plant(self.branch)
        posts = ["hotline", "hotline", "complaint_desk", "complaint_desk", "department_head", "branch_head"]
        self.people = [make.user(role, self.branch) for role in posts]
        self.units = [make.unit(parent=self.branch) for _ in range(2)]
        self.workers = [make.user("channel_support", unit) for unit in self.units]
        self.cause = complaining.cause(self.branch)
        self.category = complaining.category(self.branch, unit=self.branch)
        self.bill = money.bill(money.account(self.customer), "900.00")
        self.ones = [self._accepted(n) for n in range(4)]
        self.received = {one.pk: one.received_at for one in self.ones}
        self.levels = {}

    def _accepted(self, n):
        """The last is about one of the colleagues."""
        return accept(
            by=self.people[n % 2], branch=self.branch, key=f"life {next(number)}", customer=self.customer,
            channel="hall", category=self.category, words="断网", person=self.people[3] if n == 3 else None,
        )  # fmt: skip

    def teardown(self):
        assert check(list(self.received)) == []
        transaction.set_rollback(True)
        self.saved.__exit__(None, None, None)

    def kept(self):
        """Everything that an operation may write."""
        rows = [list(model.objects.order_by("pk").values()) for model in (Complaint, SubTask, Compensation, Clock)]
        counted = [model.objects.count() for model in (StateChange, Note, Message, FollowUp)]
        self.bill.refresh_from_db()
        return rows, counted, self.bill.adjusted

    def do(self, operate, n, **told):
        """Do it, or be refused without a trace; whether it was done."""
        before, self.now = self.kept(), self.now + timedelta(minutes=7)
        try:
            with transaction.atomic():
                operate(self.ones[n], at=self.now, **told)
        except ValidationError:
            assert self.kept() == before
            return False
        return True

    @rule(hours=st.integers(1, 100))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)

    @rule(n=which, to=who, by=who)
    def assigned(self, n, to, by):
        self.do(assigning.assign, n, owner=self.people[to], by=self.people[by])

    @rule(n=which)
    def dispatched(self, n):
        self.do(assigning.dispatch, n, by=None)

    @rule(n=which, to=who, by=who)
    def handed_over(self, n, to, by):
        before = Complaint.objects.get(pk=self.ones[n].pk)
        done = self.do(assigning.hand_over, n, owner=self.people[to], by=self.people[by], reason="换人")
        after = Complaint.objects.get(pk=self.ones[n].pk)
        assert after.transfers == before.transfers + done
        assert after.owner_id != before.owner_id or not done

    @rule(n=which, by=who)
    def taken(self, n, by):
        self.do(assigning.take, n, by=self.people[by])

    @rule(n=which, by=who, kind=st.sampled_from(["spoke", "tried"]))
    def contacted(self, n, by, kind):
        self.do(handling.contact, n, by=self.people[by], kind=kind, key=f"c{next(number)}")

    @rule(n=which, by=who, days=st.integers(0, 5))
    def waits(self, n, by, days):
        self.do(handling.wait_for_customer, n, by=self.people[by], what="证件", until=self.now + timedelta(days=days))

    @rule(n=which, by=who)
    def goes_on(self, n, by):
        self.do(handling.go_on, n, by=self.people[by])

    @rule()
    def the_clockwork_looks(self):
        waiting.return_late(self.now)
        silence.look(0, self.now)
        silence.ring_late_tasks(self.now)

    @rule(n=which, unit=st.integers(0, 1), by=who, named=yes)
    def a_department_is_asked(self, n, unit, by, named):
        told = {"what": "查", "due_at": self.now + timedelta(hours=1), "key": f"t{next(number)}"}
        coordinator = self.people[2] if named else None
        self.do(delegating.ask, n, unit=self.units[unit], by=self.people[by], coordinator=coordinator, **told)

    @rule(n=which, how=st.sampled_from(["accept", "finish", "give_back", "cancel"]))
    def a_department_acts(self, n, how):
        task = SubTask.objects.filter(complaint=self.ones[n]).order_by("-pk").first()
        if task is None:
            return
        by = self.workers[self.units.index(task.unit)]
        told = {"finish": {"result": "好"}, "give_back": {"reason": "不归我们"}}.get(how, {})
        self.do(lambda one, **said: getattr(delegating, how)(task, by=by, **said), n, **told)

    @rule(n=which, by=who, whole=yes)
    def resolved(self, n, by, whole):
        told = {"cause": self.cause, "liability": "customer", "measure": "换卡", "answer": "已恢复" if whole else ""}
        self.do(handling.resolve, n, by=self.people[by], answered_by="phone", **told)

    @rule(n=which, by=who, confirmed=yes)
    def settled_on_the_spot(self, n, by, confirmed):
        told = {"cause": self.cause, "liability": "ours", "measure": "重启", "answer": "已恢复"}
        self.do(handling.settle_on_spot, n, by=self.people[by], confirmed=confirmed, **told)

    @rule(n=which, by=who)
    def rejected(self, n, by):
        self.do(handling.reject, n, by=self.people[by], reason="物业断电", direction="物业", answered_by="phone")

    @rule(n=which, by=who)
    def withdrawn(self, n, by):
        self.do(handling.withdraw, n, by=self.people[by], reason="好了")

    @rule(n=which, by=who, satisfied=st.sampled_from(["satisfied", "neutral", "dissatisfied", "unreached"]))
    def called_back(self, n, by, satisfied):
        one = Complaint.objects.get(pk=self.ones[n].pk)
        if satisfied == "dissatisfied" and one.state == "callback_due":
            self.do(handling.reopen, n, by=self.people[by], reason="没好")
        elif self.do(handling.close, n, by=self.people[by], satisfied=satisfied):
            assert one.resolved_by != self.people[by]

    @rule(n=which, by=who, to=who)
    def reopened(self, n, by, to):
        self.do(handling.reopen, n, by=self.people[by], reason="又坏了", owner=self.people[to])

    @rule(n=which, into=which, by=who)
    def merged(self, n, into, by):
        self.do(merging.merge, n, into=self.ones[into], by=self.people[by])

    @rule(n=which, by=who)
    def taken_apart(self, n, by):
        was = Complaint.objects.get(pk=self.ones[n].pk)
        if self.do(merging.unmerge, n, by=self.people[by], reason="两件事"):
            assert Complaint.objects.get(pk=was.pk).state == was.merged_from

    @rule(n=which, by=who, amount=st.integers(1, 300))
    def money_is_asked_for(self, n, by, amount):
        told = {"amount": Decimal(amount), "reason": "断网", "key": f"m{next(number)}"}
        self.do(compensating.ask, n, bill=self.bill, by=self.people[by], **told)

    @rule(n=which, by=who, agrees=yes)
    def money_is_decided_on(self, n, by, agrees):
        asked = Compensation.objects.filter(complaint=self.ones[n]).order_by("-pk").first()
        if asked and agrees:
            self.do(lambda one, **said: compensating.approve(asked, **said), n, by=self.people[by])
        elif asked:
            self.do(lambda one, **said: compensating.refuse(asked, **said), n, by=self.people[by], reason="不符")

    @invariant()
    def every_path_is_one_of_the_table(self):
        for one in Complaint.objects.filter(pk__in=self.received):
            rows = list(StateChange.objects.filter(complaint=one))
            assert [row.n for row in rows] == list(range(1, len(rows) + 1))
            steps = list(pairwise(rows))
            assert all(after.was == before.then and after.at >= before.at for before, after in steps)
            assert all((row.was, row.then) in PATHS or row.was == row.then for row in rows[1:])
            assert (rows[-1].then, rows[-1].owner_id, rows[-1].level) == (one.state, one.owner_id, one.level)
            assert one.reopened == sum(row.then == "reopened" for row in rows if row.was in ("callback_due", "closed"))

    @invariant()
    def one_person_answers_for_each_and_never_whom_it_is_about(self):
        for one in Complaint.objects.filter(pk__in=self.received):
            assert one.owner_id
            assert one.first_owner_id in {self.people[0].pk, self.people[1].pk}
            assert one.owner_id != one.person_id or not one.in_hand

    @invariant()
    def the_law_counts_from_the_first_receipt_and_levels_never_fall(self):
        for one in Complaint.objects.filter(pk__in=self.received):
            assert one.received_at == self.received[one.pk]
            assert one.level >= self.levels.get(one.pk, 1)
            self.levels[one.pk] = one.level
            clocks = Clock.objects.filter(complaint=one, kind="legal")
            assert {(clock.started_at, clock.paused_at) for clock in clocks} == {(one.received_at, None)}

    @invariant()
    def what_is_due_is_there(self):
        """Each answer owes one callback; what is resolved waits for nobody; who waits has somebody to wait for."""
        for one in Complaint.objects.filter(pk__in=self.received):
            log = StateChange.objects.filter(complaint=one)
            answers = log.filter(then="callback_due").exclude(was="callback_due").count()
            spared = log.filter(then="closed", by=one.first_owner, reason=CONFIRMED).count()
            assert FollowUp.objects.filter(about_id=one.pk).count() == answers - spared
            open_tasks = SubTask.objects.filter(complaint=one, state__in=("open", "accepted"))
            assert (one.state == "waiting_department") <= open_tasks.exists()
            assert not (one.state in ("callback_due", "withdrawn") and open_tasks.exists())
        assert not Complaint.objects.filter(merged_into__state="merged").exists()

    @invariant()
    def money_is_given_once(self):
        given = Compensation.objects.filter(state="given")
        self.bill.refresh_from_db()
        assert self.bill.adjusted == -sum((one.amount for one in given), Decimal(0))
        assert not [one for one in given if not one.alone and one.decided_by_id == one.asked_by_id]


@pytest.mark.practice("A23", "D13")
@pytest.mark.django_db
def test_any_order_of_what_people_do():
    examples = how().max_examples if how().max_examples > 1000 else 10
    run_state_machine_as_test(Life, settings=how(max_examples=examples, stateful_step_count=30, deadline=None))
