"""How much one may ask in a minute: each token by itself, and each person with all of theirs.

Counted in the cache that all processes share. A cache that was emptied begins to count anew, one that is gone counts
nothing: this spares the machine, it guards no secret (a token cannot be guessed, and sign-in has its own brake).
"""

import time

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

log = structlog.get_logger(__name__)
WINDOW = 60  # seconds


class _PerMinute(BaseThrottle):
    def allow_request(self, request, view):
        who = self.who(request)
        return who is None or counted(f"door.{self.kind}.{who}") <= self.most()

    def wait(self):
        return WINDOW - int(time.time()) % WINDOW


class TokenThrottle(_PerMinute):
    kind = "token"

    def who(self, request):
        return request.auth and request.auth.pk

    def most(self):
        return settings.API_TOKEN_PER_MINUTE


class PersonThrottle(_PerMinute):
    kind = "person"

    def who(self, request):
        return request.user.pk

    def most(self):
        return settings.API_PERSON_PER_MINUTE


def counted(name) -> int:
    """Count one more; how many there were in this minute."""
    key = f"{name}.{int(time.time()) // WINDOW}"
    try:
        cache.add(key, 0, 2 * WINDOW)
        return cache.incr(key)
    except ValueError:  # emptied between the two
        return 1
    except RedisError as error:
        log.warning("throttle.not_counted", error=type(error).__name__)
        return 0
