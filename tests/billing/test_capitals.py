"""Amounts in capital numerals, against the examples of the rules for filling in vouchers, and read back."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.counter.capitals import DIGITS, in_capitals

KNOWN = {
    "0": "零元整",
    "0.05": "伍分",
    "0.50": "伍角",
    "0.53": "伍角叁分",
    "1": "壹元整",
    "10": "壹拾元整",
    "59.00": "伍拾玖元整",
    "100.50": "壹佰元伍角",
    "325.04": "叁佰贰拾伍元零肆分",
    "1008.00": "壹仟零捌元整",
    "1409.50": "壹仟肆佰零玖元伍角",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "6007.14": "陆仟零柒元壹角肆分",
    "10000": "壹万元整",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "20005": "贰万零伍元整",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "1000000": "壹佰万元整",
    "10010000.10": "壹仟零壹万元壹角",
    "100000001": "壹亿零壹元整",
    "100050000": "壹亿零伍万元整",
    "305080000000.09": "叁仟零伍拾亿捌仟万元零玖分",
}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(("figures", "words"), KNOWN.items())
def test_known_amounts(figures, words):
    assert in_capitals(Decimal(figures)) == words


def read(words):
    """The amount that capital numerals say, in fen; written without looking at how they are made."""
    whole, _, small = words.rpartition("元")
    total = section = digit = 0
    for sign in whole:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in UNITS:
            section, digit = section + digit * UNITS[sign], 0
        else:
            factor = {"万": 10_000, "亿": 100_000_000}[sign]
            total, section, digit = total + (section + digit) * factor, 0, 0
    fen = (total + section + digit) * 100
    for sign, worth in (("角", 10), ("分", 1)):
        if sign in small:
            fen += DIGITS.index(small[small.index(sign) - 1]) * worth
    return fen


@given(st.integers(0, 10**14 - 1))
@example(10**12)
@example(10**13 + 1)
def test_what_is_said_reads_back_as_the_same_amount(fen):
    words = in_capitals(Decimal(fen) / 100)
    assert read(words) == fen
    assert "零零" not in words
