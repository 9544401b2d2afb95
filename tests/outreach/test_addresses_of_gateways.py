"""Addresses of gateways: read whole, refused in words, and never quoted."""

import pytest

from crm.checks import gateways as check
from crm.up import simulator
from outreach.gateways.address import BadAddress
from outreach.gateways.registry import NotConnected, connected, gateway_for, made, named

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("channel", "url", "said"),
    [
        ("sms", f"ftp://x:{SECRET}@host", "begins with none of"),
        ("sms", f"smtp://x:{SECRET}@host?from=a@b.example", "begins with none of"),
        ("email", f"smpp://x:{SECRET}@host", "begins with none of"),
        ("sms", f"https://x:{SECRET}@/path", "names no host"),
        ("sms", f"https://x:{SECRET}@host:port", "cannot be read"),
        ("sms", f"https://x:{SECRET}@host?idempotent=perhaps", "idempotent is 1 or 0"),
        ("sms", f"https://x:{SECRET}@host?timeout=soon", "timeout is a number of seconds"),
        ("sms", f"https://x:{SECRET}@host?timeout=0", "timeout is a number of seconds"),
        ("sms", f"https://x:{SECRET}@host?colour=red", "means nothing here: colour"),
        ("sms", f"https://x:{SECRET}@host?name=Two+words", "name is made of"),
        ("sms", f"smpp://x:{SECRET}-is-too-long@host", "password has at most 8 characters"),
        ("sms", f"smpp://x:{SECRET}@host?long=short", "long is one of: parts, payload"),
        ("sms", f"smpp://x:{SECRET}@host?window=-1", "window is a number"),
        ("email", f"smtp://x:{SECRET}@host", "from and unsubscribe are mail addresses"),
    ],
)
def test_a_wrong_one_is_refused_in_words_that_do_not_quote_it(settings, channel, url, said):
    with pytest.raises(BadAddress, match=said):
        made(channel, url)
    settings.GATEWAYS = {channel: url}
    (fault,) = check(None)
    assert fault.id == "crm.E011"
    assert f"GATEWAY_{channel.upper()} is wrong" in fault.msg
    assert SECRET not in fault.msg + str(fault.hint)


def test_a_password_is_not_printed_by_chance():
    gateway = made("sms", f"https://x:{SECRET}@host")
    assert SECRET not in repr(gateway.address) + repr(gateway)
    assert gateway.address.password == SECRET


def test_a_channel_without_an_address_has_no_gateway(settings):
    settings.GATEWAYS = {"sms": "", "email": "smtp://host?from=a@b.example&name=post"}
    assert check(None) == []
    with pytest.raises(NotConnected):
        gateway_for("sms")
    assert [gateway.name for gateway in connected()] == ["post"]
    assert gateway_for("email") is named("post")
    assert named("sms") is None


class Own:
    """The servers of `make run`, with a PostgreSQL of its own or without."""

    def __init__(self, postgres):
        self.postgres = postgres


@pytest.mark.parametrize(
    ("postgres", "environment", "wanted"),
    [
        (True, {}, True),
        (True, {"SIMULATOR": "0"}, False),
        (True, {"GATEWAY_SMS": "smpp://host"}, False),
        (False, {}, False),
        (False, {"SIMULATOR": "1"}, True),
        (True, {"SIMULATOR": "1", "GATEWAY_SMS": "smpp://host"}, True),
    ],
)
def test_the_simulator_never_takes_the_place_of_a_real_gateway_by_itself(monkeypatch, postgres, environment, wanted):
    for name in (*simulator.CHANNELS, "SIMULATOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert simulator.wanted(Own(postgres)) == wanted
    with simulator.bound() as centre:
        addresses = simulator.addresses(centre)
    assert set(addresses) == {name for name in simulator.CHANNELS if name not in environment}
    for url in addresses.values():
        gateway = made("sms", url)
        assert (gateway.name, gateway.idempotent, gateway.queryable) == ("simulator", True, True)
    assert simulator.addresses(None) == {}
