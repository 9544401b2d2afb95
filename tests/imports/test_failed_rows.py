"""The file of rows that failed: mended, it comes in; opened in a spreadsheet, it computes nothing."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from customers.imports import failed, keeping
from customers.models import Customer, ImportLine
from door.spreadsheet import FORMULA, INVISIBLE, guarded, unguarded
from tests.imports import files


@pytest.mark.django_db
def test_failed_rows_carry_a_reason_in_the_reader_s_language_and_come_in_once_mended():
    by = files.steward()
    rows = [*files.people(3), files.PERSON | {"客户编号": "K9", "等级": "白金", "手机号码": ""}]
    batch = files.brought_in(files.text(rows), by)
    chinese = "".join(failed.lines(batch, "zh-hans"))
    english = "".join(failed.lines(batch, "en"))
    assert chinese.startswith("\ufeff")
    assert chinese.splitlines()[0].endswith("失败原因")
    assert "The branch has no tier “白金”." in english
    assert len(english.splitlines()) == 2
    assert files.PERSON["证件号码"] in english  # as it came: it is the uploader's own file
    mended = files.brought_in(english.replace("白金", "金卡", 1), by)
    assert (mended.counts["create"], mended.counts["error"]) == (1, 0)
    assert Customer.objects.get(number="K9").tier.code == "gold"


@pytest.mark.django_db
def test_a_file_of_failed_rows_that_fails_again_has_one_reason_column():
    by = files.steward()
    batch = files.checked(files.text([files.PERSON | {"等级": "白金"}]), by)
    again = files.checked("".join(failed.lines(batch, "zh-hans")), by)
    assert files.outcomes(again) == ["error"]
    header = next(csv.reader(io.StringIO("".join(failed.lines(again, "en")).removeprefix("\ufeff"))))
    assert header == [*files.HEADER, "Reason"]


@pytest.mark.django_db
def test_rows_that_cannot_be_taken_apart_are_handed_back_as_they_were():
    by = files.steward()
    content = files.text(files.people(2)) + 'K8,"open,\n' + "x,y\n" * 60
    batch = files.checked(content, by)
    assert "K8" in "".join(failed.lines(batch, "en"))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_no_cell_begins_like_a_formula_and_reading_gives_it_back(cell):
    said = guarded(cell)
    for part in (said, *said.splitlines()[:1]):
        assert not part.lstrip(INVISIBLE).startswith(FORMULA)
    assert unguarded(said) == (cell if said != cell else unguarded(cell))


@pytest.mark.parametrize("cell", ["=1+1", "+8613812345678", " -2", "\u200b=cmd", "＝1", "@x", "|y", "%z", "a\n=b"])
def test_formulas_are_guarded_and_unguarded(cell):
    assert guarded(cell) == "'" + cell
    assert unguarded(guarded(cell)) == cell


@pytest.mark.django_db
def test_after_its_time_the_file_and_its_values_are_gone_and_the_outcomes_stay():
    by = files.steward()
    batch = files.brought_in(files.text([*files.people(2), files.PERSON | {"等级": "白金"}]), by)
    assert ImportLine.objects.exists()
    keeping.empty(batch)
    assert not batch.file.storage.exists(batch.file.name)
    assert files.outcomes(batch) == ["create", "create", "error"]
    assert set(batch.rows.values_list("name", "document", "address")) == {(None, None, None)}
    assert not ImportLine.objects.exists()
    assert files.reasons(batch) == {4: ["unknown_tiers"]}
    with pytest.raises(files.intake.ValidationError):
        failed.lines(batch, "en")


@pytest.mark.django_db
def test_the_command_does_what_the_page_does(tmp_path, monkeypatch, capsys):
    by = files.steward()
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "people.csv"
    path.write_text(files.text([*files.people(3), files.PERSON | {"等级": "白金"}]))
    with pytest.raises(SystemExit) as ended:
        call_command("import_customers", str(path), by=by.username)
    assert ended.value.code == 2
    assert Customer.objects.count() == 3
    left = tmp_path / "people.failed.csv"
    assert left.stat().st_mode & 0o777 == 0o600
    assert "白金" in left.read_text()
    left.unlink()
    path.write_text(files.text(files.people(3)))
    call_command("import_customers", str(path), dry_run=True)
    assert "unchanged          3" in capsys.readouterr().out
    with pytest.raises(CommandError, match="telco_churn"):
        call_command("import_customers", str(path), mapping="telco_churn")
    with pytest.raises(CommandError):
        call_command("import_customers", str(tmp_path / "absent.csv"))
