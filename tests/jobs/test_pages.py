"""The pages of the clockwork: who sees them, what they show, what their buttons do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from jobs import claims, runs
from jobs.models import Run, Slot, Switch
from jobs.slots import materialise
from tests import make
from tests.jobs import trial
from tests.race import together

pytestmark = pytest.mark.django_db
PRUNE = "jobs.prune"


def admin(**fields):
    return make.sign_in("admin", language="en", **fields)


def page(browser, name, *args, **query):
    return browser.get(reverse(name, args=args), query)


def press(browser, name, *args, **data):
    return browser.post(reverse(name, args=args), data)


def test_the_list_shows_each_job_with_its_schedule_and_last_run(settings):
    materialise()
    runs.work_off()
    text = page(admin(), "jobs").content.decode()
    assert "Every minute" in text
    assert "Daily at 03:40 (Asia/Shanghai)" in text
    assert "Done" in text


def test_the_list_asks_the_same_number_of_questions_for_few_and_many_runs(django_assert_max_num_queries):
    browser = admin()
    page(browser, "jobs")
    for _ in range(2):
        for _ in range(3):
            make.run(PRUNE, state="done")
            make.run("jobs.pulse", state="done")
        materialise()
        with django_assert_max_num_queries(9):
            page(browser, "jobs")


def test_a_jobs_page_shows_its_runs_and_what_was_skipped():
    now = timezone.now()
    make.run(
        PRUNE, state="done", done=620, counts={"slots": 620}, started_at=now, finished_at=now + timedelta(seconds=2)
    )
    make.run(PRUNE, state="dead", error="ValueError at x.py:1: …")
    Slot.objects.create(job=PRUNE, slot_at="2026-03-02T19:40:00Z")
    text = page(admin(), "job", PRUNE).content.decode()
    assert "Slots removed: 620" in text
    assert "2.0 s" in text
    assert "ValueError at x.py:1" in text
    assert "2026-03-03 03:40" in text


def test_older_runs_are_a_page_further():
    made = [make.run(PRUNE, state="done") for _ in range(55)]
    browser = admin()
    first = page(browser, "job", PRUNE)
    assert [run.pk for run in first.context["runs"]] == [run.pk for run in made[:-51:-1]]
    rest = page(browser, "job", PRUNE, before=first.context["more"])
    assert [run.pk for run in rest.context["runs"]] == [run.pk for run in made[4::-1]]
    assert rest.context["more"] is None


def test_a_run_that_is_open_asks_for_its_progress_every_second_and_one_that_ended_does_not():
    browser = admin()
    running = make.run(PRUNE, state="running", done=250, total=1000)
    text = page(browser, "run-progress", running.pk).content.decode()
    assert 'hx-trigger="every 1s"' in text
    assert "250" in text
    assert "1000" in text
    ended = page(browser, "run-progress", make.run(PRUNE, state="done", done=1000, total=1000).pk)
    assert "hx-trigger" not in ended.content.decode()
    assert "run-ended" in ended.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "waiting"}, "starts by itself"),
        ({"state": "waiting", "error": "E", "attempts": 2}, "The last step failed (attempt 2)"),
        ({"state": "running", "cancel_asked": True}, "It stops after the step in hand"),
        ({"state": "cancelled", "done": 30, "total": 90}, "30 of 90 were done and are kept"),
        ({"state": "done", "cancel_asked": True}, "It had finished before it could be cancelled"),
        ({"state": "dead", "error": "E"}, "given up"),
    ],
)
def test_each_state_is_said_in_plain_words(fields, words):
    assert words in page(admin(), "run", make.run(PRUNE, **fields).pk).content.decode()


def test_pressing_run_now_twice_starts_one_run():
    browser, key = admin(), uuid4()
    answers = [press(browser, "job-start", PRUNE, key=key) for _ in range(2)]
    run = Run.objects.get(job=PRUNE)
    assert [answer.url for answer in answers] == [reverse("run", args=[run.pk])] * 2
    assert (run.asked_by, run.branch_id) == (browser.person, browser.person.branch_id)
    assert Event.objects.get(verb="run.asked").actor == browser.person


@pytest.mark.django_db(transaction=True)
def test_pressing_run_now_at_the_same_moment_starts_one_run():
    browser, key = admin(), uuid4()
    together(lambda: press(browser, "job-start", PRUNE, key=key).status_code, runners=4)
    assert Run.objects.filter(job=PRUNE).count() == 1


def test_run_now_without_its_key_is_refused_on_the_same_page():
    answer = press(admin(), "job-start", PRUNE, key="x")
    assert answer.status_code == 422
    assert "Please try again" in answer.content.decode()
    assert not Run.objects.exists()


def test_a_job_that_is_not_started_by_hand_says_so():
    browser = admin()
    answer = press(browser, "job-start", "jobs.pulse", key=uuid4())
    assert "not by hand" in browser.get(answer.url).content.decode()
    assert not Run.objects.exists()


def test_pausing_and_resuming():
    browser = admin()
    press(browser, "job-pause", PRUNE)
    assert Switch.objects.get(job=PRUNE).paused
    text = page(browser, "job", PRUNE).content.decode()
    assert "Paused" in text
    assert "Resume" in text
    answer = press(browser, "job-start", PRUNE, key=uuid4())
    assert "Resume it first" in browser.get(answer.url).content.decode()
    press(browser, "job-resume", PRUNE)
    assert not Switch.objects.get(job=PRUNE).paused
    assert not Run.objects.exists()
    assert [event.verb for event in Event.objects.order_by("id")] == ["job.paused", "job.resumed"]


@pytest.mark.django_db(transaction=True)
def test_pausing_from_four_windows_is_one_event():
    browser = admin()
    together(lambda: press(browser, "job-pause", PRUNE).status_code, runners=4)
    assert Event.objects.filter(verb="job.paused").count() == 1


def test_the_pulse_cannot_be_paused():
    browser = admin()
    press(browser, "job-pause", "jobs.pulse")
    assert not Switch.objects.filter(paused=True).exists()


def test_cancelling_and_retrying_from_the_page():
    browser = admin()
    waiting, dead = make.run(PRUNE), make.run(PRUNE, state="dead", error="E", attempts=5)
    assert "Cancel the run" in page(browser, "run", waiting.pk).content.decode()
    press(browser, "run-cancel", waiting.pk)
    assert "Try again" in page(browser, "run", dead.pk).content.decode()
    press(browser, "run-retry", dead.pk)
    states = {run.pk: (run.state, run.error) for run in Run.objects.all()}
    assert states == {waiting.pk: ("cancelled", ""), dead.pk: ("waiting", "")}


def test_what_an_operation_refuses_is_said_on_the_page():
    browser = admin()
    run = make.run(PRUNE, state="done")
    for name in ("run-cancel", "run-retry"):
        answer = press(browser, name, run.pk)
        assert browser.get(answer.url).context["messages"]
    assert Run.objects.get().state == "done"


def test_a_steward_sees_but_does_not_control():
    browser = make.sign_in("data_steward", language="en")
    run = make.run(PRUNE)
    text = page(browser, "job", PRUNE).content.decode() + page(browser, "run", run.pk).content.decode()
    assert "Run now" not in text
    assert "Cancel the run" not in text
    for name, args in [("job-start", [PRUNE]), ("job-pause", [PRUNE]), ("job-resume", [PRUNE])]:
        assert press(browser, name, *args, key=uuid4()).status_code == 403
    for name in ("run-cancel", "run-retry"):
        assert press(browser, name, run.pk).status_code == 403
    assert not Event.objects.exists()
    assert Run.objects.get().state == "waiting"


def test_who_asked_for_a_run_sees_and_cancels_it_and_no_other():
    browser = make.sign_in("clerk", language="en")
    own = make.run(PRUNE, asked_by=browser.person, branch_id=browser.person.branch_id)
    other = make.run(PRUNE, branch_id=browser.person.branch_id, error="canary")
    assert page(browser, "run-progress", own.pk).status_code == 200
    press(browser, "run-cancel", own.pk)
    assert Run.objects.get(pk=own.pk).state == "cancelled"
    for name in ("run", "run-progress"):
        assert page(browser, name, other.pk).status_code == 404
    for name in ("run-cancel", "run-retry"):
        assert press(browser, name, other.pk).status_code == 404
    assert page(browser, "jobs").status_code == page(browser, "job", PRUNE).status_code == 403
    assert Run.objects.get(pk=other.pk).state == "waiting"


def test_runs_of_another_branch_are_hidden_even_from_its_own_kind_of_admin():
    browser, theirs = admin(), make.branch()
    foreign = make.run(PRUNE, branch_id=theirs.pk, error="canary", state="dead")
    for name in ("run", "run-progress"):
        assert page(browser, name, foreign.pk).status_code == 404
    assert press(browser, "run-retry", foreign.pk).status_code == 404
    assert "canary" not in page(browser, "job", PRUNE).content.decode()
    materialise()
    assert "Given up" not in page(browser, "jobs").content.decode()
    assert Run.objects.get(pk=foreign.pk).state == "dead"


def test_an_unknown_job_is_not_found():
    browser = admin()
    assert page(browser, "job", "no.such").status_code == 404
    assert press(browser, "job-pause", "no.such").status_code == 404


def test_nobody_who_is_not_signed_in_sees_anything(client):
    run = make.run(PRUNE)
    for address in (reverse("jobs"), reverse("job", args=[PRUNE]), reverse("run-progress", args=[run.pk])):
        assert client.get(address).status_code == 302
    from django.contrib.auth.models import AnonymousUser

    assert not Run.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_says_what_was_done(trial_jobs):
    browser = admin()
    run = runs.ask("trial.count", key="c", params={"up_to": 50}, by=browser.person)
    worker = claims.claim()
    runs.step(worker)
    press(browser, "run-cancel", run.pk)
    runs.work(worker)
    assert "10 of 50 were done and are kept" in page(browser, "run", run.pk).content.decode()
    assert trial.effects(run) == list(range(10))
