"""The pages of the clockwork in a real browser: every page, and a run that is watched to its end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import runs
from jobs.models import Slot
from jobs.slots import materialise
from tests import make
from tests.browser.watch import chinese_words, problems_of_reading, sideways

pytestmark = pytest.mark.django_db(transaction=True)
PRUNE = "jobs.prune"
LOOKS = [("en", "light", 1440), ("zh-hans", "dark", 1024), ("en", "dark", 390)]


def admin(language="en", theme="light"):
    branch = make.branch(name="江南分公司", name_en="Jiangnan Branch")
    return make.user("admin", branch, name="林晓", language=language, theme=theme)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_reads_well(page_as, language, theme, width):
    person, now = admin(language, theme), timezone.now()
    materialise()
    runs.work_off()
    spent = {"started_at": now - timedelta(seconds=12), "finished_at": now}
    counts = {"slots": 620, "runs": 310}
    shown = [
        make.run(PRUNE, state="running", done=250, total=1000, counts=counts, asked_by=person, started_at=now),
        make.run(PRUNE, state="done", done=620, counts=counts, **spent),
        make.run(PRUNE, state="dead", attempts=5, error="IntegrityError at jobs/tasks.py:55: duplicate key …", **spent),
    ]
    Slot.objects.create(job=PRUNE, slot_at="2026-03-02T19:40:00Z")
    page = page_as(person, width=width, theme=theme)
    for path in ["/jobs/", f"/jobs/{PRUNE}/", *(f"/jobs/runs/{run.pk}/" for run in shown)]:
        page.goto(path)
        assert problems_of_reading(page) == []
        assert sideways(page) <= 0
        if language == "en":
            assert chinese_words(page) == []


def test_a_run_is_started_watched_and_seen_to_end_without_a_reload(page_as):
    page = page_as(admin())
    page.goto(f"/jobs/{PRUNE}/")
    page.get_by_role("button", name="Run now").click()
    page.get_by_text("starts by itself").wait_for()
    page.get_by_role("button", name="Cancel the run").wait_for()
    page.evaluate("window.sameDocument = true")
    runs.work_off()
    page.get_by_text("Done", exact=True).wait_for()
    page.get_by_role("button", name="Cancel the run").wait_for(state="detached")
    assert page.evaluate("window.sameDocument")
