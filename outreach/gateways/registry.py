"""Which gateway serves which channel: settings.GATEWAYS, channel → address, "" for none."""

from functools import lru_cache

from django.conf import settings

from outreach.gateways import Gateway
from outreach.gateways.address import Address, BadAddress
from outreach.gateways.http import HttpGateway
from outreach.gateways.mail import MailGateway
from outreach.gateways.smpp import SmppGateway

HTTP = {"http": HttpGateway, "https": HttpGateway}
KINDS = {
    "sms": HTTP | {"smpp": SmppGateway, "smpps": SmppGateway},
    "email": HTTP | {"smtp": MailGateway, "smtps": MailGateway},
}


class NotConnected(LookupError):
    """The channel has no gateway."""


def gateway_for(channel: str) -> Gateway:
    """One object for as long as the process lives; `NotConnected` where no address is set."""
    url = settings.GATEWAYS.get(channel, "")
    if not url:
        raise NotConnected(channel)
    return made(channel, url)


def connected() -> list[Gateway]:
    """The gateways of all channels that have one."""
    return [gateway_for(channel) for channel, url in settings.GATEWAYS.items() if url]


def named(name: str) -> Gateway | None:
    return next((gateway for gateway in connected() if gateway.name == name), None)


@lru_cache(maxsize=32)
def made(channel: str, url: str) -> Gateway:
    """Raises `BadAddress`."""
    address = Address.parse(url)
    kinds = KINDS[channel]
    if address.scheme not in kinds:
        raise BadAddress(f"it begins with none of: {', '.join(kinds)}")
    return kinds[address.scheme](channel, address)
