"""Every record that moves through states: whatever is tried, only the moves of its table happen."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event
from audit.stateful import Stateful
from jobs.models import Run
from outreach.models import Message
from tests import complaining, dunning, make, money
from tests.race import race
from work.models.states import OPEN

MODELS = [model for model in apps.get_models() if issubclass(model, Stateful)]
# A record of each, in a state given by name.
MAKE: dict[str, Callable] = {
    "jobs.run": make.run,
    "webhooks.subscription": make.subscription,
    "outreach.message": lambda state: make.message(make.reachable(), state=state, **message_with(state)),
    "billing.shift": money.shift_in,
    "billing.reversal": money.reversal_in,
    "billing.dunningcase": dunning.case_in,
    "billing.casestep": dunning.step_in,
    "billing.exemption": dunning.exemption_in,
    "billing.paymentpromise": dunning.promise_in,
    "billing.servicerequest": dunning.request_in,
    "billing.waiver": dunning.waiver_in,
    "work.followup": lambda state: make.follow_up(make.customer(), state=state),
    "complaints.complaint": complaining.complaint_in,
    "complaints.subtask": complaining.task_in,
    "complaints.incident": complaining.incident_in,
    "complaints.compensation": complaining.compensation_in,
    "complaints.regulatorcase": complaining.appeal_in,
    "complaints.suggestion": complaining.suggestion_in,
}


def message_with(state):
    """The columns that a state of a message goes with."""
    waits = state in ("planned", "submitting", "unknown")
    return {
        "ended_at": timezone.now() if state in Message.ENDED else None,
        "next_at": timezone.now() if waits else None,
        "lease_token": uuid4() if state == "submitting" else None,
        "reason": "too_late" if state in ("withheld", "expired") else "",
    }


def follow_up_with(state):
    return {"ended_at": None if state in OPEN else timezone.now()}


WITH = {
    "outreach.message": message_with,
    "work.followup": follow_up_with,
    "billing.dunningcase": dunning.case_with,
    "billing.casestep": dunning.step_with,
    "billing.paymentpromise": dunning.promise_with,
    "billing.servicerequest": dunning.request_with,
    "billing.waiver": dunning.waiver_with,
    "complaints.complaint": complaining.complaint_with,
    "complaints.subtask": complaining.task_with,
    "complaints.incident": complaining.incident_with,
    "complaints.compensation": complaining.compensation_with,
}
# Moved with other columns; tests/outreach/test_machine.py and tests/billing/test_dunning_machine.py walk them.
OWN_VERBS = {
    "outreach.message",
    "billing.dunningcase",
    "billing.casestep",
    "billing.exemption",
    "billing.paymentpromise",
    "billing.servicerequest",
    "billing.waiver",
    "complaints.complaint",
    "complaints.subtask",
    "complaints.incident",
    "complaints.compensation",
    "complaints.regulatorcase",
    "complaints.suggestion",
}
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)


@every_model
def test_each_has_a_factory_here(model):
    assert model._meta.label_lower in MAKE


@every_model
def test_the_table_names_every_state_and_no_other(model):
    choices = set(dict(model._meta.get_field("state").flatchoices))
    assert set(model.MOVES) == choices
    assert set().union(*model.MOVES.values()) <= choices


@every_model
def test_each_state_can_be_reached_and_is_labelled(model):
    field = model._meta.get_field("state")
    reached, fresh = set(), {field.default if field.has_default() else field.db_default.value}
    while fresh:
        reached |= fresh
        fresh = set().union(*(model.MOVES[state] for state in fresh)) - reached
    assert reached == set(dict(field.flatchoices))


@pytest.mark.parametrize(
    "model", [one for one in MODELS if one._meta.label_lower not in OWN_VERBS], ids=lambda one: one._meta.label_lower
)
@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_path_leaves_the_table(model, data):
    states = sorted(model.MOVES)
    tried = data.draw(st.lists(st.sampled_from(states), max_size=8))
    with transaction.atomic():
        record = MAKE[model._meta.label_lower](state=data.draw(st.sampled_from(states)))
        before, moved = Event.objects.count(), 0
        for wanted in tried:
            moved += _try(record, wanted)
        assert Event.objects.count() == before + moved
        transaction.set_rollback(True)


def _try(record, wanted):
    was = record.state
    allowed = wanted in record.MOVES[was]
    try:
        with transaction.atomic():
            record.move_to(wanted, by=None, reason="tried")
    except ValidationError:
        assert not allowed
        assert type(record).objects.get(pk=record.pk).state == was
        return 0
    assert allowed
    assert type(record).objects.get(pk=record.pk).state == wanted
    event = Event.objects.latest("id")
    assert event.verb == f"{record._meta.model_name}.moved"
    assert event.data == {"from": was, "to": wanted, "reason": "tried"}
    return 1


@every_model
@pytest.mark.django_db
def test_the_database_itself_refuses_what_the_table_does_not_list(model):
    for was, allowed in model.MOVES.items():
        for wanted in set(model.MOVES) - {was}:
            record = MAKE[model._meta.label_lower](state=was)
            rows = model.objects.filter(pk=record.pk)
            with_it = WITH.get(model._meta.label_lower, lambda state: {})(wanted)
            try:
                with transaction.atomic():
                    rows.update(state=wanted, **with_it)
                assert wanted in allowed, f"{was} > {wanted} went through"
            except DatabaseError:
                assert wanted not in allowed, f"{was} > {wanted} was refused"


@pytest.mark.django_db
@translation.override("en")
def test_a_refused_move_says_so_in_plain_words():
    run = make.run(state=Run.State.DONE)
    with pytest.raises(ValidationError, match=r"“Done”.*“Running”"):
        run.move_to(Run.State.RUNNING, by=None)
    with pytest.raises(ValidationError, match="“Done” already"):
        run.move_to(Run.State.DONE, by=None)


@pytest.mark.django_db
def test_a_move_reads_the_row_afresh():
    run = make.run(state=Run.State.WAITING)
    Run.objects.filter(pk=run.pk).update(state=Run.State.CANCELLED)
    with pytest.raises(ValidationError):
        run.move_to(Run.State.RUNNING, by=None)
    assert run.state == Run.State.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_of_four_who_make_the_same_move_one_does():
    run = make.run(state=Run.State.DEAD)

    @transaction.atomic
    def move():
        mine = Run(pk=run.pk)
        mine.move_to(Run.State.WAITING, by=None)
        return "moved"

    outcomes = race(run, move)
    assert outcomes.count("moved") == 1
    assert Event.objects.filter(verb="run.moved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_move_outside_a_transaction_is_refused():
    run = make.run(state=Run.State.DEAD)
    with pytest.raises(transaction.TransactionManagementError):
        run.move_to(Run.State.WAITING, by=None)
