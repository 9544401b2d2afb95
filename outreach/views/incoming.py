"""What gateways tell us over HTTP: delivery reports, and what people write back (docs/gateways.md).

Nobody is signed in here: a signature over the body says who it is. Everything may come twice and is then one.
"""

import json
import time
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from door import problems
from outreach import inbound, reports, signing
from outreach.gateways import UNSTORABLE, storable
from outreach.gateways.registry import named
from outreach.models import DeliveryReport

MOST = 16 * 1024  # bytes of a body
LONGEST = 5000  # characters of what a person writes
REFS = 100  # characters of a gateway's own number


class Unreadable(Exception):
    """The message says which part is missing or wrong, never what was in it."""


def signed_by_gateway(view):
    """Hand the view (the gateway's name, the body read as an object). 401 for a signature that does not hold."""

    @csrf_exempt
    @login_not_required
    @require_POST
    @wraps(view)
    def guarded(request, name):
        body = request.read(MOST + 1)
        if len(body) > MOST:
            return problem(413)
        try:
            _check(name, request, body)
        except signing.NotSigned:
            return problem(401, _("The signature does not hold, or its time is more than five minutes off."))
        if not named(name):
            raise Http404
        try:
            view(name, _object(body))
        except Unreadable as error:
            return problem(400, str(error))
        return JsonResponse({"taken": True})

    return guarded


def _check(name, request, body):
    """Raises `NotSigned`. Without a key of our own anybody could make the secrets."""
    if not settings.GATEWAY_KEY:
        raise signing.NotSigned
    signing.check(signing.secret(settings.GATEWAY_KEY, name), request.headers, time.time(), body)


@signed_by_gateway
def report(name, said):
    status = _text(said, "status", 11)
    if status not in DeliveryReport.Status.values:
        raise Unreadable(_("status is one of: %(known)s.") % {"known": ", ".join(DeliveryReport.Status.values)})
    number, ref = _text(said, "id", REFS, blank=True), _text(said, "ref", 36, blank=True)
    if not number and not ref:
        raise Unreadable(_("id or ref says which message it was."))
    reports.take(name, number, ref or None, status, raw={"reason": _words(said, "reason", 100)})


@signed_by_gateway
def letter(name, said):
    inbound.take(name, _text(said, "id", REFS), _text(said, "from", 254), _words(said, "text", LONGEST))


def _object(body) -> dict:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Unreadable(_("The body is a JSON object."))
    return said


def _text(said, name, most, *, blank=False) -> str:
    value = said.get(name, "" if blank else None)
    value = "" if value is None and blank else value
    if not isinstance(value, str) or len(value) > most or not (value or blank) or UNSTORABLE.search(value):
        raise Unreadable(_("%(name)s is a text of at most %(most)s characters.") % {"name": name, "most": most})
    return value


def _words(said, name, most) -> str:
    """What somebody wrote."""
    value = said.get(name)
    clean = {name: storable(value)} if isinstance(value, str) else said
    return _text(clean, name, most, blank=True)


def problem(status, detail=""):
    said = problems.problem(status, str(detail))
    return JsonResponse(said, status=status, content_type=problems.MEDIA_TYPE)
