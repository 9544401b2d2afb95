"""A POST under an Idempotency-Key happens once, however often it is sent.

The answer is kept in the transaction of the effect: after a kill there are both or neither, and whoever asks again
gets the answer that was lost on its way. While a request is at work, a second one under its key is told so (409).
"""

import hashlib
import json
import re
from datetime import timedelta
from functools import wraps

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from door.models import Answer
from door.problems import MEDIA_TYPE, Problem, handler

HEADER = "Idempotency-Key"
KEY = r"^[!-~]{1,200}$"
KEPT = timedelta(hours=24)
KEPT_HEADERS = ("Location", "ETag")
NOT_KEPT = {401, 403, 409, 429}  # these say something of the moment, not of the request
HOLD = "SELECT pg_try_advisory_xact_lock(%s)"


class NoKey(Problem):
    status_code, kind = 400, "idempotency-key"
    default_detail = _("Every POST carries an Idempotency-Key of 1 to 200 visible ASCII characters.")


class UnderWay(Problem):
    status_code, kind = 409, "under-way"
    default_detail = _("A request with this Idempotency-Key is still at work. Ask again in a moment.")


class OtherRequest(Problem):
    status_code, kind = 422, "idempotency-key-reused"
    default_detail = _("This Idempotency-Key was used for another request. Take a new one.")


def once(post):
    """Let the view's method run once per key, and answer what it answered to whoever sends the same again."""

    @wraps(post)
    def answered(self, request, *args, **kwargs):
        key = request.headers.get(HEADER, "")
        if not re.fullmatch(KEY, key):
            raise NoKey
        ours, asked = {"asker": asker_of(request), "key": key}, fingerprint(request)
        with transaction.atomic():
            _hold(ours)
            kept = _kept(ours)
            if kept is not None:
                return _again(kept, asked)
            answer = _worked(self, lambda: post(self, request, *args, **kwargs))
            _keep(answer, fingerprint=asked, **ours)
            return answer

    answered.once = True
    return answered


def asker_of(request) -> str:
    return f"token {request.auth.pk}" if request.auth else f"person {request.user.pk}"


def fingerprint(request) -> str:
    """Of the path and the body, an uploaded file included."""
    digest = hashlib.sha256(request.path.encode())
    data = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            for value in values:
                digest.update(f"\0{name}\0".encode())
                for chunk in _chunks(value):
                    digest.update(chunk)
    else:
        digest.update(json.dumps(data, sort_keys=True).encode())
    return digest.hexdigest()


def _chunks(value):
    if not isinstance(value, UploadedFile):
        return [value.encode()]
    chunks = [value.name.encode(), *value.chunks()] if value.size < 1 << 20 else _file(value)
    value.seek(0)
    return chunks


def _file(value):
    digest = hashlib.sha256(value.name.encode())
    for chunk in value.chunks():
        digest.update(chunk)
    return [digest.digest()]


def lock_of(ours) -> int:
    digest = hashlib.sha256(f"{ours['asker']}\0{ours['key']}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _hold(ours):
    """To the end of the transaction nobody else works under this key."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [lock_of(ours)])
        if not cursor.fetchone()[0]:
            raise UnderWay


def _kept(ours):
    Answer.objects.filter(**ours, at__lt=Now() - KEPT).delete()
    return Answer.objects.filter(**ours).first()


def _again(kept, asked):
    if kept.fingerprint != asked:
        raise OtherRequest
    answer = Response(json.loads(kept.body), kept.status, headers=kept.headers | {"Idempotent-Replayed": "true"})
    if kept.status >= 400:
        answer.content_type = MEDIA_TYPE
    return answer


def _worked(view, work):
    """What the work answered, or its refusal as an answer, with nothing of it left behind."""
    try:
        with transaction.atomic():
            return work()
    except Exception as error:
        refusal = handler(error, view.get_exception_handler_context())
        if refusal is None or refusal.status_code >= 500:
            raise
        refusal.exception = True
        return refusal


def _keep(answer, **ours):
    if answer.status_code in NOT_KEPT:
        return
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    body = json.dumps(answer.data, cls=JSONEncoder)
    answer.data = json.loads(body)
    Answer.objects.create(status=answer.status_code, headers=headers, body=body, **ours)


def forget(limit=1000) -> int:
    """Drop a batch of answers whose time is over; how many there were."""
    old = Answer.objects.filter(at__lt=Now() - KEPT).order_by("at").values("pk")[:limit]
    return Answer.objects.filter(pk__in=old).delete()[0]
