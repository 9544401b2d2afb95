"""Who is asking: their session's age, language, time zone, and what a browser may keep of the answer."""

from zoneinfo import ZoneInfo

import structlog
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from staff.login import end_if_stale
from staff.preferences import THEME_COOKIE, THEMES

PERMISSIONS = ", ".join(
    f"{feature}=()" for feature in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
)


class PersonMiddleware:
    """The person's language, theme (`request.theme`) and time zone for the rest of the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        person = request.user
        if person.is_authenticated and not end_if_stale(request):
            response = self._for_person(request, person)
        else:
            response = self._for_anybody(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    def _for_person(self, request, person):
        structlog.contextvars.bind_contextvars(user_id=person.pk)
        request.theme = person.theme
        with translation.override(person.language), timezone.override(ZoneInfo(person.branch.time_zone)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", person.language)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _for_anybody(self, request):
        theme = request.COOKIES.get(THEME_COOKIE)
        request.theme = theme if theme in THEMES else "auto"
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response
