"""A later file says what became of tickets that are there: they move on, unless people have worked on them here."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone, translation

from audit.models import Event
from complaints import handling
from complaints.clocks import checking
from complaints.models import Clock, Complaint, StateChange
from customers.imports import intake
from customers.imports.reasons import reasons_of
from jobs import runs
from jobs.models import Run
from tests import complaining, make
from tests.complaints.test_importing import HEADER, ROW, brought_in, by, moves, rows, steward, year  # noqa: F401
from tests.imports import files
from tests.imports.test_races import due_now
from tests.race import together

ROOT = Path(__file__).parents[2]
KILLS = 40 if os.environ.get("PROOF") else 5
OVER = {"状态": "已办结", "答复时间": "2026-03-03 10:30", "关闭时间": "2026-03-05 10:30"}
WORKER = """
import django
django.setup()
from django.db import connection
connection.ensure_connection()
from jobs import runs
print("here", flush=True)
runs.work_off()
"""


@pytest.mark.django_db
def test_what_is_open_moves_on_as_the_file_says_with_its_log_and_clocks(by):  # noqa: F811
    brought_in(by, {}, {"工单号": "G2", "状态": "未处理"}, {"工单号": "G3", "状态": "未处理"}, {"工单号": "G4"})
    later = [OVER, {"工单号": "G2"}, {"工单号": "G3", "状态": "撤诉"}, {"工单号": "G4"}]
    for outcome in ("update", "unchanged"):
        batch = brought_in(by, *later)
        assert files.outcomes(batch) == [outcome] * 3 + ["unchanged"]
    closed, begun, back, _same = Complaint.objects.order_by("ref")
    assert [one.state for one in (closed, begun, back)] == ["closed", "in_progress", "withdrawn"]
    assert moves(closed)[3:] == [("in_progress", "resolved"), ("resolved", "callback_due"), ("callback_due", "closed")]
    assert moves(begun) == [("", "accepted"), ("accepted", "assigned"), ("assigned", "in_progress")]
    assert moves(back) == [("", "accepted"), ("accepted", "withdrawn")]
    done, ended = (datetime(2026, 3, day, 2, 30, tzinfo=UTC) for day in (3, 5))
    assert (closed.resolved_at, closed.ended_at, closed.answer) == (done, ended, "")
    assert StateChange.objects.filter(complaint=closed).last().reason == "已办结"
    assert checking.check([one.pk for one in (closed, begun, back)]) == [], "its clocks are what its log gives"
    assert not Clock.objects.filter(complaint=closed, stopped_at=None, met_at=None).exists()
    assert Event.objects.filter(verb="complaint.moved", data__to="closed").count() == 1
    assert files.outcomes(brought_in(by, {"状态": ""})) == ["unchanged"], "an empty cell says nothing"


@pytest.mark.django_db
def test_one_that_was_worked_on_here_is_given_back_and_stays_as_it_is(by):  # noqa: F811
    brought_in(by, {}, {"工单号": "G2"}, {"工单号": "G3"}, {"工单号": "G4"})
    noted, appealed, same, alone = Complaint.objects.order_by("ref")
    handling.note(noted, by=noted.owner, text="联系过", key="n")
    handling.note(same, by=same.owner, text="联系过", key="n")
    complaining.appeal(appealed)
    batch = brought_in(by, OVER, OVER | {"工单号": "G2"}, {"工单号": "G3"}, OVER | {"工单号": "G4"})
    assert files.outcomes(batch) == ["error", "error", "unchanged", "update"]
    assert files.reasons(batch) == {2: ["worked_here"], 3: ["worked_here"]}
    with translation.override("en"):
        assert "worked on here" in reasons_of(batch.rows.get(n=2))[0]
    assert [Complaint.objects.get(pk=one.pk).state for one in (noted, alone)] == ["in_progress", "closed"]


@pytest.mark.django_db
def test_an_absence_is_no_work_so_files_still_move_what_it_lent_and_gave_back(by):  # noqa: F811
    brought_in(by, {}, {"工单号": "G2"})
    lent, back = Complaint.objects.order_by("ref")
    deputy = make.user("complaint_desk", by.branch)
    absence = make.absence(lent.owner, deputy)
    absence.begin(timezone.now())
    assert set(Complaint.objects.values_list("owner", flat=True)) == {deputy.pk}
    assert files.outcomes(brought_in(by, OVER)) == ["update"]
    absence.finish(timezone.now())
    assert files.outcomes(brought_in(by, OVER | {"工单号": "G2"})) == ["update"]
    for one in (lent, back):
        one.refresh_from_db()
        assert (one.state, one.touched_at) == ("closed", one.received_at)
    assert lent.owner == deputy, "what is over stays with whoever had it"
    assert back.owner == absence.user
    assert checking.check([lent.pk, back.pk]) == []


@pytest.mark.django_db
def test_when_it_was_answered_stays_as_a_file_told_it(by):  # noqa: F811
    brought_in(by, {"答复时间": OVER["答复时间"]})
    assert files.outcomes(brought_in(by, OVER | {"答复时间": ""})) == ["update"]
    one = Complaint.objects.get()
    assert (one.resolved_at.day, one.ended_at.day) == (3, 5)


@pytest.mark.django_db
def test_a_file_takes_nothing_back(by):  # noqa: F811
    brought_in(by, OVER, {"工单号": "G2"})
    batch = brought_in(by, {}, {"工单号": "G2", "状态": "未处理"})
    assert files.reasons(batch) == {2: ["went_back"], 3: ["went_back"]}
    assert [one.state for one in Complaint.objects.order_by("ref")] == ["closed", "in_progress"]


@pytest.mark.django_db(transaction=True)
def test_moved_on_while_somebody_works_on_it_one_of_both_comes_first():
    person = steward()
    brought_in(person, {})
    one = Complaint.objects.get()
    batch = intake.ask_commit(files.checked(rows(OVER), person, "complaints"), by=person)
    together(
        [
            lambda: runs.work_off(only=[batch.commit_run_id]),
            lambda: handling.note(one, by=one.owner, text="联系过", key="n"),
        ]
    )
    one.refresh_from_db()
    batch.refresh_from_db()
    moved = files.outcomes(batch) == ["update"]
    assert (one.state == "closed") is moved
    assert len(moves(one)) == (6 if moved else 3)
    assert one.edition == (5 if moved else 2)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_resumed_a_real_year_is_in_once(year):  # noqa: F811
    person, chance = steward(), random.Random(7)
    batch = intake.ask_commit(files.checked(year, person, "complaints"), by=person)
    Run.objects.filter(pk=batch.commit_run_id).update(params=batch.commit_run.params | {"rows": 60})
    run = Run.objects.get(pk=batch.commit_run_id)
    for _kill in range(KILLS):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "crm.settings"},
            stdout=subprocess.PIPE,
        )  # fmt: skip
        worker.stdout.readline()
        time.sleep(chance.random() * 0.4)
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        run.refresh_from_db()
        if not run.is_open:
            break
        due_now(run)
    runs.work_off()
    batch.refresh_from_db()
    assert batch.state == "done"
    assert set(batch.rows.values_list("outcome", "brought_in")) == {("create", True)}
    assert Complaint.objects.count() == Complaint.objects.values("ref").distinct().count() == 2224
    assert Event.objects.filter(verb="complaint.imported").count() == 2224
    assert sorted(Complaint.objects.values_list("number", flat=True))[-1].endswith("002224")
