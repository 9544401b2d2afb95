"""Every row once, under every order, however one walks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.filters import SORTS
from customers.models import Customer
from customers.paging import page_of
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = st.none() | st.dates().map(str)
VALUES = st.lists(
    st.tuples(st.sampled_from(["", "wang", "zhang"]), st.none() | st.sampled_from(["2020-01-01", "2021-05-05"]))
)


def populate(values):
    branch = make.branch()
    for pinyin, day in values:
        moment = day and f"{day} 10:00+08:00"
        make.customer(branch, pinyin=pinyin, joined_on=day, last_contact_at=moment)
    return Customer.objects.filter(branch=branch)


def walk(rows, column, descending, size):
    """The keys from the first page to the last, and from there back again."""
    page = page_of(rows, column, descending=descending, size=size)
    forth, steps = [row.pk for row in page.rows], 0
    while page.following:
        page = page_of(rows, column, descending=descending, after=page.following, size=size)
        forth += [row.pk for row in page.rows]
        steps += 1
    back = [row.pk for row in page.rows]
    while page.preceding:
        page = page_of(rows, column, descending=descending, before=page.preceding, size=size)
        back = [row.pk for row in page.rows] + back
        steps -= 1
    assert steps == 0
    return forth, back


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=VALUES, column=st.sampled_from(list(SORTS.values())), descending=st.booleans(), size=st.integers(1, 4))
def test_each_row_comes_once_and_in_order_forth_and_back(values, column, descending, size):
    rows = populate(values)
    forth, back = walk(rows, column, descending, size)
    key = {row.pk: (getattr(row, column) is not None, getattr(row, column) or "", row.pk) for row in rows}
    empty, valued = ([pk for pk in key if key[pk][0] is there] for there in (False, True))
    expected = sorted(empty) + sorted(valued, key=lambda pk: key[pk][1:])
    assert forth == back == (expected[::-1] if descending else expected)


@pytest.mark.parametrize("column", SORTS.values())
@pytest.mark.parametrize("descending", [False, True])
def test_rows_that_come_in_meanwhile_neither_double_nor_hide_the_others(column, descending):
    rows = populate([(f"p{n % 3}", None if n % 4 == 0 else f"2020-01-0{n % 5 + 1}") for n in range(20)])
    there, seen, page = set(rows.values_list("pk", flat=True)), [], None
    while page is None or page.following:
        page = page_of(rows, column, descending=descending, after=page and page.following, size=3)
        seen += [row.pk for row in page.rows]
        populate_beside(page.rows[0])
    assert sorted(pk for pk in seen if pk in there) == sorted(there)
    assert len(seen) == len(set(seen))


def populate_beside(row):
    make.customer(row.branch, pinyin=row.pinyin, joined_on=row.joined_on, last_contact_at=row.last_contact_at)


def test_a_row_that_is_gone_begins_anew():
    rows = populate([("a", None), ("b", None)])
    assert [row.pinyin for row in page_of(rows, "pinyin", after=987654).rows] == ["a", "b"]
