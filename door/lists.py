"""The lists of the product, by URL name: what each is called, who opens it, and what an address narrows it down to.

Each says so where its page is: `staff.saved_views.lists.with_views`. Saved views keep their addresses, and what is
done with a whole list at once begins from them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise

NOT_KEPT = {"after", "before", "view"}  # a place in the list, and that no view is wanted
NO_VIEW = "view=all"


@dataclass(frozen=True)
class Asking:
    """Who asks a list for what, as its filter set takes a request."""

    user: object
    GET: QueryDict


@dataclass(frozen=True)
class Listed:
    """`filtered` makes the filter set of a request or an `Asking`; `also` are further parameters of the address."""

    url_name: str
    title: str | Promise
    right: str
    filtered: Callable
    also: tuple[str, ...] = ()

    def asked(self, user, query: QueryDict | str):
        """The filter set as the person would find it behind the address."""
        return self.filtered(Asking(user, QueryDict(query) if isinstance(query, str) else query))

    def knows(self, filtering, query: str) -> bool:
        """Whether it takes all that the query says: a person may lack a filter that another one has."""
        names = set(QueryDict(query)) - NOT_KEPT
        return names <= {*filtering.filters, *self.also} and filtering.is_valid()

    def address(self, query: str) -> str:
        return f"{reverse(self.url_name)}?{query or NO_VIEW}"


LISTS: dict[str, Listed] = {}
