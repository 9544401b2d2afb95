"""Opening hours of one day as people write them: "08:30-12:00 14:00-18:00"; a day that is closed is empty."""

import re
from datetime import time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Windows = tuple[tuple[time, time], ...]

MIDNIGHT = time.min  # as an end it is the end of the day
WINDOW = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})")
BETWEEN = re.compile(r"[\s,，;；、]*")


def parse(text: str) -> Windows:
    """The windows of the text, in order; 24:00 is the end of the day. Raises ValidationError."""
    rest = WINDOW.sub("", text)
    if BETWEEN.fullmatch(rest) is None:
        raise ValidationError(_("Write hours like 08:30-12:00 14:00-18:00."), code="hours")
    windows = tuple((_time(h1, m1), _time(h2, m2, ends=True)) for h1, m1, h2, m2 in WINDOW.findall(text))
    refuse_disorder(windows)
    return windows


def spell(windows: Windows) -> str:
    """The text that `parse` reads: "08:30-12:00 14:00-24:00"."""
    return " ".join(f"{begin:%H:%M}-{'24:00' if end == MIDNIGHT else f'{end:%H:%M}'}" for begin, end in windows)


def refuse_disorder(windows: Windows) -> None:
    """Raise ValidationError unless each window ends after it begins, and no earlier than the next begins."""
    last = None
    for begin, end in windows:
        if end != MIDNIGHT and end <= begin:
            raise ValidationError(_("Hours end later than they begin; midnight is 24:00."), code="order")
        if last is not None and (last == MIDNIGHT or begin < last):
            raise ValidationError(_("The hours overlap or stand in the wrong order."), code="overlap")
        last = end


def known_windows(text: str) -> None:
    """A validator of text fields."""
    parse(text)


def _time(hour, minute, ends=False):
    if ends and (hour, minute) == ("24", "00"):
        return MIDNIGHT
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValidationError(_("There is no such time of day."), code="time") from None
