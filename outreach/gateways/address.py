"""The address of a gateway as the operator writes it: scheme://user:password@host:port/path?option=value."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
YES, NO = {"1", "on", "true", "yes"}, {"0", "off", "false", "no"}
LONGEST = 86_400  # seconds


class BadAddress(ValueError):
    """The message says what is wrong and never quotes the address: it may hold a password."""


@dataclass(frozen=True)
class Address:
    scheme: str
    host: str
    port: int | None
    path: str
    user: str = ""
    password: str = field(default="", repr=False)
    options: dict = field(default_factory=dict)

    @classmethod
    def parse(cls, url: str) -> "Address":
        try:
            split = urlsplit(url)
            port = split.port
            options = dict(parse_qsl(split.query, keep_blank_values=True, strict_parsing=bool(split.query)))
        except ValueError:
            raise BadAddress("it cannot be read as an address") from None
        if not split.hostname:
            raise BadAddress("it names no host")
        user, password = unquote(split.username or ""), unquote(split.password or "")
        return cls(split.scheme, split.hostname, port, split.path.rstrip("/"), user, password, options)

    def allow_only(self, names) -> None:
        unknown = sorted(self.options.keys() - names)
        if unknown:
            raise BadAddress(f"it has an option that means nothing here: {', '.join(unknown)}")

    def flag(self, name: str, default: bool = False) -> bool:
        said = self.options.get(name, "1" if default else "0").lower()
        if said not in YES | NO:
            raise BadAddress(f"{name} is 1 or 0")
        return said in YES

    def seconds(self, name: str, default: float) -> float:
        try:
            number = float(self.options.get(name, default))
        except ValueError:
            number = -1
        if not 0 < number <= LONGEST:
            raise BadAddress(f"{name} is a number of seconds")
        return number

    def count(self, name: str, default: int) -> int:
        said = self.options.get(name, str(default))
        if not said.isdecimal() or not 0 <= int(said) < 2**16:
            raise BadAddress(f"{name} is a number")
        return int(said)

    def slug(self, name: str, default: str) -> str:
        said = self.options.get(name, default)
        if not SLUG.fullmatch(said):
            raise BadAddress(f"{name} is made of a-z, 0-9 and -")
        return said

    def one_of(self, name: str, *known: str) -> str:
        """The first of `known` is the default."""
        said = self.options.get(name, known[0])
        if said not in known:
            raise BadAddress(f"{name} is one of: {', '.join(known)}")
        return said
