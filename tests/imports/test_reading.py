"""Files as they come: encodings, separators, and those that mean harm."""

import io

import pytest
from django.core.exceptions import ValidationError

from customers.imports import reading
from customers.models import Import
from tests.imports import files

SAMPLE = files.text(files.people(3))
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-8"),
        ("utf-16-le", "utf-8"),
        ("utf-16-be", "utf-8"),
    ],
)
def test_the_encoding_is_found(encoding, named):
    batch = files.upload(SAMPLE.encode(encoding), files.steward())
    assert batch.encoding == named
    assert files.intake.header_of(batch) == files.HEADER


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    batch = files.upload(files.text(files.people(3), separator=separator), files.steward())
    assert batch.separator == separator
    assert files.intake.header_of(batch) == files.HEADER


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_end_as_they_like(ending):
    content = SAMPLE.replace("\r\n", ending)
    assert files.outcomes(files.checked(content, files.steward())) == ["create"] * 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"PK\x03\x04rest of a workbook",
        b"\xd0\xcf\x11\xe0rest",
        b"%PDF-1.7 rest",
        "客户编号,姓名\n1,".encode() + b"\0" + b"x" * 100,
        bytes(range(1, 256)) * 500,
        ",".join(f"c{n}" for n in range(1_000)).encode() + b"\n",
        b"x" * 5_000_000,
        b'"never closed\n' + b"a,b\n" * 1_000,
    ],
    ids=["empty", "blank", "xlsx", "xls", "pdf", "nul", "binary", "columns", "one line", "open quote"],
)
def test_what_is_no_table_of_customers_is_refused_in_a_sentence(content, settings):
    by = files.steward()
    with pytest.raises(ValidationError) as refusal:
        files.upload(content, by)
    assert all(message[0].isupper() or not message[0].isascii() for message in refusal.value.messages)
    assert not Import.objects.exists()


def test_a_file_larger_than_allowed_is_refused_and_leaves_nothing(settings, tmp_path):
    settings.IMPORT_MAX_BYTES = 1024**2
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(ValidationError):
        files.upload(SAMPLE + "x,\n" * 400_000, files.steward())
    assert not list(tmp_path.rglob("*.csv"))


def test_a_nul_far_into_the_file_is_refused_and_leaves_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(ValidationError):
        files.upload((SAMPLE + "K9,b,,,,,,,\n" * 50_000).encode() + b"\0", files.steward())
    assert not list(tmp_path.rglob("*.csv"))


def test_the_kept_file_is_readable_by_its_owner_only():
    batch = files.upload(SAMPLE, files.steward())
    from pathlib import Path

    assert Path(batch.file.path).stat().st_mode & 0o777 == 0o600
    assert "客户" not in batch.file.name


def test_only_a_header_is_a_file_of_no_rows():
    batch = files.checked(files.text([]), files.steward())
    assert batch.counts["rows"] == 0


def source(content, encoding="utf-8", separator=","):
    return reading.Source(io.BytesIO(content), encoding, separator)


def test_reading_goes_on_at_any_row_where_it_stopped():
    content = 'a,b\n1,"x\ny"\n2,z\n\n3,ü\n'.encode()
    whole = [(r.n, r.cells) for r in source(content).rows(4, 2)]
    assert whole == [(2, ["1", "x\ny"]), (3, ["2", "z"]), (5, ["3", "ü"])]
    for first in source(content).rows(4, 2):
        rest = [(r.n, r.cells) for r in source(content).rows(first.end, first.n + 1)]
        assert rest == [row for row in whole if row[0] > first.n]


def test_a_quote_that_is_never_closed_costs_one_row_only():
    content = b"a,b\n1,x\n" + b'2,"open\n' + b"".join(b"%d,y\n" % n for n in range(3, 200))
    rows = list(source(content).rows(4, 2))
    assert [row.n for row in rows if row.cells is None] == [3]
    assert len(rows) == 199


def test_a_huge_cell_costs_one_row_only():
    content = b"a,b\n1," + b"x" * 3_000_000 + b"\n2,y\n"
    assert [row.cells for row in source(content).rows(4, 2)] == [None, ["2", "y"]]


def test_bytes_that_are_no_text_cost_one_row_only():
    content = files.text(files.people(3)).encode().replace("K002,张伟".encode(), b"K002,\xff\xfe")
    batch = files.checked(content, files.steward())
    assert files.outcomes(batch) == ["create", "error", "create"]
    assert files.reasons(batch) == {3: ["encoding"]}
