"""How many rows stand behind a view for one reader: up to 99, in a bounded time, kept for some seconds."""

from dataclasses import dataclass

import structlog
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from redis.exceptions import RedisError

from door.lists import Listed
from staff.models import SavedView, User
from staff.saved_views.lists import lists_of

log = structlog.get_logger(__name__)
MOST = 99
KEPT = 15  # seconds
PATIENCE = "SET LOCAL statement_timeout = '1500ms'"
UNKNOWN = -1  # it would take too long
PINNED = 8  # numbers beside one list; what is more stands in the menu


@dataclass(frozen=True)
class Tab:
    """A view as one person may open it. `n`: its rows, at most one more than MOST; None: it is not counted."""

    view: SavedView
    listed: Listed
    n: int | None = None

    @property
    def address(self) -> str:
        return self.listed.address(self.view.query)

    @property
    def said(self) -> str:
        """The number in words; "" where there is none."""
        if self.n is None or self.n == UNKNOWN:
            return ""
        return f"{MOST}+" if self.n > MOST else str(self.n)


def tabs_of(user: User, *, listed: Listed | None = None) -> list[Tab]:
    """The pinned views of one list, or of all, with their numbers; a view that asks for a filter the person does not
    have is left out."""
    lists = {listed.url_name: listed} if listed else lists_of(user)
    rows = SavedView.objects.visible_to(user).filter(pinned=True, list__in=lists).order_by("list", "name", "pk")
    tabs = [Tab(view, lists[view.list], counted(user, view, lists[view.list])) for view in rows[:PINNED]]
    return [tab for tab in tabs if tab.n is not None]


def counted(user: User, view: SavedView, listed: Listed) -> int | None:
    """None where the person lacks a filter that the view asks for; UNKNOWN where counting takes too long."""
    key = f"view.{user.pk}.{view.pk}.{view.made_at.timestamp()}"
    found = _kept(key)
    if found is None:
        found = _count(user, view, listed)
        _keep(key, found)
    return None if found == "" else found


def _count(user, view, listed):
    filtering = listed.asked(user, view.query)
    if not listed.knows(filtering, view.query):
        return ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            return filtering.qs.order_by()[: MOST + 1].count()
    except OperationalError:
        return UNKNOWN


def _kept(key):
    try:
        return cache.get(key)
    except RedisError as error:
        log.warning("cache.gone", error=type(error).__name__)
        return None


def _keep(key, found):
    try:
        cache.set(key, found, KEPT)
    except RedisError as error:
        log.warning("cache.gone", error=type(error).__name__)
