"""Nobody makes the product call where it should not: lists, addresses, names that change their mind, redirects, TLS."""

import socket
import ssl
import subprocess
from ipaddress import ip_address

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.webhooks.receiver import receiving
from webhooks.calling import call
from webhooks.destinations import Host, Refused, destination, may_call

LISTED = [
    "crm.example.com",
    "*.partners.example",
    "crm.example.com:8443",
    "http://desk.example:8080",
    "10.1.2.3!private",
]
OUR_OWN = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "fc00::1",
    "fd12::1",
]
NEVER = [
    *("169.254.169.254", "169.254.0.1", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fe80::1", "fe80::1%eth0"),
    *("0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "240.0.0.1"),
    *("100.64.0.1", "198.18.0.1", "192.0.2.1", "2001:db8::1", "fec0::1"),
]
HIDDEN = ["::ffff:{}", "64:ff9b::{}", "2002:{hex}::1", "2001:0:4136:e378:8000:63bf:{inverse}"]


def code(url):
    try:
        return destination(url)
    except Refused as refused:
        return refused.code


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com/events",
        "https://CRM.example.com",
        "https://crm.example.com:443/?a=b",
        "https://crm.example.com:8443/",
        "https://a.partners.example/x",
        "https://a.b.partners.example/x",
        "http://desk.example:8080/x",
        "https://10.1.2.3/x",
    ],
)
def test_what_is_listed_may_be_called(settings, url):
    settings.WEBHOOK_HOSTS = LISTED
    assert code(url).scheme in ("http", "https")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "https://evilcrm.example.com/",
        "https://crm.example.com.evil.example/",
        "https://partners.example/",
        "https://evilpartners.example/",
        "https://crm.example.com:9443/",
        "http://crm.example.com/",
        "https://desk.example:8080/",
        "http://desk.example/",
        "https://10.1.2.4/",
        "https://crm.example.com./",
        "https://2130706433/",
        "https://[::1]/",
    ],
)
def test_what_is_not_listed_is_refused(settings, url):
    settings.WEBHOOK_HOSTS = LISTED
    assert code(url) == "host"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example\\@crm.example.com/",
        "https://me@crm.example.com/",
        "https://me:secret@crm.example.com/",
        "https://crm.example.com/#x",
        "https://crm.example.com/a b",
        "https://crm.example.com/\r\nX: y",
        "https://crm.example.com\t/",
        "https://crm。example。com/",
        "file:///etc/passwd",
        "gopher://crm.example.com/",
        "//crm.example.com/",
        "crm.example.com",
        "https://",
        "https://crm.example.com:99999/",
        "https://[crm.example.com/",
        "",
    ],
)
def test_what_is_no_plain_address_is_refused(settings, url):
    settings.WEBHOOK_HOSTS = LISTED
    assert code(url) in ("form", "host")


def test_without_a_list_nobody_is_called(settings):
    settings.WEBHOOK_HOSTS = []
    assert code("https://crm.example.com/") == "host"


@pytest.mark.parametrize("text", ["", "*", "*.", "ftp://a.example", "a.example!public", "a b", "a.example:x", "user@a"])
def test_an_entry_that_means_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        Host.read(text)


def spellings(address):
    """An IPv4 address in the ways IPv6 can hide it."""
    number = int(ip_address(address))
    parts = {"hex": f"{number >> 16:x}:{number & 0xFFFF:x}"}
    parts["inverse"] = f"{(number >> 16) ^ 0xFFFF:x}:{(number & 0xFFFF) ^ 0xFFFF:x}"
    return [form.format(address, **parts) for form in HIDDEN]


@pytest.mark.parametrize("address", OUR_OWN)
def test_our_own_networks_are_called_only_where_the_list_says_so(address):
    assert not may_call(address)
    assert may_call(address, private=True)
    if "." in address:
        assert not [one for one in spellings(address) if may_call(one)]


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_called(address):
    assert not may_call(address)
    assert not may_call(address, private=True)
    if "." in address:
        assert not [one for one in spellings(address) if may_call(one, private=True)]


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_internet_may_be_called(address):
    assert may_call(address)


@given(st.ip_addresses())
def test_what_may_be_called_is_global_or_a_hidden_form_of_it(ip):
    if ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        assert not may_call(str(ip)) or getattr(ip, "ipv4_mapped", None)


def answers(monkeypatch, *rounds):
    """The name server gives another answer each time it is asked; how often it was asked."""
    asked, real = [], socket.getaddrinfo

    def lookup(name, port, **options):
        asked.append(name)
        found = rounds[min(len(asked), len(rounds)) - 1]
        return [answer for address in found for answer in real(address, port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_a_name_that_leads_into_our_networks_is_not_called(receiver, settings, monkeypatch):
    settings.WEBHOOK_HOSTS = [f"http://rebound.example:{receiver.port}"]
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1"):
        answers(monkeypatch, [address])
        assert call(f"http://rebound.example:{receiver.port}/", {}, b"").error == "address"
        monkeypatch.undo()
    assert receiver.came == []


def test_a_name_is_asked_once_and_the_checked_address_is_the_one_called(receiver, settings, monkeypatch):
    settings.WEBHOOK_HOSTS = [f"http://rebound.example:{receiver.port}!private"]
    asked = answers(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    answer = call(f"http://rebound.example:{receiver.port}/", {}, b"{}")
    assert (answer.status, asked) == (200, ["rebound.example"])
    [(headers, _body, _path)] = receiver.came
    assert headers["Host"] == f"rebound.example:{receiver.port}"


def test_of_several_addresses_only_those_that_may_be_are_called(receiver, settings, monkeypatch):
    settings.WEBHOOK_HOSTS = [f"http://mixed.example:{receiver.port}!private"]
    answers(monkeypatch, ["169.254.169.254", "127.0.0.1"])
    assert call(f"http://mixed.example:{receiver.port}/", {}, b"{}").status == 200


def test_a_name_that_nobody_knows_is_said(settings, monkeypatch):
    def unknown(*args, **options):
        raise socket.gaierror

    settings.WEBHOOK_HOSTS = ["nobody.example"]
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert call("https://nobody.example/", {}, b"").error == "name"


def test_a_redirect_is_an_answer_and_not_a_way(receiver):
    with receiving() as inside:
        receiver.behave = lambda n: (301, 302, 303, 307, 308)[n - 1]
        receiver.headers = {"Location": inside.url}
        for _ in range(5):
            answer = call(receiver.url, {}, b"{}")
            assert answer.status in (301, 302, 303, 307, 308)
            assert not answer.good
        assert inside.came == []


def test_a_proxy_of_the_environment_is_not_asked(receiver, monkeypatch):
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert call(receiver.url, {}, b"{}").status == 200
        assert proxy.came == []


@pytest.fixture
def certificate(tmp_path):
    """A certificate for `desk.example` that nobody but itself vouches for; the paths of key and certificate."""
    key, made = tmp_path / "key.pem", tmp_path / "made.pem"
    subject = ["-subj", "/CN=desk.example", "-addext", "subjectAltName=DNS:desk.example"]
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*words, "-keyout", key, "-out", made, "-days", "2", *subject], check=True, capture_output=True)
    return key, made


@pytest.fixture
def secured(certificate, settings, monkeypatch):
    """A receiver that speaks TLS, under two names."""
    key, made = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    with receiving(wrap=lambda plain: context.wrap_socket(plain, server_side=True)) as one:
        settings.WEBHOOK_HOSTS = [f"{name}.example:{one.port}!private" for name in ("desk", "other")]
        answers(monkeypatch, ["127.0.0.1"])
        yield one


def test_tls_is_checked_against_the_name_and_not_the_address(secured, certificate, settings):
    url = f"https://desk.example:{secured.port}/"
    assert call(url, {}, b"{}").error == "tls"
    settings.WEBHOOK_CA_FILE = str(certificate[1])
    assert call(url, {}, b"{}").status == 200
    assert call(url.replace("desk", "other"), {}, b"{}").error == "tls"
    assert len(secured.came) == 1


def test_https_to_one_that_speaks_plainly_is_a_fault_and_no_call(receiver, settings):
    settings.WEBHOOK_HOSTS = [f"127.0.0.1:{receiver.port}!private"]
    assert call(f"https://127.0.0.1:{receiver.port}/", {}, b"{}").error == "tls"
    assert receiver.came == []


@pytest.mark.django_db
def test_nobody_subscribes_an_address_that_may_not_be_called():
    unit = make.branch()
    told = {"by": make.user("admin", unit), "unit": unit, "name": "x", "kinds": ["customer.*"], "key": None}
    from webhooks.models import Subscription

    for url in ("https://elsewhere.example/", "http://receiver.example/", "ftp://receiver.example/"):
        with pytest.raises(ValidationError) as refused:
            Subscription.subscribe(**told, url=url)
        assert "url" in refused.value.message_dict
    assert not Subscription.objects.exists()
