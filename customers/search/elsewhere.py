"""What other apps know by its whole number, found in the search box beside the customers.

`SEARCH_ELSEWHERE` in settings lists dotted paths of functions (text, user) -> things.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from staff.models import User


@dataclass(frozen=True)
class Thing:
    """One record that was asked for by its number."""

    kind: str
    number: str
    about: str
    url: str


def things(text: str, user: User) -> list[Thing]:
    """What `user` reaches that is called so; nothing for a part of a number."""
    return [one for path in settings.SEARCH_ELSEWHERE for one in import_string(path)(text, user)]
