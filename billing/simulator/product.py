"""The product as the billing system sees it: its API, asked with one branch's token over a connection that is kept."""

import http.client
import json
from urllib.parse import urlsplit

TIMEOUT = 10  # seconds
AGAIN = {408, 425, 429}
NO_TOKEN = {401, 403}


class Away(Exception):
    """Nothing final was heard: ask again, no sooner than after `pause` seconds."""

    def __init__(self, pause: float = 0):
        super().__init__()
        self.pause = pause


class NotLetIn(Away):
    """The token is not, or not any more, in force."""


class Product:
    def __init__(self, address: str, token: str):
        """`address`: e.g. http://localhost:8000."""
        self.at, self.token, self.link = urlsplit(address), token, None

    def get(self, path: str) -> dict:
        """`path` below /api/v1/, or an address that the product gave; {} where there is nothing."""
        status, said = self._asked("GET", path)
        return said if status == 200 else {}

    def post(self, path: str, body: dict, key: str) -> tuple[int, dict]:
        """Status and answer. The same key makes it once, however often it is sent."""
        return self._asked("POST", path, json.dumps(body), {"Idempotency-Key": key})

    def close(self) -> None:
        if self.link:
            self.link.close()
        self.link = None

    def _asked(self, method, path, body=None, more=None):
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", "Content-Type": "application/json"}
        try:
            self.link = self.link or self._connected()
            self.link.request(method, self._path(path), body, headers | (more or {}))
            answer = self.link.getresponse()
            said = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            raise Away from None
        return _final(answer, said if isinstance(said, dict) else {})

    def _connected(self):
        secured = self.at.scheme == "https"
        kind = http.client.HTTPSConnection if secured else http.client.HTTPConnection
        return kind(self.at.hostname, self.at.port, timeout=TIMEOUT)

    def _path(self, path):
        parts = urlsplit(path)
        below = parts.path if parts.path.startswith("/") else f"{self.at.path.rstrip('/')}/api/v1/{parts.path}"
        return f"{below}?{parts.query}" if parts.query else below


def _final(answer, said):
    """(status, answer); `Away` where the product could not say."""
    if answer.status in NO_TOKEN:
        raise NotLetIn(1)
    if answer.status >= 500 or answer.status in AGAIN or str(said.get("type", "")).endswith(":under-way"):
        pause = answer.headers.get("Retry-After", "")
        raise Away(min(int(pause), 60) if pause.isdecimal() else 0)
    return answer.status, said
