"""The real file of 7,043 customers through the product (it lies beside the checkout, never in it)."""

import csv
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import File
from django.db.models import Count

from customers import models as c
from customers.imports import intake
from customers.imports.telco import NAME
from jobs.models import Run
from jobs.runs import work_off
from tests import make

FILE = Path(__file__).parents[2].parent / "shared/data/telco_churn_7043.csv"
DAY = date(2026, 10, 1)


@pytest.fixture
def telco():
    if not FILE.exists():
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing(f"{FILE.name} is not beside the checkout")
    return FILE


@pytest.fixture
def steward(db):
    branch = make.branch(name="云岭市分公司")
    make.tier(branch)
    return make.user("data_steward", branch)


def bring(path, by, *, commit=True):
    with path.open("rb") as raw:
        batch = intake.take_in(File(raw, path.name), by=by, branch=by.branch)
    chosen = batch.columns | {"day": batch.columns["day"] or DAY.isoformat()}
    intake.ask_check(batch, by=by, chosen=chosen)
    work_off()
    if commit:
        batch.refresh_from_db()
        assert batch.state == "checked", batch.check_run.error
        intake.ask_commit(batch, by=by)
        work_off()
    batch.refresh_from_db()
    return batch


def rows_of(path):
    with path.open(newline="") as text:
        return list(csv.DictReader(text))


def test_7043_rows_become_7043_customers_with_lines_and_plans(telco, steward):
    batch = bring(telco, steward)
    assert batch.columns["recipe"] == NAME
    assert Run.objects.filter(state="done").count() == 2
    assert batch.counts | {"notes": None} == {
        "rows": 7043, "create": 7043, "update": 0, "unchanged": 0, "duplicate": 0, "error": 0, "notes": None,
    }  # fmt: skip
    rows = rows_of(telco)
    assert set(c.Customer.objects.values_list("number", flat=True)) == {row["customerID"] for row in rows}
    phones = sum((row["PhoneService"] == "Yes") + (row["MultipleLines"] == "Yes") for row in rows)
    internet = sum(row["InternetService"] != "No" for row in rows)
    assert dict(c.Line.objects.values_list("kind").annotate(n=Count("id"))) == {"fixed": phones, "broadband": internet}
    assert c.LinePlan.objects.count() == phones + internet
    assert c.SearchEntry.objects.count() == 7043


def test_charges_are_those_of_the_file_to_the_cent(telco, steward):
    bring(telco, steward)
    kept = dict(c.Customer.objects.values_list("number", "monthly_charge"))
    totals = dict(c.Customer.objects.values_list("number", "total_charge"))
    for row in rows_of(telco):
        assert kept[row["customerID"]] == Decimal(row["MonthlyCharges"])
        assert totals[row["customerID"]] == (Decimal(row["TotalCharges"]) if row["TotalCharges"].strip() else None)


def test_eleven_customers_were_never_billed_and_it_is_said(telco, steward):
    batch = bring(telco, steward, commit=False)
    assert batch.counts["notes"] == {"never_billed": 11}
    assert batch.rows.filter(notes=["never_billed"], outcome="create").count() == 11


def test_who_churned_has_left_with_lines_off_the_network(telco, steward):
    bring(telco, steward)
    left = c.Customer.objects.filter(status="left")
    assert left.count() == sum(row["Churn"] == "Yes" for row in rows_of(telco)) == 1869
    assert set(left.values_list("left_on", flat=True)) == {DAY}
    assert not c.Line.objects.filter(customer__in=left).exclude(status="off_net", ended_on=DAY).exists()
    assert not c.LinePlan.objects.filter(line__customer__in=left, valid_to=None).exists()


def test_a_second_import_changes_nothing(telco, steward):
    bring(telco, steward)
    before = c.Customer.objects.aggregate(n=Count("id"))["n"], c.Line.objects.count(), c.LinePlan.objects.count()
    versions = set(c.Customer.objects.values_list("version", flat=True))
    again = bring(telco, steward)
    assert again.counts["unchanged"] == 7043
    assert (c.Customer.objects.count(), c.Line.objects.count(), c.LinePlan.objects.count()) == before
    assert versions == set(c.Customer.objects.values_list("version", flat=True)) == {1}
