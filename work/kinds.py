"""What a notice can be about: for each kind its words, in the language of whoever reads, and what it opens.

A module declares its kinds beside what rings them:

    told = kind("absence.stands_in", _("You stand in for %(person)s until %(last)s."), opens=lambda n: reverse("…"))

The words are filled from `notice.data`; they never name a customer, whom the page shows beside them as the reader may
see them. A word that is a function gets the notice and gives the text, for plurals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.module_loading import autodiscover_modules


def opens_customer(notice) -> str:
    return reverse("customer", args=[notice.customer_id]) if notice.customer_id else ""


@dataclass(frozen=True)
class Kind:
    """`says`: a lazy text with %(name)s placeholders, or a function of the notice. `waits`: told in the digest only."""

    name: str
    says: object
    opens: Callable = opens_customer  # (notice) -> address, "" for nothing
    icon: str = "bell"
    waits: bool = False

    def words(self, notice) -> str:
        return self.says(notice) if isinstance(self.says, Callable) else str(self.says) % notice.data


_kinds: dict[str, Kind] = {}


def kind(name: str, says, **options) -> Kind:
    """Declare the kind `name` ("app.what_happened")."""
    _kinds[name] = Kind(name, says, **options)
    return _kinds[name]


@cache
def _discover():
    autodiscover_modules("notice_kinds")


def get(name: str) -> Kind:
    """The kind; LookupError for one that is not declared."""
    found = find(name)
    if found is None:
        raise LookupError(f"no kind of notice is named {name}")
    return found


def find(name: str) -> Kind | None:
    """The kind, or None for one that this release does not know any more."""
    _discover()
    return _kinds.get(name)
