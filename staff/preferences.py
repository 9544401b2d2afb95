"""Language and theme: the person's own, or those of a browser nobody has signed in at."""

from django.conf import settings

from staff.models import User

THEME_COOKIE = "theme"
THEMES = dict(User._meta.get_field("theme").choices)
LANGUAGES = dict(settings.LANGUAGES)


def remember(response, *, language: str = "", theme: str = "") -> None:
    """Keep the choice in the browser, for the sign-in page."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), (THEME_COOKIE, theme)):
        if value:
            response.set_cookie(
                name,
                value,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
