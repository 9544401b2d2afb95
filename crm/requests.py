"""One line in the log for every request, under an id that its audit events and answers carry too."""

import time
import uuid

import structlog

log = structlog.get_logger("crm.request")
QUIET = {"healthz", "readyz"}


class RequestLogMiddleware:
    """Binds `request_id` for everything logged or recorded below, and answers with it as X-Request-ID.

    The line names the route and not the address: an address may carry what somebody typed. Who asked stands in
    `user_id`, which the sign-in binds.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        structlog.contextvars.clear_contextvars()
        request_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.monotonic()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        if not (request.resolver_match and request.resolver_match.url_name in QUIET):
            log.info("request", **facts(request, response), ms=round((time.monotonic() - began) * 1000, 1))
        structlog.contextvars.clear_contextvars()
        return response


def facts(request, response) -> dict:
    match = request.resolver_match
    known = {"method": request.method, "route": f"/{match.route}" if match else None, "status": response.status_code}
    if match and "pk" in match.kwargs:
        known["pk"] = match.kwargs["pk"]
    return known
