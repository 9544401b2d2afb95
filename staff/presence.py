"""Who has a page open at this moment, and who types there.

Kept where the cache is, for less than a minute and nowhere else; a page works as well where that is gone. Whoever asks
has shown before that they may see what the page is about.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import structlog
from django.conf import settings
from django.db.models import Model
from redis import Redis
from redis.exceptions import RedisError

from staff.models import User

log = structlog.get_logger(__name__)
LASTS = 40  # seconds after a page was last heard of
TYPING = 12  # seconds after the last key
PAUSE = 10  # seconds in which a server that did not answer is not asked again


@dataclass(frozen=True)
class Present:
    name: str
    typing: bool


@dataclass
class _Pause:
    until: float = 0.0


_pause = _Pause()


def place(record: Model) -> str:
    """The name of a record's page."""
    return f"{record._meta.label_lower}:{record.pk}"


def arrive(where: str, user: User, *, typing: bool = False):
    """The person has the page open, from now on for LASTS seconds."""
    now = time.time()

    def tell(pipe):
        pipe.hset(_key(where), str(user.pk), f"{now:.0f} {now:.0f} {user}" if typing else f"{now:.0f} 0 {user}")
        pipe.expire(_key(where), LASTS)

    _ask(tell)


def leave(where: str, user: User):
    _ask(lambda pipe: pipe.hdel(_key(where), str(user.pk)))


def at(places: Iterable[str], user: User) -> dict[str, list[Present]]:
    """{place: the others who are there, by name}; nobody where it is not known."""
    places = list(places)
    found = _ask(lambda pipe: [pipe.hgetall(_key(where)) for where in places]) if places else None
    found = found or [{} for _ in places]
    return {where: _others(rows, user) for where, rows in zip(places, found, strict=True)}


def _others(rows, user):
    now, found = time.time(), []
    for who, told in rows.items():
        seen, typed, name = told.split(" ", 2)
        if who != str(user.pk) and now - int(seen) < LASTS:
            found.append(Present(name, now - int(typed) < TYPING))
    return sorted(found, key=lambda one: one.name)


def _key(where):
    return f"here:{where}"


def _ask(tell):
    """What the server answers to the commands that `tell` puts in a pipe; None where it does not."""
    if time.monotonic() < _pause.until:
        return None
    try:
        pipe = link().pipeline(transaction=False)
        tell(pipe)
        return pipe.execute()
    except RedisError as error:
        _pause.until = time.monotonic() + PAUSE
        log.warning("presence.not_known", error=type(error).__name__)
        return None


@cache
def link() -> Redis:
    url = settings.CACHES["default"]["LOCATION"]
    return Redis.from_url(url, decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5)
