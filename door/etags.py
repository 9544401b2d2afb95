"""ETags: what saves sending an answer again, and what keeps two writers from overwriting each other."""

import hashlib
import re

from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from door.problems import Problem, Stale

VERSIONED = re.compile(r'"(\d{1,9})\.[0-9a-f]{16}"')


class NoVersion(Problem):
    status_code, kind = 428, "if-match"
    default_detail = _("Send the ETag of what you saw as If-Match.")


def etag_of(data, version=None) -> str:
    """Of a representation; before the dot stands the version of the record, where it has one."""
    digest = hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:16]
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def tagged(request, data, *, version=None, status=200, headers=None) -> Response:
    """The answer with its ETag; 304 without a body where the reader has it already."""
    etag = etag_of(data, version)
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    if request.method in ("GET", "HEAD") and (etag in known or "*" in known):
        return Response(status=304, headers={"ETag": etag})
    return Response(data, status, headers=(headers or {}) | {"ETag": etag})


def version_seen(request) -> int:
    """The version that If-Match names. "*" is no version: a change is never made blindly."""
    said = request.headers.get("If-Match", "").strip()
    if said in ("", "*"):
        raise NoVersion
    found = VERSIONED.fullmatch(said)
    if not found:
        raise Stale
    return int(found[1])
