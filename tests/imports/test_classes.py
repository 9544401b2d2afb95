"""Every row gets its class: new, changed, unchanged, duplicate, error; with a reason and nothing written."""

import pytest
from django.utils import translation

from audit.models import Event
from customers import models as c
from customers.imports.reasons import notes_of, reasons_of
from customers.models import Customer, Import
from tests import make
from tests.imports import files

pytestmark = pytest.mark.django_db


def test_a_dry_run_changes_nothing_but_itself():
    by = files.steward()
    before = Event.objects.exclude(verb__startswith="import.").exclude(verb__startswith="run.").count()
    files.checked(files.text(files.people(5)), by)
    assert not Customer.objects.exists()
    assert not c.Line.objects.exists()
    assert Event.objects.exclude(verb__startswith="import.").exclude(verb__startswith="run.").count() == before


def test_a_customer_comes_in_with_everything_the_row_says():
    by = files.steward()
    files.brought_in(files.text([files.PERSON]), by)
    customer = Customer.objects.get()
    assert (customer.number, customer.name, customer.initials, customer.tier.name) == ("K001", "张伟", "zw", "普通")
    assert (customer.unit, customer.joined_on.isoformat(), str(customer.monthly_charge)) == (
        by.branch,
        "2020-05-01",
        "59.00",
    )
    line = customer.lines.get()
    assert (line.number, line.kind, line.plan.code, line.status) == ("18912345678", "mobile", "M59", "active")
    assert line.plans.get().valid_from.isoformat() == "2020-05-01"
    found = dict(customer.identifiers.values_list("kind", "value"))
    assert (found["customer"], found["contact"], found["service"]) == ("K001", "07856123456", "18912345678")
    assert customer.search_entry.initials == "zw"
    event = Event.objects.get(verb="customer.imported")
    assert (event.customer_id, event.actor, event.data["row"]) == (customer.pk, by, 2)


def test_the_same_file_again_is_unchanged():
    by = files.steward()
    files.brought_in(files.text(files.people(3)), by)
    assert files.outcomes(files.brought_in(files.text(files.people(3)), by)) == ["unchanged"] * 3
    assert Event.objects.filter(verb__in=["customer.imported", "customer.changed"]).count() == 3


def test_what_changes_is_said_field_by_field_and_kept_as_it_was_before():
    by = files.steward()
    files.brought_in(files.text([files.PERSON]), by)
    changed = files.PERSON | {"姓名": "张卫", "等级": "金卡", "套餐": "M99", "联系电话": "13900001111"}
    batch = files.brought_in(files.text([changed]), by)
    row = batch.rows.get()
    assert row.changes == {
        "name": ["张伟", "张卫"],
        "tier": ["普通", "金卡"],
        "phones": ["", "13900001111"],
        "lines": ["18912345678", ""],
    }
    customer = Customer.objects.get()
    assert (customer.name, customer.tier.code, customer.version) == ("张卫", "gold", 2)
    assert customer.search_entry.name == "张卫"
    line = customer.lines.get()
    assert [(p.plan.code, p.valid_to and str(p.valid_to)) for p in line.plans.order_by("id")] == [
        ("M59", files.DAY),
        ("M99", None),
    ]
    assert Event.objects.get(verb="customer.changed").data["fields"]["name"] == ["张伟", "张卫"]


def test_a_file_longer_than_may_be_read_says_where_it_was_cut(monkeypatch):
    monkeypatch.setattr("customers.imports.ranges.ROWS", 2)
    monkeypatch.setattr("customers.imports.checking.MOST_ROWS", 4)
    batch = files.checked(files.text(files.people(7)), files.steward())
    assert len(files.outcomes(batch)) == 4
    assert [str(note) for note in notes_of(batch.counts)] == [
        "Only the first 4 rows were read. Split the file and upload what follows by itself."
    ]


def test_blank_cells_leave_what_is_known():
    by = files.steward()
    files.brought_in(files.text([files.PERSON]), by)
    batch = files.brought_in(files.text([{"客户编号": "K001"}]), by)
    assert files.outcomes(batch) == ["unchanged"]
    assert Customer.objects.get().name == "张伟"


def test_a_number_that_stands_twice_is_a_duplicate_of_its_first_row():
    rows = [*files.people(2), files.people(1)[0] | {"姓名": "别人"}]
    batch = files.brought_in(files.text(rows), files.steward())
    assert files.outcomes(batch) == ["create", "create", "duplicate"]
    assert batch.rows.get(n=4).same_as == 2
    assert Customer.objects.get(number="K001").name == "张伟"


def test_the_same_id_document_is_a_duplicate_of_a_row_or_a_customer():
    by = files.steward()
    files.brought_in(files.text([files.PERSON]), by)
    rows = [files.PERSON | {"客户编号": number, "手机号码": ""} for number in ("K777", "K778")]
    batch = files.checked(files.text(rows), by)
    assert files.outcomes(batch) == ["duplicate", "duplicate"]
    assert [row.customer for row in batch.rows.order_by("n")] == [Customer.objects.get()] * 2
    assert "K001" in reasons_of(batch.rows.get(n=2))[0]


def test_a_line_of_somebody_else_is_an_error():
    by = files.steward()
    files.brought_in(files.text(files.people(1)), by)
    thief = files.people(1)[0] | {"客户编号": "K900"}
    twins = [row | {"手机号码": "18977777777"} for row in files.people(9)[7:]]
    batch = files.checked(files.text([thief, *twins]), by)
    assert files.reasons(batch) == {2: ["line_taken"], 4: ["line_of_row"]}


def test_a_line_known_under_another_name_is_found_by_its_number():
    by = files.steward()
    customer = make.customer(by.branch, number="K001", name="张伟")
    line = make.line(customer, ref="BOSS-1", number="18912345678")
    c.Identifier.objects.create(
        customer=customer, line=line, kind="service", written=line.number, value=line.number,
        branch=by.branch, unit=by.branch,
    )  # fmt: skip
    files.brought_in(files.text([files.PERSON]), by)
    assert customer.lines.get().ref == "BOSS-1"
    assert customer.lines.get().plan.code == "M59"


BAD = {
    "客户编号": ("", "missing"),
    "姓名": ("长" * 201, "too_long"),
    "证件号码": ("990102199001010030", "bad_document"),
    "联系电话": ("没有", "bad_phone"),
    "等级": ("白金", "unknown_tiers"),
    "套餐": ("M00", "unknown_plans"),
    "入网时间": ("2020-13-01", "bad_date"),
    "月租": ("十元", "bad_amount"),
}


@pytest.mark.parametrize("column", BAD)
def test_a_cell_that_cannot_be_taken_is_an_error_with_its_reason(column):
    value, code = BAD[column]
    batch = files.checked(
        files.text([*files.people(1), files.PERSON | {column: value, "手机号码": ""}]), files.steward()
    )
    row = batch.rows.get(n=3)
    assert (row.outcome, [problem["code"] for problem in row.problems]) == ("error", [code])
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said[language] = reasons_of(row)[0]
    assert said["en"].isascii() or "“" in said["en"]


def test_rows_of_another_width_are_errors():
    rows = [["K001", "张伟"], [*files.PERSON.values(), "", ""], [*files.PERSON.values(), "more"]]
    batch = files.checked(files.text(rows), files.steward())
    assert files.reasons(batch) == {2: ["width"], 4: ["width"]}


def test_units_of_another_branch_are_as_unknown_as_none():
    by = files.steward()
    far = make.unit("community", make.unit("department"), code="FAR", name="远社区")
    near = make.unit("community", make.unit("department", by.branch), code="NEAR", name="近社区")
    header = ["客户编号", "姓名", "社区"]
    rows = [{"客户编号": "A1", "社区": code} for code in ("FAR", "远社区", "NEAR", "NOWHERE")]
    batch = files.brought_in(files.text(rows, header), by)
    assert files.outcomes(batch) == ["error", "error", "create", "error"]
    assert (
        len({str(problem) for row in batch.rows.filter(outcome="error") for problem in [row.problems[0]["code"]]}) == 1
    )
    assert Customer.objects.get().community == near
    assert Customer.objects.get().unit == near
    assert far.branch != by.branch


def test_an_account_manager_comes_by_assignment_of_today():
    by = files.steward()
    first, second = (make.user("vip_manager", by.branch, username=name) for name in ("chen", "lin"))
    header = ["客户编号", "姓名", "客户经理"]
    files.brought_in(files.text([["A1", "李娜", "chen"]], header), by)
    customer = Customer.objects.get()
    assert (customer.manager, customer.assignments.get().manager) == (first, first)
    c.ManagerAssignment.objects.update(valid_from="2026-01-01")
    files.brought_in(files.text([["A1", "李娜", "lin"]], header), by)
    customer.refresh_from_db()
    assert customer.manager == second
    assert list(customer.assignments.order_by("id").values_list("manager__username", "valid_to"))[1] == ("lin", None)
    assert customer.search_entry.manager == second


def test_who_left_comes_back_by_a_later_file():
    by = files.steward()
    header = ["客户编号", "手机号码", "套餐", "状态"]
    files.brought_in(files.text([["A1", "18900000001", "M59", "离网"]], header), by)
    customer = Customer.objects.get()
    assert (customer.status, str(customer.left_on), customer.lines.get().status) == ("left", files.DAY, "off_net")
    assert files.outcomes(files.brought_in(files.text([["A1", "18900000001", "M59", "离网"]], header), by)) == [
        "unchanged"
    ]
    files.brought_in(files.text([["A1", "18900000001", "M59", "在网"]], header), by)
    customer.refresh_from_db()
    assert (customer.status, customer.left_on) == ("active", None)


def test_id_documents_are_kept_nowhere_in_full():
    by = files.steward()
    batch = files.brought_in(files.text([files.PERSON, files.PERSON | {"证件号码": "990102199001010030"}]), by)
    wanted = ("990102199001010031", "990102199001010030")
    for model in (c.ImportRow, c.Identifier, c.Customer, Event, Import):
        text = str(list(model.objects.values_list()))
        assert not any(number in text for number in wanted), model
    assert batch.rows.get(n=2).document_masked == "9901**********0031"


def test_mappings_are_remembered_by_the_header():
    by = files.steward()
    header = ["编号X", "名字X"]
    batch = files.upload(files.text([["A1", "李娜"]], header), by)
    assert batch.columns["fields"] == ["", ""]
    chosen = {"recipe": "", "fields": ["number", "name"], "day": files.DAY}
    files.intake.ask_check(batch, by=by, chosen=chosen, remember_as="我的")
    again = files.upload(files.text([["A2", "王伟"]], header), by)
    assert again.columns | {"recipe": ""} == {
        "recipe": "",
        "fields": ["number", "name"],
        "day": files.DAY,
        "name": "我的",
    }
    elsewhere = files.upload(files.text([["A2", "王伟"]], header), files.steward())
    assert elsewhere.columns["fields"] == ["", ""]
