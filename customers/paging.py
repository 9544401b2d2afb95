"""Pages of a list that cost the same however far one has gone: each begins after a row, not after a number of rows.

A sort is a column and the primary key. In descending order rows without a value come last, in ascending order first,
unless the list says that they come last there too. One index serves all ways.
"""

from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

SIZE = 25


@dataclass(frozen=True)
class Page:
    """The rows, and the rows after and before which the neighbouring pages lie (None where there is none)."""

    rows: list
    following: int | None
    preceding: int | None


def page_of(rows, column, *, descending=False, empty_last=False, after=None, before=None, size=SIZE):
    """The page of `rows` (a queryset without order) that begins after, or ends before, the row with that key.

    A row that is not among `rows` any more counts as the beginning.
    """
    empty_last = empty_last or descending
    edge_key = after or before
    edge = rows.filter(pk=edge_key).values_list(column, "pk").first() if edge_key else None
    backwards = edge is not None and not after
    way = {"descending": descending != backwards, "empty_last": empty_last != backwards}
    found = _next(rows, column, edge, size + 1, **way)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
        return _page(found, following=True, preceding=more)
    return _page(found, following=more, preceding=edge is not None)


def edges(asked) -> dict[str, int | None]:
    """What `after` and `before` of an address's query say, for `page_of`; nonsense is the beginning."""
    return {name: _key(asked.get(name)) for name in ("after", "before")}


def _key(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def address(asked, **changes) -> str:
    """The query of the same list, continued elsewhere."""
    query = asked.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    query.update(changes)
    return "?" + query.urlencode()


def _page(found, *, following, preceding):
    following = found[-1].pk if found and following else None
    return Page(found, following, found[0].pk if found and preceding else None)


def _next(rows, column, edge, size, *, descending, empty_last):
    """Up to `size` rows in order from the edge on: two regions, with and without a value, each one stretch of index."""
    valued, empty = rows.exclude(**{column: None}), rows.filter(**{column: None})
    nullable = rows.model._meta.get_field(column).null
    regions = [(valued, False)] if not nullable else [(valued, False), (empty, True)]
    if not empty_last:
        regions.reverse()
    found = []
    for region, is_empty in regions:
        if edge and is_empty != (edge[0] is None) and is_empty != empty_last:
            continue
        here = edge if edge and is_empty == (edge[0] is None) else None
        found += _stretch(region, column, descending, here, is_empty)[: size - len(found)]
        if len(found) == size:
            break
    return found


def _stretch(region, column, descending, edge, is_empty):
    if edge:
        region = region.filter(_beyond(column, descending, edge, is_empty))
    sign = "-" if descending else ""
    return region.order_by(f"{sign}pk") if is_empty else region.order_by(f"{sign}{column}", f"{sign}pk")


def _beyond(column, descending, edge, is_empty):
    if is_empty:
        return Q(pk__lt=edge[1]) if descending else Q(pk__gt=edge[1])
    beyond = TupleLessThan if descending else TupleGreaterThan
    return beyond(Tuple(F(column), F("pk")), edge)
