"""The simulator by itself: what it is told to do, what it owes the product, and that it survives its own end."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from door.plain import Wrong, listening
from outreach import signing
from outreach.simulator.behaviour import Behaviour
from tests.outreach import centre as centres
from tests.outreach.centre import waited
from tests.webhooks.receiver import receiving, verify


def ask(port, path, said=None):
    body = None if said is None else json.dumps(said).encode()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", body, 10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def message(ref, **fields):
    return {"ref": ref, "channel": "sms", "to": "13800000001", "text": "您好"} | fields


def kinds(behaviour, n, number=""):
    return [behaviour.next_for(number) for _ in range(n)]


def test_the_next_ones_come_first_then_the_numbers_then_the_mix():
    behaviour = Behaviour()
    behaviour.change(
        {"next": {"behaviour": "timeout", "count": 2}, "numbers": {"1": "refuse"}, "mix": {"throttle": 1.0}}
    )
    assert kinds(behaviour, 3, "1") == ["timeout", "timeout", "refuse"]
    assert kinds(behaviour, 2, "2") == ["throttle", "throttle"]


def test_the_same_seed_gives_the_same_misfortunes():
    behaviour, mix = Behaviour(), {"mix": {"timeout": 0.3, "reset": 0.3}, "seed": 7}
    behaviour.change(mix)
    first = kinds(behaviour, 50)
    behaviour.change(mix)
    assert kinds(behaviour, 50) == first
    assert {"timeout", "reset", "accept"} == set(first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mix": {"burn": 1}}, {"mix": {"timeout": 2}}, {"mix": {"timeout": -1}}, {"mix": 3}, {"colour": "red"},
        {"next": {"behaviour": "timeout", "count": -1}}, {"next": {"count": 1}}, {"next": 1}, {"delay": "long"},
        {"idempotent": 1}, {"report_after": -1}, {"seed": True}, {"numbers": {"1": "burn"}},
    ],
)  # fmt: skip
def test_a_setting_that_means_nothing_changes_nothing(wrong):
    behaviour = Behaviour()
    before = behaviour.shown()
    with pytest.raises(Wrong):
        behaviour.change({"queryable": False} | wrong)
    assert behaviour.shown() == before


def test_it_is_set_and_read_over_http(tmp_path):
    with centres.running(tmp_path) as centre:
        assert ask(centre.server_port, "/control", {"idempotent": False})[1]["idempotent"] is False
        assert ask(centre.server_port, "/control")[1]["idempotent"] is False
        assert ask(centre.server_port, "/control", {"mix": {"burn": 1}})[0] == 400


@pytest.mark.parametrize("wrong", [{"text": ""}, {"to": 7}, {"ref": None}])
def test_half_a_message_is_refused(tmp_path, wrong):
    with centres.running(tmp_path) as centre:
        assert ask(centre.server_port, "/messages", message("r1") | wrong)[0] == 400
        assert ask(centre.server_port, "/log")[1] == {"received": []}


def test_reports_and_replies_are_signed_and_repeated_until_they_are_taken(tmp_path, settings):
    secret = signing.secret(settings.GATEWAY_KEY, "simulator")
    with receiving(lambda n: 500 if n < 3 else 200) as product, centres.running(tmp_path, product.url) as centre:
        made = ask(centre.server_port, "/messages", message("r1"))[1]["id"]
        waited(lambda: len(product.came) == 3)
        assert ask(centre.server_port, "/phones/13800000001/reply", {"text": "退订"})[0] == 202
        waited(lambda: len(product.came) == 4)
        waited(lambda: not centre.book.due() and centre.book.known("r1")["status"] == "delivered")
    for headers, body, _path in product.came:
        verify(secret, {name.lower(): value for name, value in headers.items()}, body)
    assert {path for _h, _b, path in product.came} == {
        "/events/gateways/simulator/reports/",
        "/events/gateways/simulator/inbound/",
    }
    assert [json.loads(body) for _h, body, _p in product.came[:3]] == [
        {"id": made, "ref": "r1", "status": "delivered"}
    ] * 3


def test_the_log_is_what_phones_received_page_by_page(tmp_path):
    with centres.running(tmp_path) as centre:
        for n in range(3):
            ask(centre.server_port, "/messages", message(f"r{n}", subject="s"))
        rows = ask(centre.server_port, "/log")[1]["received"]
        assert [(row["ref"], row["phone"], row["text"], row["subject"]) for row in rows] == [
            (f"r{n}", "13800000001", "您好", "s") for n in range(3)
        ]
        assert ask(centre.server_port, f"/log/{rows[1]['n']}")[1]["received"] == rows[2:]


ROOT = Path(__file__).parents[2]


STARTS = {"module": ["-m", "outreach.simulator"], "command": ["manage.py", "gateway_simulator"]}


def started(folder, environment, how="module", where="--port", value=0):
    command = [sys.executable, *STARTS[how], where, str(value), "--data", folder, "--product", centres.NOWHERE]
    given = {"env": os.environ | environment, "cwd": ROOT, "pass_fds": [value] if where == "--fd" else []}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **given)
    return process, int(re.search(r":(\d+)$", process.stdout.readline().strip())[1])


@pytest.mark.parametrize("how", STARTS)
@pytest.mark.parametrize("where", ["--port", "--fd"])
def test_it_starts_by_either_command_takes_messages_and_ends_when_it_is_asked_to(tmp_path, how, where):
    with listening() as listener:
        value = listener.fileno() if where == "--fd" else 0
        process, port = started(tmp_path / "new", {"GATEWAY_KEY": "k"}, how, where, value)
        try:
            assert ask(port, "/messages", message("r1"))[0] == 202
            assert [row["ref"] for row in ask(port, "/log")[1]["received"]] == ["r1"]
        finally:
            process.terminate()
            process.communicate()
    assert process.returncode == 0
    assert (tmp_path / "new" / "simulator.sqlite3").exists()


def test_what_it_took_it_remembers_after_being_killed(tmp_path):
    process, port = started(tmp_path, {"GATEWAY_KEY": "k"})
    try:
        ask(port, "/control", {"report_after": 0})
        made = ask(port, "/messages", message("r1"))[1]["id"]
        process.send_signal(signal.SIGKILL)
        process.communicate()
        process, port = started(tmp_path, {"GATEWAY_KEY": "k"})
        assert ask(port, "/messages/r1")[1]["id"] == made
        assert ask(port, "/messages", message("r1"))[1]["id"] == made
        assert len(ask(port, "/log")[1]["received"]) == 1
    finally:
        process.terminate()
        process.communicate()
    assert process.returncode == 0


def test_it_is_small_and_knows_nothing_of_django(tmp_path):
    process, port = started(tmp_path, {"GATEWAY_KEY": "k"})
    try:
        for n in range(50):
            ask(port, "/messages", message(f"r{n}"))
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert int(re.search(r"VmRSS:\s+(\d+)", status)[1]) < 32_000, "kB"
        assert "django" not in Path(f"/proc/{process.pid}/maps").read_text()
    finally:
        process.terminate()
        process.communicate()
    known = (
        "import sys, outreach.simulator.__main__; print([name for name in sys.modules if name.startswith('django')])"
    )
    said = subprocess.run([sys.executable, "-c", known], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("how", STARTS)
def test_without_the_products_key_it_does_not_start(tmp_path, how):
    command = [sys.executable, *STARTS[how], "--port", "0", "--data", tmp_path, "--product", "http://x"]
    environment = os.environ | {"GATEWAY_KEY": ""}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    assert (ended.returncode, "GATEWAY_KEY is not set" in ended.stderr) == (1, True)
