"""Every way through the table of moves of a follow-up, and none beside it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from audit.models import Event
from staff.rights import Role
from tests import make
from work import arranging, attempting, due, merging
from work.models import FollowUp
from work.models.states import MOVES, OPEN, TO_DO, State

pytestmark = pytest.mark.django_db


def at(**shift):
    return timezone.now() + timedelta(**shift)


class Life(RuleBasedStateMachine):
    """Whatever is tried in whatever order, each change of state is one that the table lists."""

    @initialize()
    def start(self):
        hall = make.unit("hall", make.unit("department"))
        self.clerk, self.lead = make.user("clerk", hall), make.user(Role.DUTY_MANAGER, hall)
        customer = make.customer(hall)
        self.one = make.follow_up(customer, self.clerk)
        self.part = make.follow_up(customer, self.clerk, due_at=at(hours=1, minutes=5))
        merging.merge([self.one, self.part], by=self.clerk)

    def then(self, operate):
        with suppress(ValidationError):
            operate()
        self.one.refresh_from_db()
        seen = list(
            Event.objects.filter(verb="followup.moved", subject_id=self.one.pk)
            .order_by("pk")
            .values_list("data", flat=True)
        )
        for data in seen:
            assert data["to"] in MOVES[State(data["from"])]
        assert (self.one.ended_at is None) == (self.one.state in OPEN)
        parts = FollowUp.objects.open().exclude(merged_into=None)
        assert not parts.exclude(state__in=TO_DO, merged_into__state__in=TO_DO, merged_into__merged_into=None).exists()

    @rule(outcome=st.sampled_from(["no_answer", "busy", "wrong_number", "refused"]))
    def fails(self, outcome):
        self.then(lambda: attempting.attempt(self.one, outcome, by=self.clerk))

    @rule(result=st.sampled_from(["satisfied", "neutral", "dissatisfied"]))
    def answers(self, result):
        self.answer(self.one, result, result)

    @rule(result=st.sampled_from(["satisfied", "neutral", "dissatisfied"]))
    def answers_but_the_part_otherwise(self, result):
        self.answer(self.one, result, "dissatisfied" if result == "neutral" else "neutral")

    @rule()
    def answers_the_part(self):
        self.answer(self.part, "neutral", "neutral")

    def answer(self, one, result, otherwise):
        answers = {self.part.pk: otherwise}
        self.then(lambda: attempting.attempt(one, "answered", by=self.clerk, result=result, answers=answers))

    @rule()
    def remedies(self):
        for remedy in FollowUp.objects.filter(remedies__in=[self.one, self.part], ended_at=None):
            self.then(lambda remedy=remedy: attempting.attempt(remedy, "answered", by=self.clerk, result="neutral"))

    @rule()
    def time_passes(self):
        FollowUp.objects.filter(state__in=["planned", "remedy_done"]).update(due_at=at(seconds=-1))
        self.then(due.turn)

    @rule()
    def moves(self):
        self.then(lambda: arranging.reschedule(self.one, at(hours=3), by=self.clerk, version=self.one.version))

    @rule()
    def undoes(self):
        self.then(lambda: attempting.undo(self.one, by=self.clerk))

    @rule()
    def undoes_the_part(self):
        self.then(lambda: attempting.undo(self.part, by=self.clerk))

    @rule()
    def is_tried_again(self):
        self.then(lambda: arranging.try_again(self.one, by=self.lead))

    @precondition(lambda self: self.one.round > 1)
    @rule()
    def is_cancelled(self):
        self.then(lambda: arranging.cancel(self.one, by=self.clerk, reason="x"))


def test_no_move_outside_the_table(django_db_blocker):
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
