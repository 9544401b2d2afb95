"""A list of the product keeps views, and says so where its page is: `@with_views(...)`; see `door.lists`."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise

from door.kept import Kept
from door.lists import LISTS, NOT_KEPT, Listed
from staff.models import SavedView, User
from staff.models.saved_views import FirstView
from staff.scope import holds


def with_views(url_name: str, title: str | Promise, filtered: Callable, *, also: tuple[str, ...] = ()):
    """Let the list begin with the view that the person chose for it, where its address asks for nothing."""

    def wrap(view):
        LISTS[url_name] = Listed(url_name, title, view.right, filtered, also)

        @wraps(view)
        def begun(request, *args, **kwargs):
            bare = request.method == "GET" and not request.META.get("QUERY_STRING") and not request.htmx
            first = first_of(request.user, url_name) if bare and holds(request.user, view.right) else None
            return redirect(LISTS[url_name].address(first.query)) if first else view(request, *args, **kwargs)

        return begun

    return wrap


CHOSEN = Kept(lambda user: FirstView.objects.filter(user=user))


def first_of(user: User, url_name: str) -> SavedView | None:
    chosen = next((one.view_id for one in CHOSEN(user.pk) if one.list == url_name), None)
    return chosen and SavedView.objects.visible_to(user).filter(pk=chosen).first() if chosen else None


def lists_of(user: User) -> dict[str, Listed]:
    """Those the person may open."""
    return {name: one for name, one in LISTS.items() if holds(user, one.right)}


def canonical(query: QueryDict | str) -> str:
    """What an address asks for, in one spelling: no empty parts, no place in the list, in the order of the names."""
    asked = QueryDict(query) if isinstance(query, str) else query
    return urlencode(sorted((name, value) for name, value in asked.items() if value and name not in NOT_KEPT))
