"""Service, card and document numbers that repeat never and belong to nobody."""

from customers.numbers import check_digit

from . import words

AREA = "0785"  # no area of China has this code
MOBILE = words("133 153 173 177 180 181 189 191 199")
OTHER_OPERATORS = words("135 136 137 138 139 150 151 158 159 186 187 188")
SPREAD = 61_803_399  # has no common factor with 10^8: multiplying by it visits every suffix once


def mobile(n):
    """The n-th mobile number of the branch."""
    return f"{MOBILE[n * n % 31 % 9]}{(n * SPREAD + 24_681_357) % 10**8:08}"


def contact(n):
    """A mobile number at another operator."""
    return f"{OTHER_OPERATORS[n * n % 29 % 12]}{(n * SPREAD + 97_531) % 10**8:08}"


def line(kind, n):
    """(number as written, as searched) of the n-th line of a kind."""
    if kind == "mobile":
        written = mobile(n)
        return written, written
    digits = f"{(n * 6_180_339 + 1_357_911) % 10**7:07}"
    if kind == "fixed":
        return f"{AREA}-{digits}", AREA + digits
    return f"KD{AREA}{digits}", f"KD{AREA}{digits}"


def document(birthday, n):
    """A personal ID number with the right check digit, of a province that does not exist; no two are the same."""
    body = f"99{n // 1000 % 10_000:04}{birthday:%Y%m%d}{n % 1000:03}"
    return body + check_digit(body)


def card(n):
    return f"8785{(n * SPREAD) % 10**8:08}"


def contract(n):
    return f"HT{AREA}{n:08}"
