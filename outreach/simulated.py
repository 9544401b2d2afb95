"""The simulator, seen from the product: what a phone shows, and what the centre does next."""

import http.client
import json
from datetime import UTC, datetime
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from outreach.gateways.registry import named

NAME = "simulator"
TIMEOUT = 3  # seconds
SILENT = _("The simulator does not answer. Try again in a moment.")


class Silent(Exception):
    """The simulator is configured but does not answer."""


def centre() -> "Centre | None":
    """None where messages leave through gateways of the real world."""
    gateway = named(NAME)
    return gateway and Centre(gateway.address.host, gateway.address.port)


class Simulator:
    """One that listens on this machine. Every call raises `Silent` where nobody is there."""

    def __init__(self, host, port, key=""):
        self.host, self.port, self.key = host, port, key

    def levers(self) -> dict:
        return self._ask("GET", "/control")

    def _ask(self, method, path, said=None):
        link = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            link.request(method, path, said and json.dumps(said), {"Authorization": f"Bearer {self.key}"})
            answer = link.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Silent from error
        finally:
            link.close()
        if answer.status >= 300:
            raise Silent
        return json.loads(content)


class Centre(Simulator):
    def phone(self, number: str) -> list[dict]:
        """What stands on the phone, oldest first: {own: the person wrote it, text, at}."""
        said = self._ask("GET", f"/phones/{quote(number, safe='')}")
        both = [(row, False) for row in said["received"]] + [(row, True) for row in said["replied"]]
        shown = [{"own": own, "text": row["text"], "at": moment(row["at"])} for row, own in both]
        return sorted(shown, key=lambda line: line["at"])

    def reply(self, number: str, text: str) -> None:
        self._ask("POST", f"/phones/{quote(number, safe='')}/reply", {"text": text})

    def pull(self, behaviour: str, count: int) -> None:
        """For the next `count` messages."""
        self._ask("POST", "/control", {"next": {"behaviour": behaviour, "count": count}})

    def misbehave(self, mix: dict[str, float], delay: float) -> None:
        """Until it is told otherwise: {behaviour: its share, 0 to 1}, and how many seconds a slow answer takes."""
        self._ask("POST", "/control", {"mix": mix, "delay": delay})


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
