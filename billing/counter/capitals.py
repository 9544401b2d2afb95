"""Amounts in the capital numerals of Chinese bookkeeping, which nobody can alter with one stroke."""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
GROUPS = ("", "万", "亿")


def in_capitals(amount: Decimal) -> str:
    """`amount` (CNY, not below zero, below 10^12) as a receipt says it: 1409.50 → 壹仟肆佰零玖元伍角.

    After the rules for filling in bills and settlement vouchers: one 零 for zeros between figures, 整 after full yuan.
    """
    yuan, fen = divmod(round(amount * 100), 100)
    jiao, fen = divmod(fen, 10)
    whole = f"{_whole(yuan)}元" if yuan else ""
    small = f"{DIGITS[jiao]}角" if jiao else ""
    if fen:
        small += ("零" if whole and not jiao else "") + f"{DIGITS[fen]}分"
    return whole + small if small else (whole or "零元") + "整"


def _whole(number):
    """Groups of four figures, highest first; a group that does not fill its thousands is led by 零."""
    text, gap = "", False
    for name, group in reversed(list(zip(GROUPS, _groups(number), strict=False))):
        if group == 0:
            gap = True
            continue
        if text and (gap or group < 1000):
            text += "零"
        text, gap = text + _group(group) + name, False
    return text


def _groups(number):
    while number:
        number, group = divmod(number, 10_000)
        yield group


def _group(group):
    """Up to four figures, with one 零 for the zeros between two of them."""
    text, gap = "", False
    for digit, place in zip(f"{group:04}", PLACES, strict=True):
        if digit == "0":
            gap = True
            continue
        text += ("零" if text and gap else "") + DIGITS[int(digit)] + place
        gap = False
    return text
