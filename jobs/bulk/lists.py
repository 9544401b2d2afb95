"""The lists whose rows can be changed all at once, and what can be done with them.

Each app declares its own in its module `bulk_actions`; what the list is called and how an address narrows it down is
said once, where its page is (`door.lists`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from door.lists import LISTS


@dataclass(frozen=True)
class Shown:
    """A row as one person may see it."""

    name: str  # of the record, such as its number
    who: str
    url: str


def unchanged(rows, user):
    return rows


@dataclass(frozen=True)
class Action:
    """What is done with each row by the ordinary operation of the product.

    `form(data, user=, **)` asks what it needs, and clears texts of what must not be kept. `do(row, by, told)` does it
    and returns what undoing needs, as JSON; `undo(row, by, kept)` takes it back. Both raise ValidationError, run in one
    transaction a row, and the row they get is held and one that `rows` lets this person change now. `told` has a `key`
    that is the same whenever the same action is repeated.
    """

    name: str
    title: Promise
    key: str  # the single key that opens it
    form: type
    do: Callable
    undo: Callable | None = None
    rows: Callable = unchanged  # (rows, user) -> those with which the person may do it
    about: Promise | str = ""


@dataclass(frozen=True)
class List:
    """`right` is that of changing many; `reached(user)` are all rows that the person can see at any time, `hold(pk)` is
    one of them locked, `edition` the column that grows with each change.
    """

    name: str  # of the list's URL
    right: str
    reached: Callable[..., QuerySet]
    hold: Callable[[int], Model]
    edition: str
    shown: Callable[..., dict[int, Shown]]  # (rows, user)
    most: Callable[..., int]  # (user) -> how many rows at once
    actions: Iterable[Action] = field(default_factory=list)

    @property
    def title(self) -> str | Promise:
        return LISTS[self.name].title

    def matching(self, user, query: QueryDict) -> QuerySet:
        """The rows that the list would show for an address's query."""
        return LISTS[self.name].asked(user, query).qs

    def action(self, name) -> Action | None:
        return next((one for one in self.actions if one.name == name), None)


_lists: dict[str, List] = {}


def every() -> dict[str, List]:
    """{name: list} of all that are declared."""
    _discover()
    return dict(_lists)


def declare(one: List) -> List:
    _lists[one.name] = one
    return one


@cache
def _discover():
    autodiscover_modules("bulk_actions")


def find(name) -> List | None:
    _discover()
    return _lists.get(name)


def get(name) -> List:
    """The list; LookupError for one that is not declared."""
    found = find(name)
    if found is None:
        raise LookupError(f"nothing is done at once with the list {name}")
    return found
