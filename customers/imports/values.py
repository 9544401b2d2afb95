"""What stands in a cell, read as a day, a sum, a number, a word of a list. Each raises Unfit with a reason code."""

import re
import unicodedata
from calendar import monthrange
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from customers.numbers import check_digit, normalise

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?")
SOLID_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
CURRENCY = re.compile(r"[¥￥$元,，\s]|CNY|RMB", re.IGNORECASE)
SPLIT = re.compile(r"[;；、|\n]")
CARD = re.compile(r"\d{17}[\dX]")
EARLIEST, LATEST = date(1880, 1, 1), date(2200, 1, 1)


class Unfit(Exception):
    """A cell that cannot be taken; `code` and `values` become the reason."""

    def __init__(self, code, **values):
        super().__init__(code)
        self.code, self.values = code, values


def plain(text):
    """Full-width as ASCII, no space around."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def short(text, most):
    if len(text) > most:
        raise Unfit("too_long", most=most)
    return text


@lru_cache(4096)
def day(text):
    found = DAY.fullmatch(plain(text)) or SOLID_DAY.fullmatch(plain(text))
    try:
        read = date(*map(int, found.groups()))
    except (AttributeError, ValueError):
        raise Unfit("bad_date", value=text[:40]) from None
    if not EARLIEST <= read <= LATEST:
        raise Unfit("bad_date", value=text[:40])
    return read


def money(text, digits=12, least=0):
    """An amount of at most `digits` digits, two of them behind the point; `least` None where it may be below zero."""
    try:
        amount = Decimal(CURRENCY.sub("", plain(text))).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Unfit("bad_amount", value=text[:40]) from None
    if not amount.is_finite() or (least is not None and amount < least) or amount.adjusted() > digits - 3:
        raise Unfit("bad_amount", value=text[:40])
    return amount


def months(text):
    if not (text.isdecimal() and len(text) <= 4 and int(text) <= 1200):
        raise Unfit("bad_months", value=text[:40])
    return int(text)


def word(text, words, code):
    """The meaning of a word of a list: {meaning: words in both languages}."""
    said = plain(text).casefold()
    for meaning, known in words.items():
        if said == meaning or said in known:
            return meaning
    raise Unfit(code, value=text[:40])


def phone(text):
    """(as written, as searched)."""
    key = normalise(text)
    if not 5 <= len(key) <= 24 or not any(character.isdecimal() for character in key):
        raise Unfit("bad_phone", value=text[:40])
    return short(plain(text), 40), key


def parts(text):
    return [part.strip() for part in SPLIT.split(text) if part.strip()]


def document(text):
    """An ID document's number as searched; never kept. An 18-digit identity number must have the right check digit."""
    key = normalise(text)
    if not 6 <= len(key) <= 30:
        raise Unfit("bad_document")
    if text.isascii() and CARD.fullmatch(key) and key[17] != check_digit(key[:17]):
        raise Unfit("bad_document")
    return key


def months_before(day, count):
    """The same day of the month `count` months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def term_end(since, day, years):
    """The first anniversary of a term of `years` that began with the customer, after `day`."""
    end = since
    while end <= day:
        end = months_before(end, -12 * years)
    return end
