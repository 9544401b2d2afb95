"""Runs: asked for once, done step by step, fenced, given up and taken up again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone, translation

from audit.models import Event
from jobs import claims, runs
from jobs.models import Run, Switch
from tests import make
from tests.jobs import trial
from tests.race import held, race, together

pytestmark = pytest.mark.usefixtures("trial_jobs")
State = Run.State


def ask(up_to=30, **fields):
    return runs.ask("trial.count", **{"key": str(uuid4()), "params": {"up_to": up_to}} | fields)


def whole(n):
    return list(range(n))


def test_the_same_request_twice_is_one_run():
    clerk = make.user("admin")
    first, second = ask(key="k", by=clerk), ask(key="k", by=clerk)
    assert first == second
    assert Event.objects.filter(verb="run.asked", actor=clerk).count() == 1


def test_the_same_request_at_the_same_moment_is_one_run():
    clerk = make.user("admin")
    found = together(lambda: ask(key="k", by=clerk).pk, runners=5)
    assert len(set(found)) == 1
    assert Run.objects.count() == Event.objects.filter(verb="run.asked").count() == 1


def test_a_key_of_another_job_and_an_unknown_job_are_refused():
    ask(key="k")
    with pytest.raises(ValueError, match=r"trial\.count"):
        runs.ask("trial.poison", key="k")
    with pytest.raises(LookupError):
        runs.ask("trial.nothing", key="z")
    assert Run.objects.count() == 1


def test_a_run_does_all_its_steps_once_and_says_how_far_it_is():
    run = ask(up_to=35)
    assert runs.work_off() == 1
    run.refresh_from_db()
    assert trial.effects(run) == whole(35)
    assert (run.state, run.done, run.total, run.counts) == (State.DONE, 35, 35, {"steps": 4, "sum": 595})
    assert run.duration > timedelta(0)
    assert runs.work_off() == 0


def test_a_claim_is_had_by_one_of_many():
    run = ask()
    taken = together(claims.claim, runners=5)
    assert [each for each in taken if each] == [run]
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.RUNNING, 1)


def test_many_workers_share_many_runs_and_do_each_once():
    asked = [ask(up_to=40) for _ in range(12)]
    assert sum(together(runs.work_off, runners=4)) == 12
    assert [trial.effects(run) for run in asked] == [whole(40)] * 12
    assert set(Run.objects.values_list("state", flat=True)) == {State.DONE}


def test_a_lapsed_lease_is_taken_over_where_it_stood():
    run = ask(up_to=40)
    first = claims.claim()
    assert runs.step(first)
    assert claims.claim() is None
    trial.due_now(run)
    second = claims.claim()
    assert (second.pk, second.cursor, second.attempts) == (run.pk, {"n": 10}, 2)
    with pytest.raises(runs.NotOurs):
        runs.step(first)
    while runs.step(second):
        pass
    assert trial.effects(run) == whole(40)


def test_a_step_whose_lease_is_stolen_while_it_works_leaves_nothing():
    run = ask(up_to=20)
    slow = claims.claim()
    stolen = []

    def thief():
        trial.due_now(run)
        stolen.append(claims.claim())

    def robbed(mine):
        more = trial.count(mine)
        together(thief, runners=1)  # another session
        return more

    with trial.counting_by(robbed), pytest.raises(runs.NotOurs):
        runs.step(slow)
    assert trial.effects(run) == []
    (second,) = stolen
    while runs.step(second):
        pass
    assert trial.effects(run) == whole(20)
    assert second.counts["steps"] == 2


def test_two_workers_that_steal_from_each_other_at_every_step_do_each_once():
    run = ask(up_to=100)
    workers = [claims.claim(), None]
    turn = 0
    while True:
        mine, other = workers[turn % 2], 1 - turn % 2
        if mine.state == State.RUNNING and not _try_step(mine):
            break
        trial.due_now(run)
        workers[other] = claims.claim() or workers[other]
        turn += 1
    run.refresh_from_db()
    assert trial.effects(run) == whole(100)
    assert (run.state, run.counts["steps"]) == (State.DONE, 10)


def _try_step(run):
    try:
        return runs.step(run)
    except runs.NotOurs:
        return True


def test_a_step_that_always_fails_is_given_up_after_its_attempts():
    run = runs.ask("trial.poison", key="p")
    paused = []
    for _ in range(3):
        runs.work_off()
        run.refresh_from_db()
        paused.append(run.next_at - timezone.now())
        trial.due_now(run)
    assert runs.work_off() == 0
    assert (run.state, run.attempts, run.done, run.cursor) == (State.DEAD, 3, 1, {"first": True})
    assert trial.effects(run) == []  # what a failed step had written went with it
    assert timedelta(0) < paused[0] < timedelta(seconds=4)
    assert timedelta(seconds=3) < paused[1] < timedelta(seconds=13)
    assert Event.objects.get(verb="run.given_up").subject_id == run.pk


def test_the_kept_error_holds_no_personal_data():
    run = runs.ask("trial.poison", key="p")
    runs.work_off()
    run.refresh_from_db()
    assert run.error.startswith("ValueError at jobs/trial.py:")
    assert "张伟" not in run.error
    assert "138" not in run.error


def test_a_committed_step_forgives_earlier_attempts():
    run = ask(up_to=60)
    for _ in range(6):  # more claims than max_attempts, one step each: a long run survives any number of kills
        assert Run.objects.get().state in Run.OPEN
        runs.step(claims.claim())
        trial.due_now(run)
    assert Run.objects.get().state == State.DONE
    assert trial.effects(run) == whole(60)


def test_a_run_that_kills_every_worker_before_its_step_ends_is_given_up():
    run = ask()
    for _ in range(5):
        assert claims.claim() == run
        trial.due_now(run)
    runs.work_off()
    run.refresh_from_db()
    assert run.state == State.DEAD
    assert run.error
    assert trial.effects(run) == []


def test_a_step_that_does_nothing_and_wants_more_is_given_up_instead_of_going_round_for_ever():
    run = ask()
    with trial.counting_by(lambda run: True):
        for _ in range(5):
            runs.work_off()
            trial.due_now(run)
    run.refresh_from_db()
    assert (run.state, run.done) == (State.DEAD, 0)
    assert "StandsStill" in run.error


def test_a_dead_run_is_taken_up_again_by_a_person_once():
    run = make.run("trial.count", params={"up_to": 30}, cursor={"n": 10}, done=10, attempts=5, state=State.DEAD)
    admin = make.user("admin")
    outcomes = race(run, lambda: Run(pk=run.pk).retry(by=admin))
    assert sum(isinstance(each, ValidationError) for each in outcomes) == 3
    assert Event.objects.get(verb="run.moved", actor=admin).data["to"] == "waiting"
    runs.work_off()
    run.refresh_from_db()
    assert run.state == State.DONE
    assert trial.effects(run) == list(range(10, 30))


def test_cancelling_midway_keeps_what_is_done_and_says_so():
    run = ask(up_to=50)
    worker, admin = claims.claim(), make.user("admin")
    runs.step(worker)
    Run.objects.get().cancel(by=admin)
    Run.objects.get().cancel(by=admin)  # again: nothing more happens
    assert Run.objects.get().state == State.RUNNING
    assert not runs.step(worker)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (State.CANCELLED, 10, 50)
    assert trial.effects(run) == whole(10)
    assert Event.objects.filter(verb="run.cancel_asked", actor=admin).count() == 1
    assert runs.work_off() == 0


def test_cancelling_what_waits_or_has_lost_its_worker_is_at_once():
    admin = make.user("admin")
    waiting = ask()
    waiting.cancel(by=admin)
    assert waiting.state == State.CANCELLED
    assert waiting.finished_at
    orphan = ask()
    worker = claims.claim()
    trial.due_now(orphan)
    orphan.cancel(by=admin)
    assert orphan.state == State.CANCELLED
    with pytest.raises(runs.NotOurs):
        runs.step(worker)
    assert trial.effects(orphan) == []


def test_cancelling_what_has_ended_is_refused():
    run = make.run(state=State.DONE)
    with pytest.raises(ValidationError):
        run.cancel(by=None)


def test_of_many_who_cancel_one_does():
    run = ask()
    admin = make.user("admin")
    race(run, lambda: Run(pk=run.pk).cancel(by=admin))
    assert Event.objects.get(verb="run.moved").data == {"from": "waiting", "to": "cancelled"}


@pytest.mark.parametrize("steps", [1, 2])
def test_cancelling_beside_a_step_ends_in_one_state(steps):
    """`steps` left: the last step and the cancellation meet at the locked row, and either order is consistent."""
    run = ask(up_to=10 * steps)
    worker = claims.claim()

    def finish():
        while runs.step(worker):
            pass

    outcomes = race(run, [finish, lambda: Run(pk=run.pk).cancel(by=None)])
    if not isinstance(outcomes[1], ValidationError) and Run.objects.get().state == State.RUNNING:
        finish()
    run.refresh_from_db()
    assert run.state in (State.DONE, State.CANCELLED)
    assert trial.effects(run) == whole(run.done)
    assert isinstance(outcomes[1], ValidationError) == (run.state == State.DONE and not run.cancel_asked)


def test_a_locked_run_is_passed_over_not_waited_for():
    locked, free = ask(), ask()
    with held(locked):
        assert claims.claim() == free
        assert claims.claim() is None
    assert claims.claim() == locked


def test_a_paused_job_is_not_worked_on_and_a_running_one_stops_between_steps():
    run = ask(up_to=30)
    worker = claims.claim()
    runs.step(worker)
    Switch.objects.create(job="trial.count", paused=True)
    assert not runs.step(worker)
    run.refresh_from_db()
    assert (run.state, run.done) == (State.WAITING, 10)
    assert claims.claim() is None
    Switch.objects.update(paused=False)
    runs.work_off()
    assert trial.effects(run) == whole(30)


def test_a_turn_that_is_over_lets_others_go_first():
    long, short = ask(up_to=50), ask(up_to=10)
    runs.work(claims.claim(), turn=0)
    long.refresh_from_db()
    assert (long.state, long.done) == (State.WAITING, 10)
    assert claims.claim() == short


def test_a_worker_told_to_stop_gives_its_run_back_at_once():
    run = ask(up_to=50)
    asked = iter([False, True, True])
    runs.work_off(stop=lambda: next(asked))
    run.refresh_from_db()
    assert (run.state, run.done) == (State.WAITING, 10)
    runs.work_off()
    assert trial.effects(run) == whole(50)


def test_runs_of_jobs_that_this_release_does_not_know_are_left_alone():
    run = make.run("gone.away")
    assert runs.work_off() == 0
    run.refresh_from_db()
    assert run.state == State.WAITING
    assert run.title == "gone.away"


@pytest.mark.parametrize("ahead", ["lease", "pause"])
def test_a_clock_set_back_does_not_park_runs_in_the_future(ahead):
    run = ask(up_to=20)
    state = State.RUNNING if ahead == "lease" else State.WAITING
    if ahead == "lease":
        claims.claim()
    far = timezone.now() + timedelta(days=30)
    Run.objects.update(next_at=far, lease_until=far if ahead == "lease" else None)
    assert Run.objects.get().state == state
    runs.work_off()
    assert trial.effects(run) == whole(20)


def test_a_database_connection_that_breaks_in_a_step_costs_one_attempt():
    run = ask(up_to=30)
    worker = claims.claim()

    def broken(mine):
        trial.count(mine)
        pid = connection.connection.info.backend_pid
        trial.as_superuser(f"SELECT pg_terminate_backend({pid})")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    with trial.counting_by(broken):
        runs.work(worker)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.WAITING, 1)
    assert "Error at" in run.error
    trial.due_now(run)
    runs.work_off()
    assert trial.effects(run) == whole(30)
    assert Run.objects.get().error == ""


def test_texts_of_a_step_are_in_the_language_of_who_asked():
    seen = []
    ask(by=make.user("admin", language="en"))
    ask()
    with trial.counting_by(lambda run: seen.append(translation.get_language())):
        runs.work_off()
    assert seen == ["en", "zh-hans"]
