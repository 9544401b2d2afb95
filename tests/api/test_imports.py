"""Files of customers and the clockwork, through the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer
from jobs import runs
from jobs.models import Run
from tests import make

pytestmark = pytest.mark.django_db
ROWS = "number,name,phone\nA1,张伟,13812345678\nA2,王芳,13912345678\nA1,重复,13712345678\n"


@pytest.fixture
def steward(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    branch = make.branch()
    make.tier(branch)
    return make.Program(make.user("data_steward", branch))


def upload(program, text=ROWS, key="u", **more):
    file = SimpleUploadedFile("customers.csv", text.encode())
    return program.client.post("/api/v1/imports/", {"file": file} | more, headers={"Idempotency-Key": key})


def test_a_file_is_uploaded_checked_brought_in_and_its_failed_rows_returned(steward):
    made = upload(steward)
    assert (made.status_code, made.json()["state"]) == (201, "uploaded")
    path = made["Location"].removeprefix("/api/v1/")
    mapped = steward.post(f"{path}check/", {"columns": ["number", "name", "phone"]})
    assert (mapped.status_code, mapped.json()["state"]) == (202, "checking")
    assert Customer.objects.count() == 0
    runs.work_off()
    checked = steward.get(path).json()
    assert (checked["state"], checked["counts"]["create"], checked["counts"]["duplicate"]) == ("checked", 2, 1)
    assert steward.post(f"{path}commit/").status_code == 202
    runs.work_off()
    assert steward.get(path).json()["state"] == "done"
    assert set(Customer.objects.values_list("number", flat=True)) == {"A1", "A2"}
    failed = steward.get(f"{path}failed-rows/", Accept="text/csv")
    assert failed["Content-Type"].startswith("text/csv")
    assert "重复" in b"".join(failed.streaming_content).decode()


def test_what_cannot_be_read_or_mapped_is_said(steward):
    refused = upload(steward, "\x00\x01\x02" * 100)
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    foreign = upload(steward, key="v", unit=str(make.branch().pk))
    assert foreign.json()["errors"][0]["pointer"] == "/unit"
    path = upload(steward, key="w")["Location"].removeprefix("/api/v1/")
    for columns in (["number"], ["number", "name", "nothing"], ["", "", ""]):
        assert steward.post(f"{path}check/", {"columns": columns}).status_code == 422
    assert steward.post(f"{path}commit/").status_code == 422


def test_a_check_in_hand_is_cancelled(steward):
    path = upload(steward)["Location"].removeprefix("/api/v1/")
    steward.post(f"{path}check/", {"columns": ["number", "name", "phone"]})
    assert steward.post(f"{path}cancel/").json()["state"] == "cancelled"


def test_runs_are_seen_cancelled_and_retried_by_whom_they_concern(steward):
    admin = make.Program(make.user("admin", steward.user.branch))
    dead = make.run(state="dead", branch_id=steward.user.branch_id)
    foreign = make.run(branch_id=make.branch().pk)
    assert [one["id"] for one in admin.get("runs/").json()["results"]] == [dead.pk]
    assert admin.get(f"runs/{foreign.pk}/").status_code == 404
    assert steward.post(f"runs/{dead.pk}/retry/").status_code == 403
    assert admin.post(f"runs/{dead.pk}/retry/").json()["state"] == "waiting"
    assert admin.post(f"runs/{dead.pk}/cancel/").json()["state"] == "cancelled"
    assert admin.post(f"runs/{dead.pk}/retry/").status_code == 422
    assert Run.objects.get(pk=dead.pk).state == "cancelled"


def test_jobs_are_listed_with_when_they_run_next(steward):
    listed = steward.get("jobs/").json()["results"]
    pulse = next(one for one in listed if one["name"] == "jobs.pulse")
    assert pulse["next_at"]
    assert steward.get("jobs/jobs.pulse/").json()["title"] == "Pulse"
    assert steward.get("jobs/nothing/").status_code == 404


def test_units_of_ones_branch_are_listed(steward):
    hall = make.unit("hall", steward.user.branch)
    make.unit("hall")
    listed = steward.get("units/").json()["results"]
    assert [one["id"] for one in listed] == [steward.user.branch_id, hall.pk]
    assert [one["id"] for one in steward.get("units/", {"kind": "hall"}).json()["results"]] == [hall.pk]
