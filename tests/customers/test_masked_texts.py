"""Texts for those who see no numbers: a complaint's own number stays, whatever might reach a person does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import calling_back
from complaints.models.complaints import ComplaintSeries
from customers.masking import Shown
from staff.rights import Role
from tests import complaining, make

hidden = Shown.numbers_hidden
MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
FIXED = st.from_regex(r"0(10|2[0-9]|[3-9][1-9][0-9])[2-8][0-9]{6,7}", fullmatch=True)
CARD = st.from_regex(r"[1-8][0-9]{16}[0-9X]", fullmatch=True)
OWN = st.builds("{}-{:06}".format, st.integers(20, 45), st.integers(1, 999_999))
WORDS = st.text(st.sampled_from("投诉工单号，。：、（）abc!\n"), min_size=1, max_size=6)
PIECES = st.lists(st.tuples(st.sampled_from(["", "-", " "]), st.integers(1, 9)), min_size=1, max_size=4)


def in_pieces(number, pieces):
    """A number as people write it, in parts of up to nine digits with dashes or spaces between."""
    parts, rest = [], number
    for between, n in pieces:
        parts += [rest[:n], between]
        rest = rest[n:]
    return "".join(parts).strip("- ") + rest


def readable(text):
    """The longest row of digits that a reader could put together, over dashes and spaces."""
    rows = re.findall(r"[0-9](?:[- ]*[0-9])*", text)
    return max((len(re.sub("[^0-9]", "", row)) for row in rows), default=0)


@given(WORDS, OWN, WORDS)
def test_the_number_of_a_complaint_stays(before, own, after):
    assert hidden(f"{before}{own}{after}") == f"{before}{own}{after}"
    for text in (f"Complaint {own}.", f"{own}. 12 December", f"{own} (2)", f"{own}: 5", f"({own})", f"{own}，{own}"):
        assert hidden(text) == text


@given(MOBILE | FIXED | CARD, PIECES)
def test_a_number_of_a_person_is_masked_however_it_is_written(number, pieces):
    assert readable(hidden(f"电话{in_pieces(number, pieces)}")) < 7


@given(OWN, st.sampled_from(["", " ", "-", ".", "/", "  "]), MOBILE | FIXED | CARD, st.booleans())
def test_a_number_of_a_person_is_masked_beside_that_of_a_complaint(own, between, number, first):
    text = f"{own}{between}{number}" if first else f"{number}{between}{own}"
    assert number not in hidden(text)
    assert readable(hidden(text)) < 9, "one whole number of a complaint at most"
    apart = hidden(f"{own}，{number}" if first else f"{number}，{own}")
    assert own in apart
    assert number not in apart


@pytest.mark.parametrize(
    "text", ["13-812345678", "138 26-000123", "26-000123 45", "26-0001234", "26000123", "13-812345"]
)
def test_what_only_looks_like_one_is_masked(text):
    assert "*" in hidden(f"请打{text}")
    assert "26-000123" not in hidden(f"请打{text}")


@pytest.mark.django_db
def test_who_sees_no_numbers_reads_which_complaint_it_is_about():
    branch = make.branch()
    customer = make.reachable(make.unit("hall", parent=branch))
    one = complaining.complaint(customer, number=ComplaintSeries.take(branch, 2026))
    reader = make.user(Role.QUALITY, branch)
    due = calling_back.owe_callback(one, by=one.owner, at=one.received_at)
    shown = Shown(customer, reader)
    assert not shown.whole
    assert one.number in shown.text(due.what)
    assert shown.text("打13812345678") == "打138****5678"
