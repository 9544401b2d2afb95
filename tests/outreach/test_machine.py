"""Any order of sending, dying, reports, time and people: what phones got and what the table says never part.

The gateway here keeps its own book in memory and does what each step tells it: take, refuse, be busy, or break off
before or after taking. A sender may die before its call or after it.
"""

from collections import Counter

import hypothesis.strategies as st
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import settings as how
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from outreach import claims, decisions, reports, sending, settling
from outreach.closing import close
from outreach.gateways import Answer, Gateway, Outcome, registry
from outreach.gateways.address import Address
from outreach.models import Attempt, Decision, DeliveryReport, Message
from tests import make

UNSENT = {"planned", "held", "cancelled", "expired", "withheld"}
FATES = ["take", "refuse", "busy", "break_off_before", "break_off_after", "die_before", "die_after", "answer_late"]


class Trial(Gateway):
    """A gateway for one process; `fate` is what happens to the next call."""

    OPTIONS = frozenset({"idempotent", "queryable"})

    def __init__(self, channel, address):
        super().__init__(channel, address)
        self.idempotent, self.queryable = address.flag("idempotent"), address.flag("queryable")
        self.fate, self.phones = "take", Counter()

    def send(self, *, ref, to, text, subject="", marketing=False):
        known = self.idempotent and self.phones[ref]
        if known and self.fate == "refuse":
            return Answer(Outcome.ACCEPTED, gateway_ref=str(ref))
        if self.fate in ("take", "break_off_after", "die_after", "answer_late") and not known:
            self.phones[ref] += 1
        return {
            "answer_late": Answer(Outcome.ACCEPTED, gateway_ref=str(ref)),
            "take": Answer(Outcome.ACCEPTED, gateway_ref=str(ref)),
            "refuse": Answer(Outcome.REFUSED, status="422"),
            "busy": Answer(Outcome.BUSY, status="429"),
        }.get(self.fate, Answer(Outcome.UNKNOWN, status="broken"))

    def query(self, ref):
        return Answer(Outcome.ACCEPTED, gateway_ref=str(ref)) if self.phones[ref] else None


class Outbox(RuleBasedStateMachine):
    address = ""

    def __init__(self):
        super().__init__()
        for model in (DeliveryReport, Decision, Attempt, Message):
            model.objects.all().delete()
        self.gateway = Trial("sms", Address.parse(self.address))
        registry.made.cache_clear()
        registry.KINDS["sms"]["trial"] = lambda channel, address: self.gateway
        self.customer = make.reachable()
        make.rules(self.customer.branch)
        self.person, self.unheard = make.user(), []  # hands whose answers have not come in yet

    @rule()
    def queue(self):
        make.message(self.customer)

    @rule(fate=st.sampled_from(FATES), most=st.integers(1, 3))
    def send(self, fate, most):
        self.gateway.fate = fate
        hand = claims.claim(self.gateway, most)
        if hand and fate != "die_before":
            heard = list(zip(hand, sending.call_all(hand, self.gateway), strict=True))
            if fate == "answer_late":
                self.unheard.append(heard)
            elif fate != "die_after":
                close(heard, self.gateway)
        self.gateway.fate = "take"

    @rule()
    @precondition(lambda self: self.unheard)
    def a_late_answer_comes(self):
        """Perhaps long after the lease: the message may be another sender's by now, or a person's."""
        close(self.unheard.pop(0), self.gateway)

    @rule()
    def time_passes(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outreach_message SET next_at = '2020-01-01'"
                " WHERE state IN ('planned', 'submitting', 'unknown') AND next_at IS NOT NULL"
            )
            cursor.execute("UPDATE outreach_breaker SET rest_until = NULL")

    @rule()
    def settle(self):
        settling.work_off()

    @rule(data=st.data(), status=st.sampled_from(["delivered", "undelivered", "pending"]))
    @precondition(lambda self: self.gateway.phones)
    def report(self, data, status):
        """Only of what was taken; a phone that is off is reported, too."""
        ref = data.draw(st.sampled_from(sorted(self.gateway.phones, key=str)))
        if self.gateway.phones[ref]:
            reports.take(self.gateway.name, str(ref), ref, status)

    @rule(data=st.data(), what=st.sampled_from(["cancel", "hold", "release", "retry", "give_up"]))
    @precondition(lambda self: Message.objects.exists())
    def a_person_decides(self, data, what):
        one = data.draw(st.sampled_from(list(Message.objects.order_by("pk"))))
        if what == "retry" and self.gateway.phones[one.ref]:
            return  # that would be sending twice, knowingly
        try:
            if what == "give_up":
                decisions.settle(one, what, by=self.person)
            else:
                getattr(decisions, what)(one, by=self.person)
        except ValidationError:
            return

    @invariant()
    def nothing_arrives_twice(self):
        assert max(self.gateway.phones.values(), default=0) <= 1

    @invariant()
    def the_table_claims_no_more_than_happened(self):
        for one in Message.objects.all():
            arrived = self.gateway.phones[one.ref]
            if one.state in ("accepted", "delivered"):
                assert arrived, one.state
            if one.state in UNSENT:
                assert not arrived, one.state
            if one.state == "unknown":
                assert one.in_doubt
            assert list(one.made.order_by("n").values_list("n", flat=True)) == list(range(1, one.attempts + 1))

    def teardown(self):
        """With time and a gateway that is well everything comes to an end."""
        for _ in range(4):
            self.time_passes()
            settling.work_off()
            self.time_passes()
            while hand := claims.claim(self.gateway, 3):
                close(list(zip(hand, sending.call_all(hand, self.gateway), strict=True)), self.gateway)
        self.nothing_arrives_twice()
        self.the_table_claims_no_more_than_happened()
        left = set(Message.objects.values_list("state", flat=True))
        assert not left & {"planned", "submitting"}
        if self.gateway.idempotent or self.gateway.queryable:
            assert "unknown" not in left


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["idempotent", "queryable", "blind"])
def test_what_phones_got_and_what_the_table_says_never_part(settings, kind):
    address = "trial://here?" + ("" if kind == "blind" else f"{kind}=1&") + "grace=1"
    settings.GATEWAYS = {"sms": address, "email": ""}
    machine = type("Outbox", (Outbox,), {"address": address})
    try:
        examples = how().max_examples if how().max_examples > 1000 else 25
        run_state_machine_as_test(machine, settings=how(max_examples=examples, stateful_step_count=20, deadline=None))
    finally:
        registry.KINDS["sms"].pop("trial", None)
        registry.made.cache_clear()
