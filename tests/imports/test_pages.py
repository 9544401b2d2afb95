"""The pages of imports: what they show, refuse and never lose."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.imports import intake
from customers.models import Customer, Import
from jobs.runs import work_off
from tests import make
from tests.imports import files

pytestmark = pytest.mark.django_db


def signed_in(client, person):
    client.force_login(person, backend="staff.login.Backend")
    return client


def sent(content, name="客户.csv"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def steward(client):
    made = files.steward()
    signed_in(client, made)
    return made


def test_a_file_is_not_taken_in_for_a_unit_out_of_reach(steward):
    content = SimpleUploadedFile("x.csv", files.text(files.people(1)).encode())
    with pytest.raises(ValidationError, match="out of your reach"):
        intake.take_in(content, by=steward, branch=steward.branch, unit=make.unit("hall"))
    assert not Import.objects.exists()


def test_a_branch_without_tiers_is_told_before_anything_is_read(client):
    person = make.user("data_steward", language="en")
    signed_in(client, person)
    page = client.post(
        "/imports/new/", {"subject": "customers", "file": sent(files.text(files.people(1))), "unit": person.branch_id}
    ).url
    form = {f"column{n}": field for n, field in enumerate(Import.objects.get().columns["fields"])}
    answer = client.post(f"{page}check/", form | {"recipe": "", "day": files.DAY, "name": "x"})
    assert answer.status_code == 422
    assert "The branch has no tiers yet; set them up first." in answer.text


def test_from_upload_to_the_end_by_plain_forms(client, steward):
    answer = client.post(
        "/imports/new/", {"subject": "customers", "file": sent(files.text(files.people(3))), "unit": steward.branch_id}
    )
    batch = Import.objects.get()
    page = client.get(answer.url)
    assert "K001" in page.text
    form = {f"column{n}": field for n, field in enumerate(batch.columns["fields"])}
    client.post(f"{answer.url}check/", form | {"recipe": "", "day": files.DAY, "name": "名单"})
    assert "run-ended" in client.get(answer.url).text
    work_off()
    assert f'action="/imports/{batch.pk}/commit/"' in client.get(answer.url).text
    for _ in range(2):
        client.post(f"{answer.url}commit/")
    work_off()
    assert Customer.objects.count() == 3
    assert client.get(f"{answer.url}?show=create").text.count("张伟") >= 3
    assert "客户.csv" in client.get("/imports/").text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a\0b"])
def test_a_file_that_cannot_be_read_is_refused_on_the_form(client, steward, content):
    answer = client.post("/imports/new/", {"subject": "customers", "file": sent(content), "unit": steward.branch_id})
    assert answer.status_code == 422
    assert not Import.objects.exists()


def test_a_mapping_without_a_number_is_refused_and_keeps_what_was_chosen(client, steward):
    batch = files.upload(files.text(files.people(1)), steward)
    answer = client.post(f"/imports/{batch.pk}/check/", {"recipe": "", "day": "", "name": "我的", "column1": "name"})
    assert answer.status_code == 422
    assert "我的" in answer.text
    assert '<option value="name" selected>' in answer.text
    batch.refresh_from_db()
    assert batch.state == "uploaded"


def test_a_day_that_lies_ahead_is_refused(client, steward):
    batch = files.upload(files.text(files.people(1)), steward)
    form = {f"column{n}": field for n, field in enumerate(batch.columns["fields"])}
    answer = client.post(f"/imports/{batch.pk}/check/", form | {"recipe": "", "day": "2999-01-01", "name": "x"})
    assert answer.status_code == 422


def test_a_file_is_read_again_in_another_encoding(client, steward):
    batch = files.upload(files.text(files.people(1), separator=";"), steward)
    Import.objects.filter(pk=batch.pk).update(separator=",")
    client.post(f"/imports/{batch.pk}/read-as/", {"encoding": "utf-8", "separator": ";"})
    batch.refresh_from_db()
    assert batch.columns["fields"][:2] == ["number", "name"]


def test_the_first_rows_never_show_an_id_document_in_full(client, steward):
    batch = files.upload(files.text([files.PERSON]), steward)
    page = client.get(f"/imports/{batch.pk}/").text
    assert files.PERSON["证件号码"] not in page
    assert "9901**********0031" in page


def test_many_rows_are_paged(client, steward):
    batch = files.checked(files.text(files.people(60)), steward)
    first = client.get(f"/imports/{batch.pk}/?show=create").text
    assert "K050" in first
    assert "K051" not in first
    assert "K051" in client.get(f"/imports/{batch.pk}/?show=create&after=51").text
    for nonsense in ("?show=x&after=y", "?after=99999999999999999999", "?show=create&after=-1"):
        assert client.get(f"/imports/{batch.pk}/{nonsense}").status_code == 200


def test_the_list_costs_the_same_with_one_and_with_three(client, steward):
    client.get("/imports/")
    counts = []
    for _ in range(2):
        files.upload(files.text(files.people(1)), steward)
        with CaptureQueriesContext(connection) as seen:
            client.get("/imports/")
        counts.append(len(seen))
        files.upload(files.text(files.people(1)), steward)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ["clerk", "branch_head", "admin"])
def test_only_data_stewards_import(client, role):
    steward = files.steward()
    batch = files.checked(files.text(files.people(1)), steward)
    signed_in(client, make.user(role, steward.branch))
    for url in ("/imports/", "/imports/new/", f"/imports/{batch.pk}/", f"/imports/{batch.pk}/failed-rows/"):
        assert client.get(url).status_code == 403


def test_a_steward_of_another_branch_finds_nothing(client):
    batch = files.checked(files.text(files.people(1)), files.steward())
    signed_in(client, files.steward())
    assert client.get(f"/imports/{batch.pk}/").status_code == 404
    assert client.post(f"/imports/{batch.pk}/commit/").status_code == 404
    assert "客户.csv" not in client.get("/imports/").text
