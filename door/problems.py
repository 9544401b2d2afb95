"""Everything that went wrong, as application/problem+json (RFC 9457), in the reader's language."""

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: _("The request could not be read"),
    401: _("Say who you are"),
    403: _("You may not do this"),
    404: _("There is nothing here"),
    405: _("This address does not take this method"),
    406: _("This answer exists as JSON only"),
    409: _("This cannot be done now"),
    412: _("Somebody else changed it in the meantime"),
    413: _("This is too large"),
    415: _("This kind of body is not understood"),
    422: _("Something needs to be put right"),
    428: _("Say which version you saw"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
}


class Problem(exceptions.APIException):
    """A refusal with a kind of its own: `kind` is the last part of its `type`, `more` are further members."""

    kind = ""

    def __init__(self, detail=None, **more):
        super().__init__(detail)
        self.more = more


class BadQuery(Problem):
    """What stands behind the question mark; `errors` as {parameter: [messages]}."""

    status_code, kind = 400, "query"
    default_detail = _("The address asks for something that is not there.")

    def __init__(self, errors):
        listed = [{"parameter": name, "message": str(text)} for name, texts in sorted(errors.items()) for text in texts]
        super().__init__(errors=listed)


class Stale(Problem):
    status_code, kind = 412, "stale"
    default_detail = _("Fetch it again, look at what changed, and send your change with the new ETag.")


class TooLarge(Problem):
    status_code, kind = 413, "too-large"
    default_detail = _("The body is larger than this address takes.")


def handler(error, context):
    """The answer to whatever a view raised; None for what nobody foresaw, which then is a 500."""
    error = known(error)
    if error is None:
        return None
    headers = {"WWW-Authenticate": error.auth_header} if getattr(error, "auth_header", None) else {}
    if getattr(error, "wait", None) is not None:
        headers["Retry-After"] = str(int(error.wait))
    return Response(body_of(error), error.status_code, headers=headers, content_type=MEDIA_TYPE)


def known(error):
    """The error as one of the framework's, or None."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, ValidationError):
        return exceptions.ValidationError(by_field(error))
    return error if isinstance(error, exceptions.APIException) else None


def by_field(error: ValidationError):
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def body_of(error):
    if isinstance(error, exceptions.ValidationError):
        error.status_code = 422
        return problem(422, kind="invalid", errors=list(pointed(error.detail)))
    if isinstance(error, Problem):
        return problem(error.status_code, str(error.detail), kind=error.kind, **error.more)
    detail = "" if error.status_code == 404 else str(error.detail)
    return problem(error.status_code, detail)


def problem(status, detail="", kind="", **more):
    """The members of the document. `type` names the kind of trouble to a program, the rest speaks to people."""
    said = {"type": f"urn:crm:problem:{kind}" if kind else "about:blank", "title": str(TITLES[status])}
    said |= {"status": status, "detail": detail} if detail else {"status": status}
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return said | more | ({"request_id": request_id} if request_id else {})


def pointed(detail, path=""):
    """Messages with the JSON pointer of the field that each is about; "" is the whole body."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            whole = name in ("non_field_errors", "__all__")
            yield from pointed(inner, path if whole else f"{path}/{_step(name)}")
    elif isinstance(detail, list | tuple):
        for n, inner in enumerate(detail):
            yield from pointed(inner, f"{path}/{n}" if isinstance(inner, dict) else path)
    else:
        yield {"pointer": path, "message": str(detail)}


def _step(name):
    return str(name).replace("~", "~0").replace("/", "~1")


def page(status) -> JsonResponse:
    """The document outside the API's own views: unknown addresses, and what nobody foresaw."""
    return JsonResponse(problem(status), status=status, content_type=MEDIA_TYPE)
