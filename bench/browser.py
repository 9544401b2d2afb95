"""A client as fast as can be: one kept connection, a session made in the database, times taken around each request."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from staff.login import start_session
from staff.models import User

WARM_UP = 3


@dataclass(frozen=True)
class Times:
    """Milliseconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, taken):
        ordered = sorted(taken)
        return cls(1000 * ordered[len(ordered) // 2], 1000 * ordered[int(len(ordered) * 0.95)])


class Browser:
    """Signed in as the person of that name."""

    def __init__(self, address, username: str):
        self.link = http.client.HTTPConnection(*address, timeout=60)
        self.link.connect()
        cookies = {settings.SESSION_COOKIE_NAME: session_of(username), settings.CSRF_COOKIE_NAME: "b" * 32}
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": "b" * 32,
            "Host": f"localhost:{address[1]}",
        }

    def get(self, path: str, **headers) -> str:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict, answers=200, **headers) -> str:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._ask("POST", path, urlencode(fields), headers, answers)

    def _ask(self, method, path, body, headers, answers=200):
        self.link.request(method, path, body, self.headers | headers)
        answer = self.link.getresponse()
        text = answer.read().decode()
        if answer.status != answers:
            raise RuntimeError(f"{method} {path} answered {answer.status}")
        return text


def session_of(username):
    """The key of a new session, made as the sign-in page makes it."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    start_session(request, User.objects.get(username=username))
    request.session.save()
    return request.session.session_key


def times(work, inputs) -> Times:
    """How long `work(input)` took for each of the inputs, the first tenth done once before to warm up."""
    inputs = list(inputs)
    for given in inputs[: max(WARM_UP, len(inputs) // 10)]:
        work(given)
    taken = []
    for given in inputs:
        began = time.perf_counter()
        work(given)
        taken.append(time.perf_counter() - began)
    return Times.of(taken)


def in_turn(work, inputs, rounds) -> list[Times]:
    """Of each of the inputs, which are asked in turn: whatever else the machine does meanwhile meets all of them."""
    taken = {given: [] for given in inputs}
    for n in range(-WARM_UP, rounds):
        for given in inputs:
            began = time.perf_counter()
            work(given)
            if n >= 0:
                taken[given].append(time.perf_counter() - began)
    return [Times.of(those) for those in taken.values()]
