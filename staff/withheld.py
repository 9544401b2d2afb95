"""What serves a record that some people must not know of is kept from them too, wherever it stands (B15, 2.3).

settings.KEPT_FROM names, for a kind of record, the module that says so: `of(user)` gives the ids of the records that
are kept from one person, `people(ids)` gives {id of a record: ids of the people from whom it is kept}.
"""

from importlib import import_module

from django.conf import settings
from django.db.models import Q


def kept_from(user) -> Q:
    """Rows with `about_type` and `about_id` that serve a record which is kept from the person."""
    found = Q(pk__in=[])
    for kind, module in settings.KEPT_FROM.items():
        found |= Q(about_type=kind, about_id__in=import_module(module).of(user))
    return found


def from_whom(kind, key) -> set:
    """Ids of the people from whom the record of that kind and id is kept."""
    module = settings.KEPT_FROM.get(kind)
    return import_module(module).people([key]).get(key, set()) if module else set()


def people(rows) -> dict:
    """{row: ids of the people from whom it is kept}; one query for each kind of record that the rows serve."""
    rows, found = list(rows), {}
    for kind, module in settings.KEPT_FROM.items():
        ids = {row.about_id for row in rows if row.about_type == kind}
        found |= {(kind, key): out for key, out in import_module(module).people(ids).items()} if ids else {}
    return {row: found.get((row.about_type, row.about_id), frozenset()) for row in rows}
