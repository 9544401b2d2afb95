"""Complaints that another system accepted: a real year of them, and what a file may do wrong."""

import csv
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.test import Client
from django.utils import timezone, translation

from audit.models import Event
from complaints import handling, owners, silence, starter
from complaints.clocks import checking, climbing
from complaints.models import Clock, Complaint, ComplaintSeries, StateChange
from complaints.models.states import OPEN
from customers.imports import intake
from customers.imports.reasons import notes_of, reasons_of
from jobs import runs
from jobs.models import Run
from outreach.models import Message
from staff.rights import Role
from tests import make
from tests.imports import files
from tests.race import together
from work.models import FollowUp, Notice

FILE = Path(__file__).parents[2].parent / "shared/data/complaints_2224.csv"
HEADER = [
    "工单号",
    "客户编号",
    "业务号码",
    "投诉内容",
    "受理时间",
    "渠道",
    "状态",
    "答复时间",
    "关闭时间",
    "分类",
    "联系电话",
]
ROW = {
    "工单号": "G1",
    "投诉内容": "宽带上网太慢, 网速不达标",
    "受理时间": "2026-03-02 10:30",
    "渠道": "热线",
    "状态": "处理中",
}
TIMES = ("2026-03-02T02:30", "2026-03-03T02:30", "2026-03-05T02:30")


@pytest.fixture
def by(db):
    return steward()


def steward():
    branch = make.branch()
    starter.plant(branch)
    make.user("complaint_desk", branch)
    return make.user("data_steward", branch)


@pytest.fixture
def year():
    if not FILE.exists():
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(f"{FILE.name} is not beside the checkout")
    return FILE.read_bytes()


def rows(*told):
    return files.text([ROW | one for one in told], HEADER)


def brought_in(by, *told):
    return files.brought_in(rows(*told), by, "complaints")


def moves(one):
    return [(row.was, row.then) for row in StateChange.objects.filter(complaint=one)]


def test_a_real_year_comes_in_whole_and_rings_nobody(by, year):
    """2,224 rows with a mark at the beginning and days in two forms; twice it is the same set."""
    make.user("complaint_desk", by.branch)
    batch = files.brought_in(year, by, "complaints")
    assert [batch.counts[name] for name in ("rows", "create", "error", "duplicate")] == [2224, 2224, 0, 0]
    made = {one.ref: one for one in Complaint.objects.all()}
    unclassed = [one for one in made.values() if one.category_id is None]
    assert batch.counts["notes"] == {"to_class": len(unclassed)}
    assert len(unclassed) < 2224 / 3
    each_is_as_the_file_says(made, year)
    the_desk_has_what_is_open(by)
    nobody_is_rung_and_the_law_alone_runs(made)

    again = files.brought_in(year, by, "complaints")
    assert again.counts["unchanged"] == 2224
    assert Complaint.objects.count() == 2224
    assert ComplaintSeries.objects.get(year=2015).last == 2224


def each_is_as_the_file_says(made, year):
    told = {one["Ticket #"]: one for one in csv.DictReader(io.StringIO(year.decode("utf-8-sig")))}
    assert made.keys() == told.keys()
    for ref, row in told.items():
        one, day = made[ref], datetime.strptime(row["Date_month_year"], "%d-%b-%y").date()
        assert timezone.localtime(one.received_at).date() == day, ref
        assert one.words == row["Customer Complaint"].strip()
        assert one.on_behalf == (row["Filing on Behalf of Someone"] == "Yes")
        assert one.caller_number == f"ticket {ref}"
    states = dict(Complaint.objects.values_list("state").annotate(n=Count("pk")))
    assert states == {"accepted": 363, "in_progress": 154, "closed": 973 + 734}
    assert dict(Complaint.objects.values_list("channel").annotate(n=Count("pk"))) == {"hotline": 1119, "web": 1105}
    assert len({one.number for one in made.values()}) == 2224
    assert ComplaintSeries.objects.get(year=2015).last == 2224


def the_desk_has_what_is_open(by):
    desk = {person.pk for person in owners.desk(by.branch)}
    program = make.Program(make.user("complaint_desk", by.branch)).user
    assert program not in owners.desk(by.branch)
    load = dict(Complaint.objects.filter(state__in=OPEN).values_list("owner").annotate(n=Count("pk")))
    assert load.keys() == desk
    assert max(load.values()) - min(load.values()) < 40


def nobody_is_rung_and_the_law_alone_runs(made):
    assert not Notice.objects.exists()
    assert not Message.objects.exists()
    assert not FollowUp.objects.exists()
    assert climbing.climb(timezone.now() + timedelta(days=400)) == 0
    assert silence.look(0, timezone.now()) == (0, 0)
    assert checking.check([one.pk for one in made.values()]) == []
    assert not Clock.objects.exclude(met_at=None).exists(), "nobody knows when these were answered"
    running = Clock.objects.filter(kind="legal", stopped_at=None)
    assert set(running.values_list("complaint__state", flat=True)) == {"accepted", "in_progress"}
    assert Event.objects.filter(verb="complaint.imported").count() == 2224


def test_the_log_and_clocks_tell_what_the_file_tells(by):
    whole = {"状态": "已办结", "答复时间": "2026-03-03 10:30", "关闭时间": "2026-03-05 10:30"}
    brought_in(by, whole, {"工单号": "G2"}, {"工单号": "G3", "状态": ""}, {"工单号": "G4", "状态": "撤诉"})
    over, pending, fresh, back = Complaint.objects.order_by("ref")
    begun, done, ended = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in TIMES)
    assert moves(over) == [
        ("", "accepted"), ("accepted", "resolved"), ("resolved", "callback_due"), ("callback_due", "closed"),
    ]  # fmt: skip
    assert (over.received_at, over.resolved_at, over.ended_at) == (begun, done, ended)
    assert moves(pending)[-1] == ("assigned", "in_progress")
    assert moves(fresh) == [("", "accepted")]
    assert moves(back) == [("", "accepted"), ("accepted", "withdrawn")]
    clocks = {one.kind: one for one in over.clocks.all()}
    assert {kind: one.met_at for kind, one in clocks.items()} == {
        "legal": done, "contact": done, "result": done, "callback": ended,
    }  # fmt: skip
    legal = fresh.clocks.get(kind="legal")
    assert (legal.started_at, legal.met_at, legal.stopped_at, legal.look_at) == (begun, None, None, None)
    assert legal.due_at - begun < timedelta(days=17)
    assert checking.check([one.pk for one in Complaint.objects.all()]) == []


def test_what_is_begun_here_runs_by_our_clocks(by):
    brought_in(by, {"状态": "受理"})
    one = Complaint.objects.get()
    handling.contact(one, by=one.owner, key="a", text="已联系")
    one.refresh_from_db()
    assert one.state == "in_progress"
    assert one.clocks.get(kind="contact").met_at
    assert not one.clocks.exclude(look_at=None).exists()
    assert checking.check([one.pk]) == []
    later = timezone.now() + timedelta(days=20)
    assert silence.look(0, later)[1] == 1, "once somebody has touched it, silence rings as with any other"


def test_it_is_the_customers_complaint_with_their_line_and_weight(by):
    customer = make.reachable(by.branch, locked_high_value=True)
    line = make.line(customer, number="13912345678")
    make.identifier(customer, line.number, kind="service", line=line)
    brought_in(
        by, {"客户编号": customer.number, "受理时间": "2026-03-01"}, {"工单号": "G2", "业务号码": "139 1234 5678"},
    )  # fmt: skip
    first, second = Complaint.objects.order_by("ref")
    assert (first.customer, second.customer, second.line) == (customer, customer, line)
    assert (first.level, second.level, first.tier) == (2, 2, customer.tier)
    assert (first.is_repeat, second.is_repeat, second.repeats_id) == (False, True, first.pk)
    assert first.category.code == "2202"
    assert Event.objects.filter(verb="complaint.imported", customer_id=customer.pk).count() == 2


def test_each_bad_row_comes_back_with_its_reason_and_the_good_ones_come_in(by):
    ahead = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d")
    batch = brought_in(
        by, {}, {}, {"工单号": ""}, {"工单号": "G3", "投诉内容": ""}, {"工单号": "G4", "受理时间": "31-02-15"},
        {"工单号": "G5", "渠道": "烟信号"}, {"工单号": "G6", "状态": "糊涂"}, {"工单号": "G7", "客户编号": "NOBODY"},
        {"工单号": "G8", "受理时间": ahead}, {"工单号": "G9", "关闭时间": "2026-01-01", "状态": "关闭"},
    )  # fmt: skip
    assert files.outcomes(batch) == ["create", "duplicate", *["error"] * 8]
    with translation.override("en"):
        said = [" ".join(map(str, reasons_of(row))) for row in batch.rows.order_by("n")[1:]]
    assert said == [
        "The same number as row 2.", "Ticket is missing.", "In the customer's words is missing.",
        "Received: “31-02-15” is not a date. Write 2026-11-22.",
        "Channel: “烟信号” is no channel by which complaints come.",
        "State: “糊涂” is no state of a complaint.", "The branch has no customer “NOBODY”.",
        "Received lies in the future.", "It was answered or closed before it was received.",
    ]  # fmt: skip
    assert Complaint.objects.get().ref == "G1"


def test_two_columns_that_name_different_days_refuse_each_other(by):
    header = ["Ticket #", "Customer Complaint", "Date", "Date_month_year", "Time", "Received Via"]
    told = [
        ["1", "slow", "04-08-15", "04-Aug-15", "12:05:09 AM", "Internet"],
        ["2", "slow", "04-08-15", "08-Apr-15", "12:05:09 PM", "Internet"],
        ["3", "slow", "2015-08-04", "", "3:53:50 PM", "Internet"],
        ["4", "slow", "4 August 2015", "", "25:00", "Internet"],
    ]
    batch = files.brought_in(files.text(told, header), by, "complaints")
    assert files.reasons(batch) == {3: ["days_disagree"], 5: ["bad_time"]}
    at = [timezone.localtime(one.received_at) for one in Complaint.objects.order_by("ref")]
    assert [one.strftime("%Y-%m-%d %H:%M:%S") for one in at] == ["2015-08-04 00:05:09", "2015-08-04 15:53:50"]


def test_a_ticket_that_is_there_stays_and_other_words_under_it_are_refused(by):
    brought_in(by, {})
    batch = brought_in(by, {"状态": ""}, {"工单号": "G1", "投诉内容": "另一件事"})
    assert files.outcomes(batch) == ["unchanged", "error"]
    batch = brought_in(by, {"投诉内容": "另一件事", "状态": "已办结"})
    assert files.reasons(batch) == {2: ["conflict"]}
    assert Complaint.objects.get().state == "in_progress"


def test_a_dry_run_says_how_many_will_wait_to_be_classed_and_writes_nothing(by):
    told = rows({}, {"工单号": "G2", "投诉内容": "说不好"}, {"工单号": "G3", "投诉内容": "说不好", "分类": "不明扣费"})
    batch = files.checked(told, by, "complaints")
    assert not Complaint.objects.exists()
    with translation.override("en"):
        [note] = notes_of(batch.counts)
    assert note.startswith("Complaints that fit no keyword rule: 1.")


def test_the_page_of_what_came_in_says_how_many_wait_at_the_desk(by):
    over = {"工单号": "W3", "状态": "已关闭", "答复时间": "2026-03-04 10:30", "关闭时间": "2026-03-05 10:30"}
    batch = brought_in(by, {"工单号": "W1"}, {"工单号": "W2"}, over)

    def page(person):
        browser = Client()
        browser.force_login(person)
        return browser.get(f"/imports/{batch.pk}/").content.decode()

    by.prefer(language="en")
    assert "2 complaints from files are still open and wait at the desk." in page(by)
    assert "/complaints/?imported=true" not in page(by)  # who brings files in does not see complaints
    make.post(by, Role.COMPLAINT_DESK, by.branch)
    assert "/complaints/?imported=true" in page(by)
    Complaint.objects.filter(branch=by.branch, ended_at=None).update(
        state="withdrawn", ended_at=timezone.now(), due_at=None
    )
    assert "still open" not in page(by)


def test_only_who_brings_complaints_in_may(by):
    other = make.user("branch_head", by.branch)
    with pytest.raises(ValidationError):
        files.upload(rows({}), other, subject="complaints")


def test_a_branch_without_classes_is_told_so():
    person = make.user("data_steward", make.branch())
    with pytest.raises(ValidationError):
        files.checked(rows({}), person, "complaints")


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_in_small_steps_is_one_set():
    person = steward()
    content = rows(*({"工单号": f"G{n:02}"} for n in range(40)))
    batches = [intake.ask_commit(files.checked(content, person, "complaints"), by=person) for _ in range(2)]
    for batch in batches:
        Run.objects.filter(pk=batch.commit_run_id).update(params=batch.commit_run.params | {"rows": 7})
    together([lambda pk=batch.commit_run_id: runs.work_off(only=[pk]) for batch in batches])
    runs.work_off()
    assert Complaint.objects.count() == 40
    assert StateChange.objects.count() == 120
    assert Clock.objects.count() == 120
    assert Event.objects.filter(verb="complaint.imported").count() == 40
