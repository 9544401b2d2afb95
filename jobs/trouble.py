"""What went wrong, in a line that may be shown and kept: no values, no names, no numbers of customers."""

import re
import traceback

from django.core.exceptions import ValidationError

LONGEST = 300
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’|«[^»]*»|\([^()]*\)=\([^()]*\)")
NUMBER = re.compile(r"\d[\d\s-]{2,}\d|[^\x00-\x7f]+")


def plain(error) -> str:
    """Type, place and message of an exception, cut short; whatever could be somebody's data is left out."""
    return f"{type(error).__name__} at {_place(error)}: {_message(error)}"[:LONGEST]


def _message(error):
    if isinstance(error, ValidationError):
        return " ".join(error.messages)  # written for people by our own code
    text = next(iter(str(error).strip().splitlines()), "")
    text = NUMBER.sub("…", QUOTED.sub("…", text))
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return f"{text} ({constraint})" if constraint else text


def _place(error):
    """File and line of the innermost frame outside the libraries."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    if not frames:
        return "?"
    return "/".join(frames[-1].filename.split("/")[-2:]) + f":{frames[-1].lineno}"
