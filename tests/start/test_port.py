import socket

import pytest

from crm.up import port


def test_the_port_is_taken_before_anything_starts(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(number))
        with pytest.raises(SystemExit, match=f"Port {number} is already in use. Choose another one"):
            port.bound()


@pytest.mark.parametrize("text", ["web", "0", "70000", "-1", "80.5"])
def test_a_port_is_a_number(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(SystemExit, match="PORT must be a number from 1 to 65535"):
        port.bound()


def test_an_address_of_another_machine_is_refused(monkeypatch):
    monkeypatch.setenv("HOST", "192.0.2.1")
    monkeypatch.setenv("PORT", "18999")
    with pytest.raises(SystemExit, match=r"This machine has no address 192.0.2.1"):
        port.bound()
