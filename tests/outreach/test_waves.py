"""Many at once: fast, each once, and far more than usual only after somebody has looked."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from structlog.contextvars import bound_contextvars

from audit.models import Event
from jobs import runs
from outreach import consents, decisions, queueing, reports, sending, waves
from outreach.models import Decision, Message, Wave
from tests import make
from tests.race import race, together

REAL = pytest.mark.django_db(transaction=True)
DB = pytest.mark.django_db


def plan(template, customers, key, by=None):
    rows = [(one, f"{key}/{one.pk}", {}) for one in customers]
    with transaction.atomic():
        return waves.queue_many(template.branch, template.code, rows, wave_key=key, by=by)


def states(wave):
    return sorted(wave.messages.values_list("state", flat=True))


@pytest.fixture
def template():
    branch = make.branch()
    make.rules(branch, hold_from=3)
    return make.template(branch)


@pytest.fixture
def customers(template):
    return [make.reachable(template.branch) for _ in range(5)]


def had_before(template, *sizes, **fields):
    for n, size in enumerate(sizes):
        Wave.objects.create(branch=template.branch, template=template, key=f"former{n}", planned=size, **fields)


@DB
def test_one_without_a_number_is_counted_and_says_so(template, customers):
    had_before(template, 5)
    wave = plan(template, [*customers, make.customer(template.branch)], "w")
    assert states(wave) == ["planned"] * 5 + ["withheld"]
    assert wave.messages.get(state="withheld").decisions.get().reason == "no_number"


@DB
def test_one_text_that_cannot_be_written_does_not_hold_up_the_others(template, customers):
    had_before(template, 5)
    offer = make.template(template.branch, text_zh="{customer}，{occasion}快乐。", text_en="{customer}, {occasion}.")
    rows = [(one, f"x/{one.pk}", {} if one == customers[0] else {"occasion": "生日"}) for one in customers[:2]]
    with transaction.atomic():
        wave = waves.queue_many(template.branch, offer.code, rows, wave_key="x")
    assert wave.reach() == {("planned", ""): 1, ("withheld", "no_text"): 1}


@DB
def test_each_is_told_as_if_it_had_been_queued_alone(template, customers):
    had_before(template, 5)
    by, bare = make.user(), make.customer(template.branch)
    said = ("verb", "actor", "subject_type", "customer_id", "branch_id", "request_id", "data")
    with bound_contextvars(request_id="r1"), transaction.atomic():
        for one in (customers[0], bare):
            queueing.queue(one, template.code, key=f"alone/{one.pk}", by=by)
    alone = list(Event.objects.filter(verb="message.queued").order_by("pk").values(*said))
    with bound_contextvars(request_id="r1"):
        wave = plan(template, [customers[0], bare], "w", by=by)
        plan(template, [customers[0], bare], "w", by=by)
    rows = Event.objects.filter(verb="message.queued", subject_id__in=wave.messages.values("pk")).order_by("pk")
    assert list(rows.values(*said)) == alone
    assert [row["data"]["withheld"] for row in alone] == ["", "no_number"]


@DB
def test_a_large_set_is_told_with_as_many_queries_as_one(template):
    had_before(template, 90)
    sets = [[make.reachable(template.branch) for _ in range(size)] for size in (1, 40)]
    asked = []
    for n, customers in enumerate(sets):
        with CaptureQueriesContext(connection) as queries:
            plan(template, customers, f"w{n}")
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert Event.objects.filter(verb="message.queued").count() == 41


@DB
def test_planned_again_only_what_is_new_is_added(template, customers):
    had_before(template, 5)
    plan(template, customers[:3], "w")
    wave = plan(template, customers, "w")
    assert (wave.planned, wave.messages.count()) == (5, 5)
    assert plan(template, customers, "w").planned == 5


@REAL
def test_planned_twice_at_once_each_is_there_once(template, customers):
    had_before(template, 5)
    together(lambda: plan(template, customers, "w").pk)
    wave = Wave.objects.get(key="w")
    assert (wave.planned, states(wave)) == (5, ["planned"] * 5)


@DB
@pytest.mark.parametrize(
    ("before", "held"), [((), True), ((2, 2, 2), True), ((4,), False), ((3,), True), ((1, 100, 5), False)]
)
def test_far_more_than_the_usual_is_held(template, customers, before, held):
    had_before(template, *before)
    wave = plan(template, customers, "w")
    assert (wave.state == "held") is held
    assert states(wave) == ["held" if held else "planned"] * 5


@DB
def test_a_few_are_never_held(template, customers):
    assert plan(template, customers[:2], "w").state == "open"


@DB
def test_a_cancelled_wave_is_not_usual(template, customers):
    had_before(template, 100, state="cancelled")
    assert plan(template, customers, "w").state == "held"


@REAL
def test_whoever_planned_it_cannot_decide_and_another_can(template, customers, operator):
    planner, leader = make.user(), make.user()
    wave = plan(template, customers, "w", by=planner)
    assert sending.sms() == 0
    for decide in (waves.release, waves.cancel):
        with pytest.raises(ValidationError, match="somebody else"):
            decide(wave, by=planner)
    waves.release(wave, by=leader)
    assert sending.sms() == 5
    decided = Message.objects.first().decisions.order_by("pk").values_list("what", "by")
    assert list(decided) == [("held", None), ("released", leader.pk)]
    with pytest.raises(ValidationError, match="not held"):
        waves.cancel(wave, by=leader)


@REAL
def test_what_comes_after_the_decision_follows_it(template, customers):
    leader = make.user()
    wave = plan(template, customers[:3], "w")
    waves.cancel(wave, by=leader)
    assert states(plan(template, customers, "w")) == ["cancelled"] * 5


@REAL
def test_released_and_cancelled_at_once_one_of_them_counts(template, customers):
    wave, leader = plan(template, customers, "w"), make.user()
    got = race(wave, [lambda: waves.release(wave, by=leader), lambda: waves.cancel(wave, by=leader)])
    assert sum(isinstance(each, ValidationError) for each in got) == 1
    wave.refresh_from_db()
    assert states(wave) == ["planned" if wave.state == "released" else "cancelled"] * 5


@REAL
@pytest.mark.parametrize(("decide", "sent", "then"), [(waves.release, 5, "accepted"), (waves.cancel, 0, "cancelled")])
def test_a_large_set_follows_in_batches_and_nothing_of_it_goes_meanwhile(
    template, customers, operator, monkeypatch, decide, sent, then, all_due
):
    monkeypatch.setattr(waves, "BATCH", 2)
    wave = plan(template, customers, "w")
    assert states(wave) == ["held"] * 2 + ["planned"] * 3
    assert sending.sms() == 0, "the set is held, also those of it that are not held yet"
    while runs.work_off():
        pass
    assert states(wave) == ["held"] * 5
    decide(wave, by=make.user())
    assert states(wave).count("held") == 3, "the decision itself does not wait for all of them"
    while runs.work_off():
        pass
    assert sending.sms() == sent
    assert states(wave) == [then] * 5


@REAL
def test_nothing_of_a_cancelled_set_goes_before_it_has_followed(template, customers, operator):
    had_before(template, 5)
    wave = plan(template, customers, "w")
    Wave.objects.filter(pk=wave.pk).update(state="cancelled")
    assert sending.sms() == 0
    assert {(one.state, one.reason) for one in wave.messages.all()} == {("cancelled", "wave_cancelled")}
    assert set(Decision.objects.values_list("what", "reason")) == {("cancelled", "wave_cancelled")}


@DB
def test_a_released_set_that_grows_far_beyond_what_was_looked_at_is_held_again(template, customers):
    wave = plan(template, customers[:3], "w")
    waves.release(wave, by=make.user())
    Wave.objects.filter(pk=wave.pk).update(released=1)
    wave = plan(template, customers, "w")
    assert (wave.state, states(wave)) == ("held", ["held"] * 5)


@DB
def test_what_a_person_holds_stays_when_its_set_is_released(template, customers):
    had_before(template, 3)
    wave = plan(template, customers[:2], "w")
    one = wave.messages.first()
    decisions.hold(one, by=make.user())
    wave = plan(template, customers, "w")
    waves.release(wave, by=make.user())
    assert states(wave) == ["held"] + ["planned"] * 4
    one.refresh_from_db()
    assert (one.state, one.reason) == ("held", "held")


@REAL
@pytest.mark.practice("A29")
def test_news_reach_those_who_allow_it_and_how_many_is_counted(operator):
    branch = make.branch()
    make.rules(branch)
    offer = make.template(branch, message_class="marketing")
    agreed, stopped, silent = (make.reachable(branch) for _ in range(3))
    for word in ("given", "withdrawn"):
        consents.say(stopped, "marketing_sms", word, how="sms", by=None, proof="TD")
    consents.say(agreed, "marketing_sms", "given", how="hall", by=None, proof="form 7")
    wave = plan(offer, [agreed, stopped, silent, make.customer(branch)], "news")
    sending.sms()
    [said] = operator.arrived
    reports.take("sms", f"g-{said['ref']}", said["ref"], "delivered")
    assert said["text"].endswith("拒收请回复R")
    assert wave.reach() == {
        ("delivered", ""): 1,
        ("withheld", "no_consent"): 1,
        ("withheld", "no_number"): 1,
        ("withheld", "stopped"): 1,
    }
