"""What stands in a cell about money: months, moments, signed sums, words. Each raises Unfit with a reason code."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from customers.imports import values
from customers.imports.values import Unfit, plain

MONTH = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?")
CLOCK = re.compile(r".*?[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?")
CODE = re.compile(r"[A-Z]{3}")
YEARS = range(1990, 2101)  # of anything that is billed or paid


def ref(most):
    """A reader of the numbers that the billing system gives."""

    def read(text, zone):
        return values.short(plain(text), most)

    return read


def day(text, zone):
    return values.day(text)


@lru_cache(4096)
def month(text, zone):
    """The first day of a month that is written with or without a day of it."""
    found = MONTH.fullmatch(plain(text))
    try:
        return date(int(found[1]), int(found[2]), 1) if found else values.day(text).replace(day=1)
    except (ValueError, Unfit):
        raise Unfit("bad_month", value=text[:40]) from None


def moment(text, zone):
    """An aware time; a day alone is its beginning in the branch's zone."""
    said = plain(text)
    try:
        aware = datetime.fromisoformat(said)
    except ValueError:
        aware = _loosely(said, text)
    return aware if aware.tzinfo else aware.replace(tzinfo=zone)


def _loosely(said, text):
    clock = CLOCK.fullmatch(said)
    try:
        at = time(*(int(part or 0) for part in clock.groups())) if clock else time()
        return datetime.combine(values.day(said), at)
    except (ValueError, Unfit):
        raise Unfit("bad_time", value=text[:40]) from None


def money(text, zone):
    return values.money(text)


def signed_money(text, zone):
    return values.money(text, least=None)


def quantity(text, zone):
    """At most eleven digits before the point, three behind it."""
    try:
        amount = Decimal(plain(text).replace(",", "")).quantize(Decimal("0.001"))
    except InvalidOperation:
        raise Unfit("bad_quantity", value=text[:40]) from None
    if not amount.is_finite() or amount < 0 or amount.adjusted() > 10:
        raise Unfit("bad_quantity", value=text[:40])
    return amount


def currency(text, zone):
    code = plain(text).upper()
    if not CODE.fullmatch(code):
        raise Unfit("unknown_currency", value=text[:40])
    return code


def word(words, code):
    """A reader of one of `words` ({meaning: words in both languages}), refused as `code`."""

    def read(text, zone):
        return values.word(text, words, code)

    return read
