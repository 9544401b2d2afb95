"""The simulated billing system, seen from the product: what it did, and what it is to do next."""

from urllib.parse import quote, urlsplit

from django.conf import settings

from customers.models import Line
from outreach.simulated import Simulator, moment
from staff.models import Unit


def system() -> "BillingSystem | None":
    """None where a real one is connected, or none at all."""
    at = urlsplit(settings.BILLING_SIMULATOR)
    return BillingSystem(at.hostname, at.port, at.password or "") if at.hostname else None


class BillingSystem(Simulator):
    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def deeds(self, branch: str) -> dict:
        """Of the branch (its code): {deeds: what it told the product last, newest first; waiting: how much more}."""
        said = self._ask("GET", f"/branches/{quote(branch, safe='')}")
        return said | {"deeds": [row | {"at": moment(row["at"])} for row in said["deeds"]]}

    def pull(self, **settings) -> None:
        """Change settings; docs/billing_system.md lists them."""
        self._ask("POST", "/control", settings)

    def do(self, branch: str, what: str, **said) -> None:
        """`what`: payments, reversals or lines; `said` as the simulator's door takes it. A `key` twice is once."""
        self._ask("POST", f"/branches/{quote(branch, safe='')}/{what}", said)


def line_called(number: str, branch: Unit) -> Line | None:
    """A billing system knows every line of its branch."""
    wanted = Line.objects.filter(branch=branch).exclude(status=Line.Status.OFF_NET)
    return wanted.filter(number=number.strip()).order_by("pk").first()
