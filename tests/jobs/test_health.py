import pytest

from jobs import health, runs
from jobs.models import Run
from jobs.slots import materialise
from tests import make

pytestmark = pytest.mark.django_db


def test_before_the_first_beat_there_is_no_age():
    make.run("jobs.prune", state="done", finished_at="2026-01-01T00:00:00Z")
    make.run("jobs.pulse")
    assert health.last_work() is None


def test_the_age_is_that_of_the_last_beat_on_the_databases_clock():
    make.run("jobs.pulse", state="done", finished_at="2020-01-01T00:00:00Z")
    assert health.last_work() > 86_400
    materialise()
    runs.work_off()
    assert Run.objects.filter(job="jobs.pulse", state="done").count() == 2
    assert 0 <= health.last_work() < 60
