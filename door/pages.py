"""Pages of a list that cost the same however far one has gone, each beginning where the last one ended."""

import base64
import binascii

from django.http import QueryDict
from django.utils.translation import gettext as _

from door.problems import BadQuery

SIZE, MOST = 25, 100
OWN = ("limit", "cursor")


def page_of(request, rows, *, newest_first=False):
    """(rows, address of the next page or None). In the order of the primary key: a row never moves between pages."""
    limit, cursor = _limit(request), request.query_params.get("cursor")
    if cursor is not None:
        rows = rows.filter(**{"pk__lt" if newest_first else "pk__gt": _decoded(cursor)})
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    following = _address(request, found[limit - 1].pk) if len(found) > limit else None
    return found[:limit], following


def _limit(request):
    text = request.query_params.get("limit", str(SIZE))
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise BadQuery({"limit": [_("A whole number from 1 to %(most)s.") % {"most": MOST}]})
    return int(text)


def _address(request, key):
    query = request.query_params.copy() if request.query_params else QueryDict(mutable=True)
    query["cursor"] = base64.urlsafe_b64encode(f"after {key}".encode()).decode().rstrip("=")
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _decoded(cursor):
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        word, _space, key = text.partition(" ")
    except (ValueError, binascii.Error):
        word = key = ""
    if word != "after" or not key.isdecimal() or len(key) > 18:
        raise BadQuery({"cursor": [_("Take the cursor from `next` as it is.")]})
    return int(key)
