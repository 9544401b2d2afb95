"""Queries that every page asks: their text is put together once, which takes longer than answering them."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.db.models.query import RawQuerySet

MARK = -987_654_321  # stands for the value while the text is made; no row has such a key


class Kept:
    """`build(key)`: the rows of that key, the same in all else whatever the key is.

    `kept(key)`: the same rows in the same order, or what the query `around` makes of them. ValueError where the key is
    not asked for, or more than once.
    """

    def __init__(self, build: Callable[[int], QuerySet], around: str = "{}"):
        self.build, self.around, self.made = build, around, None

    def __call__(self, key: int) -> RawQuerySet:
        model, text, values, at = self.made = self.made or self._made()
        return model._base_manager.raw(text, [*values[:at], key, *values[at + 1 :]])

    def _made(self):
        rows = self.build(MARK)
        text, values = rows.query.sql_with_params()
        if list(values).count(MARK) != 1:
            raise ValueError("A kept query asks for its key, and once.")
        return rows.model, self.around.format(text), list(values), list(values).index(MARK)
