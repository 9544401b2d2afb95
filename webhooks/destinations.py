"""Where we may call: only hosts that settings list, and of those only addresses that are theirs to have.

WEBHOOK_HOSTS holds entries `[http://]name[:port][!private]`: a name, or `*.suffix` for every name below it; HTTPS on
443 unless the entry says otherwise; `!private` lets the name lead into our own networks. A name is resolved once and
the address that was looked at is the one connected to: no second answer of the name server can lead elsewhere.
"""

import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

ENTRY = re.compile(r"(?:(https?)://)?(\*\.)?([a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(!private)?")
URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?][\x21\x22\x24-\x5b\x5d-\x7e]*)?")  # no user, blank, \ or #
PORTS = {"https": 443, "http": 80}
PRIVATE = [
    ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1")
]
NEVER = [
    ip_network(net)
    for net in (
        *("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "100.100.100.200", "192.0.0.192"),
        *("2002::/16", "2001::/32"),  # 6to4 and Teredo lead to an IPv4 address by way of somebody else
    )
]
PUBLIC = ip_network("2000::/3")  # of IPv6 nothing else is global unicast
TRANSLATED = ip_network("64:ff9b::/96")  # IPv4 written as IPv6 (RFC 6052)
SAID = {
    "form": _("Give a whole address such as https://crm.example.com/events, without user name or #."),
    "host": _("This host is not among those that may be called; the operator of this installation lists them."),
    "name": _("The name of the host is not found."),
    "address": _("The host leads to an address that may not be called."),
}


class Refused(Exception):
    """This call is not made. `code` is one of SAID."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code

    def __str__(self):
        return str(SAID[self.code])


@dataclass(frozen=True)
class Host:
    """An entry of WEBHOOK_HOSTS."""

    scheme: str
    below: bool  # every name below `name`, and not itself
    name: str
    port: int
    private: bool

    @classmethod
    def read(cls, text):
        """ValueError for an entry that cannot be read."""
        found = ENTRY.fullmatch(text.strip().lower())
        if not found:
            raise ValueError(text)
        scheme, below, name, port, private = found.groups()
        scheme = scheme or "https"
        return cls(scheme, bool(below), name.strip("[]"), int(port or PORTS[scheme]), bool(private))

    def covers(self, scheme, name, port):
        named = name.endswith(f".{self.name}") if self.below else name == self.name
        return named and scheme == self.scheme and port == self.port


@dataclass(frozen=True)
class Destination:
    """A listed address, taken apart."""

    scheme: str
    name: str
    port: int
    target: str  # path and query
    private: bool

    @property
    def host_header(self):
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"

    def resolve(self) -> list[tuple]:
        """(family, socket address) of those addresses of the name that may be called. Refused where there is none."""
        try:
            found = socket.getaddrinfo(self.name, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Refused("name") from error
        allowed = [(family, at) for family, _type, _proto, _name, at in found if may_call(at[0], private=self.private)]
        if not allowed:
            raise Refused("address")
        return allowed


@lru_cache(maxsize=8)
def _hosts(entries):
    return [Host.read(entry) for entry in entries]


def destination(url: str) -> Destination:
    """`url` taken apart. Refused where it is not a plain address or its host, scheme and port are not listed."""
    if not URL.fullmatch(url):
        raise Refused("form")
    try:
        parts = urlsplit(url)
        name, port = (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise Refused("form") from error
    for host in _hosts(tuple(settings.WEBHOOK_HOSTS)):
        if host.covers(parts.scheme, name, port):
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            return Destination(parts.scheme, name, port, target, host.private)
    raise Refused("host")


def may_call(address: str, *, private=False) -> bool:
    """Whether an IP address is one of the public internet, or with `private` one of our own networks.

    An IPv4 address inside an IPv6 one counts as itself. Link-local and metadata addresses are never called.
    """
    ip = _bare(ip_address(address.split("%", maxsplit=1)[0]))
    if _within(ip, NEVER) or ip.is_multicast or ip.is_unspecified:
        return False
    public = ip.is_global and (ip.version == 4 or ip in PUBLIC)
    return public or (private and _within(ip, PRIVATE))


def _bare(ip):
    if not isinstance(ip, IPv6Address):
        return ip
    if ip in TRANSLATED:
        return ip_address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip


def _within(ip, networks):
    return any(ip in network for network in networks if network.version == ip.version)
