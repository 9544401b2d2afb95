"""What a person is told when a page cannot be shown: what happened, in plain words, and what to do now."""

import structlog
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from door import problems

API = "/api/"
WORDS = {
    400: (
        _("This request could not be read"),
        _("The address or the form was damaged on its way. Go back, load the page again and retry."),
    ),
    403: (
        _("You may not open this page"),
        _("Your posting does not include it. If you need it for your work, ask your administrator."),
    ),
    404: (
        _("This page is not here"),
        _("It was moved or removed, or it belongs to a unit whose records you do not see. Check the address."),
    ),
    405: (
        _("This address only takes a form"),
        _("It was opened like a page. Go back to where you came from and use the button there."),
    ),
    500: (
        _("Something went wrong on our side"),
        _("What was saved before is safe. Wait a moment and try again; if it stays so, tell your administrator."),
    ),
}
TOO_LARGE = (
    _("This is too large to be taken"),
    _("Nothing was saved. Go back and send less at once; files of customers are brought in under Imports."),
)
FORM_TOO_OLD = (
    _("This form was open for too long"),
    _("You signed in again since, or the browser keeps no cookies. Go back, load the page again and retry."),
)


def bad_request(request, exception=None):
    return _told(request, 400, WORDS[400])


def forbidden(request, exception=None):
    return _told(request, 403, WORDS[403])


def not_found(request, exception=None):
    return _told(request, 404, WORDS[404])


def form_too_old(request, reason=""):
    """Instead of Django's page for a failed check against forged forms."""
    page = _told(request, 403, FORM_TOO_OLD)
    page.headers["Form-Too-Old"] = "1"  # static/js/session.js then fetches a new token and sends the form again
    return page


def too_large(request):
    return _told(request, 413, TOO_LARGE)


def _told(request, status, words):
    if request.path.startswith(API):
        return problems.page(status)
    context = {"status": status, "heading": words[0], "what_to_do": words[1]}
    if request.headers.get("HX-Request"):
        return render(request, "errors/_fragment.html", context, status=status)
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    context["layout"] = "base.html" if signed_in else "plain.html"
    return render(request, "errors/error.html", context, status=status)


def server_error(request):
    """Without the database, the session or the person: any of them may be what broke."""
    if request.path.startswith(API):
        return problems.page(500)
    heading, what_to_do = WORDS[500]
    context = {
        "status": 500,
        "heading": heading,
        "what_to_do": what_to_do,
        "layout": "plain.html",
        "reference": structlog.contextvars.get_contextvars().get("request_id"),
        "broken": True,
    }
    template = "errors/_fragment.html" if request.headers.get("HX-Request") else "errors/error.html"
    return HttpResponse(render_to_string(template, context), status=500)


class NotAllowedMiddleware:
    """A page for "method not allowed", which Django answers with nothing to read."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        page = _told(request, 405, WORDS[405])
        page["Allow"] = response["Allow"]
        return page
