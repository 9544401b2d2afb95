"""What is done with a whole list through the second door: the same trial, the same rows, the same undoing."""

import pytest
from django.db.models import F
from django.utils import translation

from audit.models import Event
from complaints.models import Complaint
from door.spreadsheet import BOM
from jobs import runs
from jobs.models import Bulk, BulkRow
from jobs.models.bulk import KEPT
from tests import complaining, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def program(hall):
    return make.Program(make.user("complaint_desk", hall.branch, language="en"))


def some(hall, n=3, **fields):
    kind = complaining.category(hall.branch)
    return [complaining.complaint(make.reachable(hall), category=kind, **fields) for _n in range(n)]


RAISE = {"list": "complaints", "action": "raise", "told": {"level": "2", "reason": "升级"}}


def levels():
    return list(Complaint.objects.order_by("pk").values_list("level", flat=True))


def test_it_is_asked_for_tried_done_and_undone_each_once(hall, program):
    some(hall, 3)
    some(hall, 2, level=3)
    asked = [program.post("bulk/", RAISE, key="once") for _n in range(2)]
    assert [one.status_code for one in asked] == [201, 201]
    one = Bulk.objects.get()
    assert program.post(f"bulk/{one.pk}/go/").status_code == 422, "not tried yet"
    runs.work_off()
    seen = program.get(f"bulk/{one.pk}/").json()
    assert (seen["stage"], seen["rows"], seen["can_be_undone"]) == ("previewed", {"fit": 3, "left_out": 2}, False)
    left_out = program.get(f"bulk/{one.pk}/rows/", {"state": "left_out"}).json()["results"]
    assert {row["reason"] for row in left_out} == {"The level is “Major” already."}
    assert all(row["name"] and row["who"] for row in left_out)
    file = program.get(f"bulk/{one.pk}/results/", Accept="text/csv")
    assert file["Content-Type"].startswith("text/csv")
    head, *told = b"".join(file.streaming_content).decode().splitlines()
    assert (head.removeprefix(BOM), len(told)) == ("Record,What became of it,Reason", 5)
    assert [line.split(",")[1] for line in told].count(str(BulkRow.State.FIT.label)) == 3
    assert Event.objects.filter(verb="bulk.downloaded", actor=program.user).count() == 1
    assert program.post(f"bulk/{one.pk}/go/").json()["stage"] == "doing"
    runs.work_off()
    assert levels() == [2, 2, 2, 3, 3]
    assert program.get(f"bulk/{one.pk}/").json()["can_be_undone"]
    Bulk.objects.update(asked_at=F("asked_at") - KEPT)
    assert not program.get(f"bulk/{one.pk}/").json()["can_be_undone"], "too long ago"
    Bulk.objects.update(asked_at=F("asked_at") + KEPT)
    assert program.post(f"bulk/{one.pk}/undo/").json()["stage"] == "undoing"
    runs.work_off()
    assert levels() == [1, 1, 1, 3, 3]
    shown = program.get("bulk/").json()["results"]
    assert [(row["stage"], row["can_be_undone"]) for row in shown] == [("undone", False)]


def test_the_file_is_in_the_language_in_which_it_was_asked_for(hall, program):
    some(hall, 1)
    one = program.post("bulk/", RAISE).json()["id"]
    runs.work_off()
    file = program.get(f"bulk/{one}/results/", **{"Accept": "text/csv", "Accept-Language": "zh-Hans"})
    with translation.override("en"):
        said = b"".join(file.streaming_content).decode()
    assert said.splitlines()[0].removeprefix(BOM) == "记录,结果,原因"
    with translation.override("zh-hans"):
        assert str(BulkRow.State.FIT.label) in said


def test_only_what_the_query_finds_is_in_the_set_and_what_the_list_does_not_know_is_refused(hall, program):
    some(hall, 2)
    some(hall, 1, level=2)
    found = program.post("bulk/", RAISE | {"told": {"level": "3", "reason": "x"}, "query": {"level": "2"}})
    assert (found.status_code, Bulk.objects.get().rows.count()) == (201, 1)
    wrong = [
        {"query": {"levl": "2"}}, {"query": {"unit": str(make.unit().pk)}}, {"query": {"level": "9"}},
        {"action": "gone"}, {"list": "gone"}, {"told": {}}, {"told": {"level": "2", "reason": "x", "more": "y"}},
    ]  # fmt: skip
    answers = [program.post("bulk/", RAISE | said) for said in wrong]
    assert [one.status_code for one in answers] == [422] * len(wrong)
    assert answers[0].json()["errors"][0]["pointer"] == "/query/levl"
    assert Bulk.objects.count() == 1


def test_neither_a_right_nor_a_scope_is_passed_by(hall, program):
    some(hall, 1)
    clerk = make.Program(make.user("clerk", hall))
    assert clerk.post("bulk/", RAISE).status_code == 403
    narrow = make.Program(program.user, "bulk:write")
    assert narrow.post("bulk/", RAISE).status_code == 403
    assert "complaints:write" in narrow.post("bulk/", RAISE).json()["detail"]
    one = program.post("bulk/", RAISE).json()["id"]
    runs.work_off()
    assert "complaints:read" in narrow.get(f"bulk/{one}/rows/").json()["detail"]
    assert [narrow.get(f"bulk/{one}/{path}").status_code for path in ("", "rows/", "results/")] == [403] * 3
    assert narrow.get("bulk/").json()["results"] == []
    reader = make.Program(program.user, "bulk:read", "complaints:read")
    assert reader.get(f"bulk/{one}/rows/").json()["results"][0]["name"]
    assert [row["id"] for row in reader.get("bulk/").json()["results"]] == [one]
    assert narrow.post(f"bulk/{one}/go/").status_code == 403
    assert make.Program(make.user("complaint_desk", hall.branch)).get(f"bulk/{one}/").status_code == 404
    assert program.post(f"bulk/{one}/cancel/").status_code == 422, "it was tried already"
    assert [program.post(f"bulk/{one}/{act}/").status_code for act in ("go", "cancel")] == [200, 200]
    assert program.get(f"bulk/{one}/").json()["rows"] == {"fit": 1}
